package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"gonets/internal/outbox"
)

// Test12AnOwnerMakesAListWithDoubleOptIn switches it on in the dialog of a list, and says of a file that its people have agreed, or not.
func Test12AnOwnerMakesAListWithDoubleOptIn(t *testing.T) {
	t.Parallel()
	v := phone.in("ru")
	w, owner, b := newBrowser(t, v, outbox.Options{})
	type list struct {
		ID          string `json:"id"`
		Public      bool   `json:"public"`
		DoubleOptIn bool   `json:"double_opt_in"`
	}
	stored := func() list {
		t.Helper()
		var page struct{ Items []list }
		owner.get("/api/collections/lists/records").want(200).into(&page)
		if len(page.Items) != 1 {
			t.Fatalf("%d lists", len(page.Items))
		}
		return page.Items[0]
	}
	b.goTo("/lists")
	b.press(b.word("list.new", nil))
	b.fill(b.word("list.name", nil), "Рецепты")
	b.choose(b.word("list.public", nil))
	b.choose(b.word("list.doubleOptIn", nil))
	b.accessible("the dialog of a list")
	b.look("list-dialog", v)
	b.submit(b.word("do.create", nil))
	b.see(b.word("list.added", nil))
	made := stored()
	if !made.Public || !made.DoubleOptIn {
		t.Errorf("the list is %+v", made)
	}
	b.press(b.word("list.acts", object{"name": "Рецепты"}))
	b.press(b.word("list.edit", nil))
	b.choose(b.word("list.public", nil))
	b.submit(b.word("do.save", nil))
	b.see(b.word("list.changed", nil))
	if l := stored(); l.Public || !l.DoubleOptIn {
		t.Errorf("after a switch the list is %+v", l)
	}

	for _, c := range []struct {
		email, status string
		agreed        bool
	}{{"asked@example.com", "pending", false}, {"agreed@example.com", "confirmed", true}} {
		file := filepath.Join(t.TempDir(), "clients.csv")
		if err := os.WriteFile(file, []byte("email\n"+c.email+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		b.goTo("/clients/import")
		b.do("choose the file", chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), []string{file}))
		b.see("clients.csv")
		b.pick(b.word("import.list", nil), "Рецепты")
		b.see(b.word("import.consent.hint", nil))
		if c.agreed {
			b.choose(b.word("import.consent", nil))
			b.accessible("an import with consent")
			b.look("import-consent", v)
		}
		b.submit(b.word("do.next", nil))
		b.see(b.word("import.columns.title", nil)) // its button has the same name
		b.submit(b.word("do.next", nil))
		b.submit(b.word("import.start", object{"count": 1}))
		b.see(b.word("import.done", nil))
		if n := owner.number("subscriptions", `client.email="`+c.email+`" && status="`+c.status+`"`); n != 1 {
			t.Errorf("%s is not %s on the list", c.email, c.status)
		}
		b.goTo("/clients")
	}
	confirmation(t, w.mails("asked@example.com", 1), w.nobody.base)
	if n := w.outbox.Count("agreed@example.com"); n != 0 {
		t.Errorf("who has agreed already got %d e-mails", n)
	}
}
