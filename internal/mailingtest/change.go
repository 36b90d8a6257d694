package mailingtest

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"
)

// AttachFiles adds files to the message of a mailing.
func (w *World) AttachFiles(id string, files ...[]byte) {
	w.T.Helper()
	var all []any
	for i, content := range files {
		f, err := filesystem.NewFileFromBytes(content, fmt.Sprintf("file%d.bin", i))
		if err != nil {
			w.T.Fatal(err)
		}
		all = append(all, f)
	}
	w.Change("messages", w.Record(id).GetString("message"), "attachments", all)
}

// Change changes a field of a record.
func (w *World) Change(collection, id, field string, value any) {
	w.T.Helper()
	r, err := w.App.FindRecordById(collection, id)
	if err != nil {
		w.T.Fatal(err)
	}
	r.Set(field, value)
	if err := w.App.Save(r); err != nil {
		w.T.Fatal(err)
	}
}

// ClientRecord reads a client.
func (w *World) ClientRecord(id string) *core.Record {
	w.T.Helper()
	c, err := w.App.FindRecordById("clients", id)
	if err != nil {
		w.T.Fatal(err)
	}
	return c
}

// ClientOf is the id of the first client with the address.
func (w *World) ClientOf(email string) string {
	w.T.Helper()
	c, err := w.App.FindFirstRecordByData("clients", "email", email)
	if err != nil {
		w.T.Fatal(err)
	}
	return c.Id
}

// Allow sets who may use a sender: everyone, nobody, or the users named.
func (w *World) Allow(sender, access string, users ...string) {
	w.T.Helper()
	record, err := w.App.FindRecordById("senders", sender)
	if err != nil {
		w.T.Fatal(err)
	}
	record.Set("access", access)
	record.Set("users", users)
	if err := w.App.Save(record); err != nil {
		w.T.Fatal(err)
	}
}

// OpenDefault says whether everyone may send by the application's own mail settings.
func (w *World) OpenDefault(open bool) {
	w.T.Helper()
	_, err := w.App.NonconcurrentDB().Update("instance", dbx.Params{"default_sender_open": open}, nil).Execute()
	if err != nil {
		w.T.Fatal(err)
	}
}

// Set changes a mailing past all verbs.
func (w *World) Set(id, what string) {
	w.T.Helper()
	if _, err := w.App.NonconcurrentDB().NewQuery(`UPDATE mailings SET ` + what + ` WHERE id = {:id}`).Bind(dbx.Params{"id": id}).Execute(); err != nil {
		w.T.Fatal(err)
	}
}
