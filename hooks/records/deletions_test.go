package records_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/hooks/hookstest"
	"gonets/hooks/records"
	"gonets/internal/deletion"
	"gonets/internal/suppression"
	"gonets/internal/task"
)

// many is more than one transaction deletes.
const many = 3000

func TestDeletingAMailing(t *testing.T) {
	w := newWorld(t)
	for _, status := range []string{"created", "scheduled", "paused", "completed", "cancelled"} {
		w.Expect(t, 204, anna, http.MethodDelete, recordsOf("mailings", w.Mailing(t, status, nil)), nil)
	}

	running := w.Mailing(t, "running", nil)
	launching := w.Mailing(t, "created", nil)
	w.SQL(t, `UPDATE mailings SET launching_at = {:now} WHERE id = {:id}`, dbx.Params{"id": launching, "now": types.NowDateTime().String()})
	for _, id := range []string{running, launching} {
		for _, who := range []string{anna, superuser} {
			w.Expect(t, 409, who, http.MethodDelete, recordsOf("mailings", id), nil)
		}
	}
	if n := w.Count(t, "mailings", dbx.HashExp{"id": []any{running, launching}}); n != 2 {
		t.Errorf("%d of 2 are left", n)
	}
}

func TestADeletedMailingTakesItsAttemptsAlong(t *testing.T) {
	w := newWorld(t)
	id, other := w.Mailing(t, "completed", nil), w.Mailing(t, "completed", nil)
	for range 3 {
		w.AddAttempt(t, unique("attempt%08d"), w.IDs[anna], id)
	}
	w.AddAttempt(t, unique("attempt%08d"), w.IDs[anna], other)
	w.AddBounce(t, "bounce000000001", w.IDs[anna])
	w.SQL(t, `UPDATE bounces SET mailing = {:id}`, dbx.Params{"id": id})
	w.Expect(t, 204, anna, http.MethodDelete, recordsOf("mailings", id), nil)
	for _, table := range []string{"recipients", "attempts", "bounces", "contents", "requests", "mailing_events"} {
		if n := w.Count(t, table, dbx.HashExp{"mailing": id}); n != 0 {
			t.Errorf("%d rows of %s are left", n, table)
		}
	}
	if n := w.Count(t, "attempts", dbx.HashExp{"mailing": other}); n != 1 {
		t.Errorf("another mailing has %d attempts, want 1", n)
	}

	t.Run("a result that comes late too", func(t *testing.T) {
		w.workAll(t) // its files
		w.AddAttempt(t, unique("attempt%08d"), w.IDs[anna], id)
		w.workAll(t) // the later look
		if n := w.Count(t, "attempts", dbx.HashExp{"mailing": id}); n != 0 {
			t.Errorf("%d attempts are left", n)
		}
	})
}

// workAll works on all tasks, those that wait for a later look too.
// worker does what record hooks leave to be done later, as the service does.
func worker(w *world) *task.Worker {
	return task.NewWorker(w.App, map[string]task.Work{
		deletion.Kind: deletion.Work, suppression.MirrorTask: suppression.MirrorWork,
	})
}

func (w *world) workAll(t *testing.T) {
	t.Helper()
	w.SQL(t, `UPDATE tasks SET due_at = 0`, nil)
	for again := true; again; {
		var err error
		again, err = worker(w).Round(context.Background())
		must(t, err)
	}
}

// addMany puts n rows into a table: columns are SQL over i.
func (w *world) addMany(t *testing.T, table, columns, values string, n int) {
	t.Helper()
	w.SQL(t, fmt.Sprintf(`
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT INTO %s (%s) SELECT %s FROM n`, n, table, columns, values), nil)
}

