package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"golang.org/x/text/encoding/charmap"

	"gonets/internal/outbox"
)

// A file of an old program: what was found out about it is shown, and read anew when something else is chosen.
func Test12HowAFileWasReadIsShownAndChanged(t *testing.T) {
	for _, view := range []viewport{desktop, desktop.in("ru").inTheDark(), phone, phone.in("ru").inTheDark()} {
		t.Run(view.name(), func(t *testing.T) {
			t.Parallel()
			_, owner, b := newBrowser(t, view, outbox.Options{})
			text, err := charmap.CodePage866.NewEncoder().String(strings.Join([]string{
				"Выгрузка за март;;;", "ФИО;Эл. почта клиента;Статус;2024 итог",
				"Анна Петрова;anna@example.org;активен;15", "Борис Иванов;boris@example.org;отписался;7", "Вера Щукина;vera@example.org;недоступен;", "Глеб Новый;gleb@example.org;не подтверждён;",
			}, "\r\n"))
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "старые.csv")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			b.goTo("/clients/import")
			b.do("choose the file", chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), []string{file}))
			b.see("старые.csv")
			b.submit(b.word("do.next", nil))
			b.see(b.word("import.read.title", nil))
			b.see("Анна Петрова")
			b.see("{{ client.attributes._2024_itog }}")
			b.see(b.word("import.left.text", nil))
			for name, want := range map[string]string{"import.read.encoding": "ibm866", "import.read.delimiter": "semicolon", "import.read.header": "2"} {
				b.find("select", b.word(name, nil))
				if got := ask[string](b, `document.querySelector('[data-found]').value`); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			b.accessible("import-reading")
			b.look("import-reading", view)
			b.pick(b.word("import.read.encoding", nil), "KOI8-R")
			b.seeNoMore("Анна Петрова")
			b.pick(b.word("import.read.encoding", nil), "IBM866")
			b.see("Анна Петрова")
			b.submit(b.word("do.next", nil))
			b.see(b.word("import.left.text", nil))
			b.accessible("import-left")
			b.look("import-left", view)
			b.submit(b.word("import.start", object{"count": 4}))
			b.see(b.word("import.done", nil))
			if n := owner.count("suppressions"); n != 3 {
				t.Errorf("%d are on the stop list, want 3", n)
			}
		})
	}
}
