package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

func Test13ClientsComeFromAFileAndGoIntoOne(t *testing.T) {
	t.Parallel()
	for _, way := range serving {
		t.Run(way.name, func(t *testing.T) {
			w := newWorld(t, 2*time.Minute, outbox.Options{})
			owner := w.user("owner@gonets.example", "owner")
			if !way.beside {
				w.server.stop()
			}
			folder := t.TempDir()
			file, back := filepath.Join(folder, "clients.csv"), filepath.Join(folder, "back.csv")
			text := "\ufeffE-mail;Имя;Город\r\nivan@example.org;Иван;Тверь\r\nbroken;x;\r\nIVAN@example.org;Иван;\r\nolga@example.org;=1+1;\r\n"
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}

			dry := w.command("clients", "import", file, "--owner", owner.email, "--dry-run").wantCode(t, 0).says(t, "1 of 4 rows could not be taken")
			for _, want := range []string{"line 3:", "line 4:", "2 added", "1 invalid"} {
				if !strings.Contains(dry.stdout, want) {
					t.Errorf("the dry run does not say %q:\n%s", want, dry.stdout)
				}
			}
			export := func() string { return w.command("clients", "export", "--owner", owner.email).wantCode(t, 0).stdout }
			if strings.Contains(export(), "ivan@") {
				t.Fatal("the dry run has imported somebody")
			}

			var record struct {
				Status         string
				Added, Invalid int
			}
			w.command("clients", "import", file, "--owner", owner.email, "--json").wantCode(t, 0).json(t, &record)
			if record.Status != "completed" || record.Added != 2 || record.Invalid != 1 {
				t.Errorf("%+v", record)
			}
			w.command("clients", "export", "--owner", owner.email, "-o", back, "--delimiter", ";").wantCode(t, 0)
			raw, err := os.ReadFile(back)
			if err != nil || !strings.Contains(string(raw), "ivan@example.org;Иван;;active;") || !strings.Contains(string(raw), ";'=1+1;") {
				t.Errorf("%q, %v", raw, err)
			}
			again := w.command("clients", "import", back, "--owner", owner.email, "--on-conflict", "overwrite").wantCode(t, 0)
			if !strings.Contains(again.stdout, "0 added, 0 changed, 2 unchanged") {
				t.Errorf("one's own export changes something: %s", again.stdout)
			}

			book := filepath.Join(folder, "back.xlsx")
			w.command("clients", "export", "--owner", owner.email, "-o", book).wantCode(t, 0)
			again = w.command("clients", "import", book, "--owner", owner.email, "--on-conflict", "overwrite").wantCode(t, 0)
			if !strings.Contains(again.stdout, "0 added, 0 changed, 2 unchanged") {
				t.Errorf("one's own workbook changes something: %s", again.stdout)
			}
			if english := w.command("clients", "export", "--owner", owner.email, "--format", "csv").wantCode(t, 0).stdout; !strings.HasPrefix(english, "\ufeffemail,full_name,") {
				t.Errorf("an owner who reads English gets %.40q", english)
			}
			w.command("clients", "export", "--owner", owner.email, "--format", "pdf").wantCode(t, couldNot).says(t, "csv or xlsx")

			old := filepath.Join(folder, "old.txt") // "Анна" in CP866
			if err := os.WriteFile(old, []byte("title\nemail^name^status\nanna@example.org^\x80\xad\xad\xa0^bounced\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			told := w.command("clients", "import", old, "--owner", owner.email, "--dry-run", "--encoding", "cp866", "--delimiter", "^", "--header", "2").wantCode(t, 0)
			for _, want := range []string{"Read as ibm866", "header in line 2", "email → email, name → full_name, status → status", "anna@example.org | Анна | bounced", "1 bounced"} {
				if !strings.Contains(told.stdout, want) {
					t.Errorf("the dry run does not say %q:\n%s", want, told.stdout)
				}
			}
			w.command("clients", "import", old, "--owner", owner.email, "--encoding", "klingon").wantCode(t, couldNot).says(t, "encoding")

			w.command("clients", "import", file).wantCode(t, couldNot).says(t, "--owner")
			w.command("clients", "import", file, "--owner", "nobody@gonets.example").wantCode(t, couldNot).says(t, "no user")
			w.command("clients", "import", file, "--owner", owner.email, "--list", "Nope").wantCode(t, couldNot).says(t, "no list")
			w.command("clients", "import", file+"x", "--owner", owner.email).wantCode(t, couldNot).says(t, "no such file")
			w.command("clients", "import", file, "--owner", owner.email, "--map", "E-mail=owner").wantCode(t, couldNot).says(t, "goes to")
		})
	}
}