// addClients gives an owner many clients, and a list with all of them.
func (w *world) addClients(t *testing.T, owner string, n int) (list string) {
	t.Helper()
	list = w.Add(t, "lists", map[string]any{"owner": w.IDs[owner], "name": "all"}).Id
	w.addMany(t, "clients", "id, owner, email, status, attributes, created, updated",
		`printf('c%014d', i), '`+w.IDs[owner]+`', printf('c%d@example.com', i), 'active', '{}', '2026-01-01', '2026-01-01'`, n)
	w.addMany(t, "subscriptions", "id, owner, list, client, status, created, updated",
		`printf('s%014d', i), '`+w.IDs[owner]+`', '`+list+`', printf('c%014d', i), 'confirmed', '2026-01-01', '2026-01-01'`, n)
	return list
}

func TestDeletingAListLeavesMostOfItsRowsForLater(t *testing.T) {
	w := newWorld(t)
	list := w.addClients(t, anna, many)
	kept := w.Add(t, "lists", map[string]any{"owner": w.IDs[anna], "name": "kept"}).Id
	w.Add(t, "subscriptions", map[string]any{"owner": w.IDs[anna], "list": kept, "client": "c00000000000001"})
	m := w.Mailing(t, "created", map[string]any{"audience": "lists", "lists": []string{list, kept}})

	w.Expect(t, 204, anna, http.MethodDelete, recordsOf("lists", list), nil)
	w.Expect(t, 404, anna, http.MethodGet, recordsOf("lists", list), nil)
	left := w.Count(t, "subscriptions", dbx.HashExp{"list": list})
	if left < many/2 {
		t.Errorf("the transaction of the request has deleted all but %d of %d rows", left, many)
	}

	w.workAll(t)
	if n := w.Count(t, "subscriptions", nil); n != 1 {
		t.Errorf("%d subscriptions are left, want the one to another list", n)
	}
	if n := w.Count(t, "clients", nil); n != many {
		t.Errorf("%d clients, want all %d", n, many)
	}
	if lists := w.Column(t, "mailings", m, "lists"); lists != `["`+kept+`"]` {
		t.Errorf("the mailing goes to %s", lists)
	}
}

