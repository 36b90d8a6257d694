package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"gonets/internal/outbox"
)

func Test12AnImportIsUndoneInTheBrowser(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, phone.in("ru"), outbox.Options{})
	w.addClients(owner, 1, numbered)
	file := filepath.Join(t.TempDir(), "клиенты.csv")
	if err := os.WriteFile(file, []byte("E-mail;Имя;Город\r\nivan@example.org;Иван;Тверь\r\nolga@example.org;Ольга;\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.goTo("/clients/import")
	b.do("choose the file", chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), []string{file}))
	b.see("клиенты.csv")
	b.submit(b.word("do.next", nil))
	b.see(b.word("import.columns.title", nil))
	b.accessible("import-columns")
	b.submit(b.word("do.next", nil))
	b.submit(b.word("import.start", object{"count": 2}))
	b.see(b.word("import.done", nil))
	b.accessible("import-result")
	if n := owner.count("clients"); n != 3 {
		t.Errorf("there are %d clients, want 3", n)
	}
	b.press(b.word("import.undo", nil))
	b.see(b.word("import.undo.text", nil))
	b.submit(b.word("import.undo", nil))
	b.see(b.word("import.undone.text", object{"removed": 2, "restored": 0, "kept": 0}))
	if n := owner.count("clients"); n != 1 {
		t.Errorf("after the undo there are %d clients, want 1", n)
	}
}

func Test12WhatIsDoneWithManyClientsIsUndone(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, desktop.inTheDark(), outbox.Options{})
	w.addClients(owner, 3, numbered)
	owner.post("/api/collections/lists/records", object{"name": "Guests"}).want(200)
	b.goTo("/clients")
	b.choose(b.word("table.choose.all", nil))
	b.see(b.word("bulk.chosen", object{"count": 3}))
	b.press(b.word("bulk.join", nil))
	b.press("Guests")
	b.see(b.word("bulk.joined", object{"count": 3, "list": "Guests"}))
	if n := owner.count("subscriptions"); n != 3 {
		t.Errorf("%d clients are on the list, want 3", n)
	}
	b.press(b.word("do.undo", nil))
	eventually(b.ctx, t, "nobody is on the list", func() bool { return owner.count("subscriptions") == 0 })
}

// count is how many records of a collection one may see.
func (c *client) count(collection string) int {
	c.t.Helper()
	var page struct{ TotalItems int }
	c.get("/api/collections/" + collection + "/records?perPage=1").want(200).into(&page)
	return page.TotalItems
}
