package hooks

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

	"gonets/internal/deletion"
)

// many is more than one transaction deletes.
const many = 3000

func TestDeletingAMailing(t *testing.T) {
	w := newWorld(t)
	for _, status := range []string{"created", "scheduled", "paused", "completed", "cancelled"} {
		w.expect(t, 204, anna, http.MethodDelete, records("mailings", w.mailing(t, status, nil)), nil)
	}

	running := w.mailing(t, "running", nil)
	launching := w.mailing(t, "created", nil)
	w.sql(t, `UPDATE mailings SET launching_at = {:now} WHERE id = {:id}`, dbx.Params{"id": launching, "now": types.NowDateTime().String()})
	for _, id := range []string{running, launching} {
		for _, who := range []string{anna, superuser} {
			w.expect(t, 409, who, http.MethodDelete, records("mailings", id), nil)
		}
	}
	if n := w.count(t, "mailings", dbx.HashExp{"id": []any{running, launching}}); n != 2 {
		t.Errorf("%d of 2 are left", n)
	}
}

func TestADeletedMailingTakesItsAttemptsAlong(t *testing.T) {
	w := newWorld(t)
	id, other := w.mailing(t, "completed", nil), w.mailing(t, "completed", nil)
	for range 3 {
		w.addAttempt(t, unique("attempt%08d"), w.ids[anna], id)
	}
	w.addAttempt(t, unique("attempt%08d"), w.ids[anna], other)
	w.expect(t, 204, anna, http.MethodDelete, records("mailings", id), nil)
	for _, table := range []string{"recipients", "attempts", "contents", "requests", "mailing_events"} {
		if n := w.count(t, table, dbx.HashExp{"mailing": id}); n != 0 {
			t.Errorf("%d rows of %s are left", n, table)
		}
	}
	if n := w.count(t, "attempts", dbx.HashExp{"mailing": other}); n != 1 {
		t.Errorf("another mailing has %d attempts, want 1", n)
	}

	t.Run("a result that comes late too", func(t *testing.T) {
		w.workAll(t) // its files
		w.addAttempt(t, unique("attempt%08d"), w.ids[anna], id)
		w.workAll(t) // the later look
		if n := w.count(t, "attempts", dbx.HashExp{"mailing": id}); n != 0 {
			t.Errorf("%d attempts are left", n)
		}
	})
}

// workAll works on all tasks, those that wait for a later look too.
func (w *world) workAll(t *testing.T) {
	t.Helper()
	w.sql(t, `UPDATE tasks SET due_at = 0`, nil)
	for again := true; again; {
		var err error
		again, err = tasks(w.app).Round(context.Background())
		must(t, err)
	}
}

// addMany puts n rows into a table: columns are SQL over i.
func (w *world) addMany(t *testing.T, table, columns, values string, n int) {
	t.Helper()
	w.sql(t, fmt.Sprintf(`
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT INTO %s (%s) SELECT %s FROM n`, n, table, columns, values), nil)
}

// addClients gives an owner many clients, and a list with all of them.
func (w *world) addClients(t *testing.T, owner string, n int) (list string) {
	t.Helper()
	list = w.add(t, "lists", map[string]any{"owner": w.ids[owner], "name": "all"}).Id
	w.addMany(t, "clients", "id, owner, email, status, attributes, created, updated",
		`printf('c%014d', i), '`+w.ids[owner]+`', printf('c%d@example.com', i), 'active', '{}', '2026-01-01', '2026-01-01'`, n)
	w.addMany(t, "subscriptions", "id, owner, list, client, status, created, updated",
		`printf('s%014d', i), '`+w.ids[owner]+`', '`+list+`', printf('c%014d', i), 'confirmed', '2026-01-01', '2026-01-01'`, n)
	return list
}

func TestDeletingAListLeavesMostOfItsRowsForLater(t *testing.T) {
	w := newWorld(t)
	list := w.addClients(t, anna, many)
	kept := w.add(t, "lists", map[string]any{"owner": w.ids[anna], "name": "kept"}).Id
	w.add(t, "subscriptions", map[string]any{"owner": w.ids[anna], "list": kept, "client": "c00000000000001"})
	m := w.mailing(t, "created", map[string]any{"audience": "lists", "lists": []string{list, kept}})

	w.expect(t, 204, anna, http.MethodDelete, records("lists", list), nil)
	w.expect(t, 404, anna, http.MethodGet, records("lists", list), nil)
	left := w.count(t, "subscriptions", dbx.HashExp{"list": list})
	if left < many/2 {
		t.Errorf("the transaction of the request has deleted all but %d of %d rows", left, many)
	}

	w.workAll(t)
	if n := w.count(t, "subscriptions", nil); n != 1 {
		t.Errorf("%d subscriptions are left, want the one to another list", n)
	}
	if n := w.count(t, "clients", nil); n != many {
		t.Errorf("%d clients, want all %d", n, many)
	}
	if lists := w.column(t, "mailings", m, "lists"); lists != `["`+kept+`"]` {
		t.Errorf("the mailing goes to %s", lists)
	}
}