func TestADeletionGoesOnAfterTheProcessEnded(t *testing.T) {
	w := newWorld(t)
	list := w.addClients(t, anna, many)
	w.Expect(t, 204, anna, http.MethodDelete, recordsOf("lists", list), nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // the worker ends before it has begun
	worker(w).Run(ctx)
	if n := w.Count(t, "subscriptions", nil); n == 0 {
		t.Fatal("nothing was left to do")
	}
	w.workAll(t)
	if n := w.Count(t, "subscriptions", nil); n != 0 {
		t.Errorf("%d subscriptions are left", n)
	}
}

func TestDeletingAUser(t *testing.T) {
	w := newWorld(t)
	list := w.addClients(t, anna, many)
	w.addMany(t, "former_addresses", "client, email", `printf('c%014d', i), printf('old%d@example.com', i)`, 10)
	w.Mailing(t, "running", map[string]any{"audience": "lists", "lists": []string{list}})
	launching := w.Mailing(t, "created", nil)
	w.SQL(t, `UPDATE mailings SET launching_at = 'now' WHERE id = {:id}`, dbx.Params{"id": launching})
	w.AddAttempt(t, unique("attempt%08d"), w.IDs[anna], launching)
	w.AddBounce(t, "bounce000000001", w.IDs[anna])
	w.SQL(t, `INSERT INTO soft_failures (owner, email, failures, first_at, last_at) VALUES ({:id}, 'a@example.com', 1, 1, 1)`, dbx.Params{"id": w.IDs[anna]})
	w.Add(t, "suppressions", map[string]any{"owner": w.IDs[anna], "value": "x@example.com"})
	w.Add(t, "filters", map[string]any{"owner": w.IDs[anna], "name": "f", "filter": `email ~ "x"`})
	w.SQL(t, `INSERT INTO usage (kind, id, day, mails) VALUES ('owner', {:id}, '2026-01-01', 5)`, dbx.Params{"id": w.IDs[anna]})
	w.SQL(t, `INSERT INTO trials (user, minute, addresses) VALUES ({:id}, '1', 5)`, dbx.Params{"id": w.IDs[anna]})
	picture := w.Expect(t, 200, anna, http.MethodPost, recordsOf("images"), hookstest.FileForm(t, "file", "x.gif", gif)).ID()
	folder := w.folder(t, "images", picture)
	his := w.Add(t, "clients", map[string]any{"owner": w.IDs[boris], "email": "his@example.com"}).Id
	client := recordsOf("clients", "c00000000002999")
	w.Expect(t, 200, marta, http.MethodGet, client, nil)

	w.Expect(t, 204, superuser, http.MethodDelete, recordsOf("users", w.IDs[anna]), nil)

	t.Run("is at an end for everybody at once", func(t *testing.T) {
		if n := w.Count(t, "clients", dbx.HashExp{"owner": w.IDs[anna]}); n < many/2 {
			t.Errorf("the transaction of the request has deleted all but %d clients", n)
		}
		w.Expect(t, 401, anna, http.MethodPost, "/api/collections/users/auth-refresh", nil)
		w.Expect(t, 400, anonymous, http.MethodPost, "/api/collections/users/auth-with-password",
			map[string]any{"identity": emailOf(anna), "password": password})
		w.Expect(t, 404, marta, http.MethodGet, recordsOf("users", w.IDs[anna]), nil)
		w.Expect(t, 404, marta, http.MethodGet, client, nil)
		for _, collection := range records.Owned {
			for _, item := range w.Expect(t, 200, marta, http.MethodGet, recordsOf(collection)+"?perPage=500", nil).Items() {
				if item["owner"] == w.IDs[anna] {
					t.Errorf("a manager is shown %s", collection)
					break
				}
			}
		}
		if n := w.Count(t, "mailings", dbx.HashExp{"status": "running"}); n != 0 {
			t.Errorf("%d mailings run", n)
		}
	})
	t.Run("frees the address and not the id", func(t *testing.T) {
		w.Expect(t, 200, anonymous, http.MethodPost, recordsOf("users"), signUp(emailOf(anna)))
		again := signUp("again@example.com")
		again["id"] = w.IDs[anna]
		w.Expect(t, 400, superuser, http.MethodPost, recordsOf("users"), again)
	})
	t.Run("takes everything along", func(t *testing.T) {
		w.workAll(t)
		for _, collection := range append(slices.Clone(records.Owned), "attempts", "bounces", "soft_failures") {
			if n := w.Count(t, collection, dbx.HashExp{"owner": w.IDs[anna]}); n != 0 {
				t.Errorf("%d %s are left", n, collection)
			}
		}
		for _, table := range []string{"former_addresses", "usage", "trials", "contents", "mailing_events"} {
			if n := w.Count(t, table, nil); n != 0 {
				t.Errorf("%d rows of %s are left", n, table)
			}
		}
		if files, _ := filepath.Glob(folder + "/*"); len(files) > 0 {
			t.Errorf("files are left: %v", files)
		}
		w.Expect(t, 200, boris, http.MethodGet, recordsOf("clients", his), nil)
	})
}

// folder is where the files of a record are.
func (w *world) folder(t *testing.T, collection, id string) string {
	t.Helper()
	r, err := w.App.FindRecordById(collection, id)
	must(t, err)
	folder := filepath.Join(w.App.DataDir(), core.LocalStorageDirName, r.BaseFilesPath())
	if files, _ := filepath.Glob(folder + "/*"); len(files) == 0 {
		t.Fatalf("%s %s has no files", collection, id)
	}
	return folder
}

func TestADeletedRecordLosesItsReferences(t *testing.T) {
	w := newWorld(t)
	message := w.Add(t, "messages", map[string]any{"owner": w.IDs[anna], "name": "hello", "subject": "Hi", "body": "Hi"})
	client := w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "a@example.com"}).Id
	other := w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "b@example.com"}).Id
	sender := w.Add(t, "senders", hookstest.SenderData()).Id
	for range 3 {
		w.Mailing(t, "completed", map[string]any{
			"message": message.Id, "sender": sender, "audience": "picked", "recipients": []string{other, client},
		})
	}
	w.Expect(t, 204, anna, http.MethodDelete, recordsOf("messages", message.Id), nil)
	w.Expect(t, 204, anna, http.MethodDelete, recordsOf("clients", client), nil)
	w.Expect(t, 204, superuser, http.MethodDelete, recordsOf("senders", sender), nil)
	if n := w.Count(t, "mailings", dbx.HashExp{"message": "", "sender": "", "recipients": `["` + other + `"]`}); n != 3 {
		t.Errorf("%d of 3 mailings have lost what was deleted", n)
	}
}

