package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"gonets/internal/outbox"
)

// Somebody checks one file, then another, and goes back to the first: what is imported is what is shown.
func Test12TheImportThatIsShownIsImported(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, desktop, outbox.Options{})
	check := func(name, email string) string {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte("email,name\n"+email+",Somebody\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		b.goTo("/clients/import")
		if shown := b.text(".drop b"); shown != b.word("import.file.pick", nil) {
			t.Errorf("a new import begins with %q", shown)
		}
		b.do("choose "+name, chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), []string{file}))
		b.see(name)
		b.submit(b.word("do.next", nil))
		b.see(b.word("import.columns.title", nil))
		b.submit(b.word("do.next", nil))
		b.find("button.primary", b.word("import.start", object{"count": 1}))
		return ask[string](b, `location.hash.slice(1)`)
	}
	first := check("first.csv", "first@example.org")
	check("second.csv", "second@example.org")

	b.goTo(first)
	b.press(b.word("do.back", nil))
	b.see(b.word("import.columns.title", nil))
	b.press(b.word("do.back", nil))
	b.see("first.csv")
	b.goTo(first)
	b.submit(b.word("import.start", object{"count": 1}))
	b.see(b.word("import.done", nil))
	if owner.count("clients") != 1 || owner.newest("clients", `email="first@example.org"`) == "" {
		t.Error("the import that was shown is not the one that was done")
	}

	// The next user of this browser finds nothing of it.
	other := w.user("other@gonets.example", "owner")
	b.goTo(first)
	b.press("AP") // the menu of Anna Petrova
	b.press(b.word("auth.signOut", nil))
	b.signIn(other.email, password)
	id := first[len("/clients/import?id=") : len("/clients/import?id=")+15]
	b.goTo("/clients/import?file=" + id)
	if shown := b.text(".drop b"); shown != b.word("import.file.pick", nil) {
		t.Errorf("another user finds the file %q", shown)
	}
}