func TestADeletionGoesOnAfterTheProcessEnded(t *testing.T) {
	w := newWorld(t)
	list := w.addClients(t, anna, many)
	w.expect(t, 204, anna, http.MethodDelete, records("lists", list), nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // the worker ends before it has begun
	tasks(w.app).Run(ctx)
	if n := w.count(t, "subscriptions", nil); n == 0 {
		t.Fatal("nothing was left to do")
	}
	w.workAll(t)
	if n := w.count(t, "subscriptions", nil); n != 0 {
		t.Errorf("%d subscriptions are left", n)
	}
}

func TestDeletingAUser(t *testing.T) {
	w := newWorld(t)
	list := w.addClients(t, anna, many)
	w.addMany(t, "former_addresses", "client, email", `printf('c%014d', i), printf('old%d@example.com', i)`, 10)
	w.mailing(t, "running", map[string]any{"audience": "lists", "lists": []string{list}})
	launching := w.mailing(t, "created", nil)
	w.sql(t, `UPDATE mailings SET launching_at = 'now' WHERE id = {:id}`, dbx.Params{"id": launching})
	w.addAttempt(t, unique("attempt%08d"), w.ids[anna], launching)
	w.add(t, "suppressions", map[string]any{"owner": w.ids[anna], "value": "x@example.com"})
	w.add(t, "filters", map[string]any{"owner": w.ids[anna], "name": "f", "filter": `email ~ "x"`})
	w.sql(t, `INSERT INTO usage (kind, id, day, mails) VALUES ('owner', {:id}, '2026-01-01', 5)`, dbx.Params{"id": w.ids[anna]})
	w.sql(t, `INSERT INTO trials (user, minute, addresses) VALUES ({:id}, '1', 5)`, dbx.Params{"id": w.ids[anna]})
	picture := w.expect(t, 200, anna, http.MethodPost, records("images"), fileForm(t, "file", "x.gif", gif)).id()
	folder := w.folder(t, "images", picture)
	his := w.add(t, "clients", map[string]any{"owner": w.ids[boris], "email": "his@example.com"}).Id
	client := records("clients", "c00000000002999")
	w.expect(t, 200, marta, http.MethodGet, client, nil)

	w.expect(t, 204, superuser, http.MethodDelete, records("users", w.ids[anna]), nil)

	t.Run("is at an end for everybody at once", func(t *testing.T) {
		if n := w.count(t, "clients", dbx.HashExp{"owner": w.ids[anna]}); n < many/2 {
			t.Errorf("the transaction of the request has deleted all but %d clients", n)
		}
		w.expect(t, 401, anna, http.MethodPost, "/api/collections/users/auth-refresh", nil)
		w.expect(t, 400, anonymous, http.MethodPost, "/api/collections/users/auth-with-password",
			map[string]any{"identity": emailOf(anna), "password": password})
		w.expect(t, 404, marta, http.MethodGet, records("users", w.ids[anna]), nil)
		w.expect(t, 404, marta, http.MethodGet, client, nil)
		for _, collection := range owned {
			for _, item := range w.expect(t, 200, marta, http.MethodGet, records(collection)+"?perPage=500", nil).items() {
				if item["owner"] == w.ids[anna] {
					t.Errorf("a manager is shown %s", collection)
					break
				}
			}
		}
		if n := w.count(t, "mailings", dbx.HashExp{"status": "running"}); n != 0 {
			t.Errorf("%d mailings run", n)
		}
	})
	t.Run("frees the address and not the id", func(t *testing.T) {
		w.expect(t, 200, anonymous, http.MethodPost, records("users"), signUp(emailOf(anna)))
		again := signUp("again@example.com")
		again["id"] = w.ids[anna]
		w.expect(t, 400, superuser, http.MethodPost, records("users"), again)
	})
	t.Run("takes everything along", func(t *testing.T) {
		w.workAll(t)
		for _, collection := range append(slices.Clone(owned), "attempts") {
			if n := w.count(t, collection, dbx.HashExp{"owner": w.ids[anna]}); n != 0 {
				t.Errorf("%d %s are left", n, collection)
			}
		}
		for _, table := range []string{"former_addresses", "usage", "trials", "contents", "mailing_events"} {
			if n := w.count(t, table, nil); n != 0 {
				t.Errorf("%d rows of %s are left", n, table)
			}
		}
		if files, _ := filepath.Glob(folder + "/*"); len(files) > 0 {
			t.Errorf("files are left: %v", files)
		}
		w.expect(t, 200, boris, http.MethodGet, records("clients", his), nil)
	})
}

// folder is where the files of a record are.
func (w *world) folder(t *testing.T, collection, id string) string {
	t.Helper()
	r, err := w.app.FindRecordById(collection, id)
	must(t, err)
	folder := filepath.Join(w.app.DataDir(), core.LocalStorageDirName, r.BaseFilesPath())
	if files, _ := filepath.Glob(folder + "/*"); len(files) == 0 {
		t.Fatalf("%s %s has no files", collection, id)
	}
	return folder
}

func TestADeletedRecordLosesItsReferences(t *testing.T) {
	w := newWorld(t)
	message := w.add(t, "messages", map[string]any{"owner": w.ids[anna], "name": "hello", "subject": "Hi", "body": "Hi"})
	client := w.add(t, "clients", map[string]any{"owner": w.ids[anna], "email": "a@example.com"}).Id
	other := w.add(t, "clients", map[string]any{"owner": w.ids[anna], "email": "b@example.com"}).Id
	sender := w.add(t, "senders", senderData()).Id
	for range 3 {
		w.mailing(t, "completed", map[string]any{
			"message": message.Id, "sender": sender, "audience": "picked", "recipients": []string{other, client},
		})
	}
	w.expect(t, 204, anna, http.MethodDelete, records("messages", message.Id), nil)
	w.expect(t, 204, anna, http.MethodDelete, records("clients", client), nil)
	w.expect(t, 204, superuser, http.MethodDelete, records("senders", sender), nil)
	if n := w.count(t, "mailings", dbx.HashExp{"message": "", "sender": "", "recipients": `["` + other + `"]`}); n != 3 {
		t.Errorf("%d of 3 mailings have lost what was deleted", n)
	}
}

func TestABatchDeletesInOneShortTransaction(t *testing.T) {
	w := newWorld(t)
	var requests []map[string]any
	for i := range 3 {
		list := w.add(t, "lists", map[string]any{"owner": w.ids[anna], "name": "l"}).Id
		w.addMany(t, "subscriptions", "id, owner, list, client, status, created, updated",
			fmt.Sprintf(`printf('s%d%%013d', i), '%s', '%s', printf('c%%014d', i), 'confirmed', '2026-01-01', '2026-01-01'`, i, w.ids[anna], list), 400)
		requests = append(requests, map[string]any{"method": "DELETE", "url": records("lists", list)})
	}
	w.expect(t, 200, anna, http.MethodPost, "/api/batch", map[string]any{"requests": requests})
	if n := w.count(t, "subscriptions", nil); n < 600 {
		t.Errorf("the transaction of the batch has deleted all but %d of 1200 rows", n)
	}
	w.workAll(t)
	if n := w.count(t, "subscriptions", nil); n != 0 {
		t.Errorf("%d subscriptions are left", n)
	}
}

// A relation that is added to the schema has to be thought of here too.
func TestEveryRelationIsForeseen(t *testing.T) {
	w := newWorld(t)
	for _, name := range deletion.Collections() {
		collection, err := w.app.FindCollectionByNameOrId(name)
		must(t, err)
		if foreseen, err := deletion.Foreseen(w.app, collection); err != nil || !foreseen {
			t.Errorf("something refers to %s that its deletion leaves: %v", name, err)
		}
	}
	all, err := w.app.FindAllCollections()
	must(t, err)
	for _, collection := range all {
		references, err := w.app.FindCollectionReferences(collection)
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
	users, err := w.app.FindCollectionByNameOrId("users")
	must(t, err)
	notes := core.NewBaseCollection("notes")
	notes.Fields.Add(&core.RelationField{Name: "about", CollectionId: users.Id, MaxSelect: 1, CascadeDelete: true})
	must(t, w.app.Save(notes))
	w.add(t, "notes", map[string]any{"about": w.ids[anna]})
	w.add(t, "clients", map[string]any{"owner": w.ids[anna], "email": "a@example.com"})
	w.expect(t, 204, superuser, http.MethodDelete, records("users", w.ids[anna]), nil)
	for _, collection := range []string{"notes", "clients"} {
		if n := w.count(t, collection, nil); n != 0 {
			t.Errorf("%d %s are left", n, collection)
		}
	}
}