func TestABatchDeletesInOneShortTransaction(t *testing.T) {
	w := newWorld(t)
	var requests []map[string]any
	for i := range 3 {
		list := w.Add(t, "lists", map[string]any{"owner": w.IDs[anna], "name": "l"}).Id
		w.addMany(t, "subscriptions", "id, owner, list, client, status, created, updated",
			fmt.Sprintf(`printf('s%d%%013d', i), '%s', '%s', printf('c%%014d', i), 'confirmed', '2026-01-01', '2026-01-01'`, i, w.IDs[anna], list), 400)
		requests = append(requests, map[string]any{"method": "DELETE", "url": recordsOf("lists", list)})
	}
	w.Expect(t, 200, anna, http.MethodPost, "/api/batch", map[string]any{"requests": requests})
	if n := w.Count(t, "subscriptions", nil); n < 600 {
		t.Errorf("the transaction of the batch has deleted all but %d of 1200 rows", n)
	}
	w.workAll(t)
	if n := w.Count(t, "subscriptions", nil); n != 0 {
		t.Errorf("%d subscriptions are left", n)
	}
}

// A relation that is added to the schema has to be thought of here too.
func TestEveryRelationIsForeseen(t *testing.T) {
	w := newWorld(t)
	for _, name := range deletion.Collections() {
		collection, err := w.App.FindCollectionByNameOrId(name)
		must(t, err)
		if foreseen, err := deletion.Foreseen(w.App, collection); err != nil || !foreseen {
			t.Errorf("something refers to %s that its deletion leaves: %v", name, err)
		}
	}
	all, err := w.App.FindAllCollections()
	must(t, err)
	for _, collection := range all {
		references, err := w.App.FindCollectionReferences(collection)
		must(t, err)
		if len(references) > 0 && !slices.Contains(deletion.Collections(), collection.Name) {
			t.Errorf("PocketBase deletes record by record what refers to %s", collection.Name)
		}
		if slices.ContainsFunc(collection.Fields, isFile) && !slices.Contains(deletion.Collections(), collection.Name) {
			t.Errorf("files of %s may stay when the process ends", collection.Name)
		}
	}
}

func isFile(f core.Field) bool { return f.Type() == core.FieldTypeFile }

func TestACollectionOfTheOperatorIsDeletedFromByPocketBase(t *testing.T) {
	w := newWorld(t)
	users, err := w.App.FindCollectionByNameOrId("users")
	must(t, err)
	notes := core.NewBaseCollection("notes")
	notes.Fields.Add(&core.RelationField{Name: "about", CollectionId: users.Id, MaxSelect: 1, CascadeDelete: true})
	must(t, w.App.Save(notes))
	w.Add(t, "notes", map[string]any{"about": w.IDs[anna]})
	w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "a@example.com"})
	w.Expect(t, 204, superuser, http.MethodDelete, recordsOf("users", w.IDs[anna]), nil)
	for _, collection := range []string{"notes", "clients"} {
		if n := w.Count(t, collection, nil); n != 0 {
			t.Errorf("%d %s are left", n, collection)
		}
	}
}
