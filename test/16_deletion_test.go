package e2e

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// Test16ADeletedUserIsGoneAtOnceAndTheRestFollows kills the server as soon as it has answered: what belongs
// to the user goes all the same.
func Test16ADeletedUserIsGoneAtOnceAndTheRestFollows(t *testing.T) {
	t.Parallel()
	const clients = 2500 // more than one chunk of a deletion
	w := newWorld(t, 2*time.Minute, outbox.Options{Latency: 50 * time.Millisecond, Keep: -1})
	owner, other, manager := w.user("owner@gonets.example", "owner"), w.user("other@gonets.example", "owner"), w.user("manager@gonets.example", "manager")
	w.addClients(owner, clients, numbered)
	w.addClients(other, 1, numbered)
	picture := owner.upload("/api/collections/images/records", map[string]string{"owner": owner.id}, "x.gif",
		[]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")).want(200).id()
	running := owner.mailing(owner.message(nil), nil)
	owner.verb(running, "send", nil).want(202)
	if err := w.outbox.Wait(w.ctx, 1); err != nil {
		t.Fatal(err)
	}

	w.root.delete("/api/collections/users/records/" + owner.id).want(204)
	w.restart()

	mailed := w.outbox.Total()
	w.nobody.signIn("users", "owner@gonets.example", password).want(400)
	ofOwner := "?perPage=1&filter=" + url.QueryEscape(fmt.Sprintf("owner=%q", owner.id))
	count := func(c *client, collection string) int {
		var list struct{ TotalItems int }
		c.get("/api/collections/" + collection + "/records" + ofOwner).want(200).into(&list)
		return list.TotalItems
	}
	everything := []string{"clients", "messages", "images", "mailings", "attempts"}
	for _, collection := range everything {
		if n := count(manager, collection); n > 0 {
			t.Errorf("a manager is shown %d %s of the deleted user", n, collection)
		}
	}
	w.user("owner@gonets.example", "owner") // the address is free

	for _, collection := range everything {
		eventually(w.ctx, t, "the "+collection+" are gone", func() bool { return count(w.root, collection) == 0 })
	}
	eventually(w.ctx, t, "the picture is gone", func() bool {
		found, err := filepath.Glob(filepath.Join(w.data, "storage", "*", picture, "*"))
		return err == nil && len(found) == 0
	})
	if n := w.outbox.Total(); n > mailed {
		t.Errorf("%d mails were sent after the deletion", n-mailed)
	}
	var list struct{ TotalItems int }
	other.get("/api/collections/clients/records").want(200).into(&list)
	if list.TotalItems != 1 {
		t.Errorf("another owner has %d clients, want 1", list.TotalItems)
	}
}

// Test16TheDataIsForItsUserOnly starts a server under a liberal umask, as shells have it, and on files that an
// earlier version made.
func Test16TheDataIsForItsUserOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute, outbox.Options{})
	w.root.post("/api/backups", object{"name": "before.zip"}).want(204)
	w.server.kill()
	open := func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			err = os.Chmod(path, 0o755)
		}
		return err
	}
	if err := filepath.WalkDir(w.data, open); err != nil {
		t.Fatal(err)
	}
	w.serve()
	w.root.post("/api/backups", object{"name": "after.zip"}).want(204)
	files := 0
	err := filepath.WalkDir(w.data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // gone since it was listed
		}
		info, err := entry.Info()
		if err != nil {
			return nil
		}
		files++
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			t.Errorf("%s has the mode %v", path, mode)
		}
		return nil
	})
	if err != nil || files < 5 {
		t.Errorf("%d files were found (%v)", files, err)
	}
}
