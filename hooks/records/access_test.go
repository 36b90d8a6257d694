package records_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"gonets/hooks/hookstest"
	"gonets/hooks/records"
	"gonets/internal/consent"
)

// Statuses that several collections share. What a rule refuses is 404, or 400 for a create; what has
// no rule is 403.
var (
	seenByReaders  = verdicts{404, 404, 404, 200, 200, 200}
	writtenByOwner = verdicts{404, 404, 404, 404, 200, 200}
	deletedByOwner = verdicts{404, 404, 404, 404, 204, 204}
	createdForSelf = verdicts{400, 400, 200, 200, 200, 400} // a superuser must name the owner
	superuserOnly  = verdicts{403, 403, 403, 403, 403, 200}
	nobody         = verdicts{403, 403, 403, 403, 403, 403}
)

// row of the access matrix: a collection, how to make a record of it, and who may do what with one
// that belongs to Anna.
type row struct {
	collection string
	// make adds a record of the user beside the API and returns its id.
	make func(t *testing.T, w *world, user string) string
	// body is what creates one through the API; nil when nobody may.
	body func(t *testing.T, w *world, user string) any
	// patch is an edit that is right by itself.
	patch map[string]any
	// seen says who finds the record in a list (0 or 200 records, so to say).
	list, view, create, update, delete verdicts
}

// ownedRow is a row with the rules that owned collections share.
func ownedRow(collection string, body func(*testing.T, *world, string) map[string]any, patch map[string]any) row {
	return row{
		collection: collection,
		make: func(t *testing.T, w *world, user string) string {
			data := body(t, w, user)
			data["owner"] = w.IDs[user]
			return w.Add(t, collection, data).Id
		},
		body:  func(t *testing.T, w *world, user string) any { return body(t, w, user) },
		patch: patch,
		list:  seenByReaders, view: seenByReaders, create: createdForSelf, update: writtenByOwner, delete: deletedByOwner,
	}
}

// senderRow is the row of a sender that is seen like this, and that has more than a sender must have.
func senderRow(seen verdicts, more func(*world) map[string]any) row {
	data := func(w *world) map[string]any {
		data := hookstest.SenderData()
		maps.Copy(data, more(w))
		return data
	}
	return row{
		collection: "senders",
		make:       func(t *testing.T, w *world, _ string) string { return w.Add(t, "senders", data(w)).Id },
		body:       func(_ *testing.T, w *world, _ string) any { return data(w) },
		patch:      map[string]any{"from_name": "Gonets"},
		list:       seen, view: seen,
		create: superuserOnly, update: superuserOnly, delete: verdicts{403, 403, 403, 403, 403, 204},
	}
}

// reader is somebody with records of their own, when a body needs one to point at.
func holder(user string) string {
	if user == anonymous || user == kirill || user == superuser {
		return anna
	}
	return user
}

func matrix() []row {
	named := func(pattern string) func(*testing.T, *world, string) map[string]any {
		return func(*testing.T, *world, string) map[string]any { return map[string]any{"name": unique(pattern)} }
	}
	return []row{
		ownedRow("clients", func(*testing.T, *world, string) map[string]any {
			return map[string]any{"email": unique("client-%d@example.com"), "full_name": "Anna K."}
		}, map[string]any{"full_name": "Anna L."}),
		ownedRow("lists", named("list %d"), map[string]any{"description": "All of them"}),
		ownedRow("subscriptions", func(t *testing.T, w *world, user string) map[string]any {
			owner := w.IDs[holder(user)]
			list := w.Add(t, "lists", map[string]any{"owner": owner, "name": unique("list %d")})
			client := w.Add(t, "clients", map[string]any{"owner": owner, "email": unique("member-%d@example.com")})
			return map[string]any{"list": list.Id, "client": client.Id}
		}, map[string]any{"status": "unsubscribed"}),
		ownedRow("filters", func(*testing.T, *world, string) map[string]any {
			return map[string]any{"name": unique("filter %d"), "filter": `full_name != ""`}
		}, map[string]any{"name": "renamed"}),
		ownedRow("suppressions", func(*testing.T, *world, string) map[string]any {
			return map[string]any{"value": unique("stop-%d@example.com")}
		}, map[string]any{"note": "asked by phone"}),
		ownedRow("messages", func(*testing.T, *world, string) map[string]any {
			return map[string]any{"name": unique("message %d"), "subject": "Hello", "body": "<p>Hello</p>"}
		}, map[string]any{"subject": "Hello again"}),
		{
			collection: "brands", // one an owner: Anna has hers
			make: func(t *testing.T, w *world, user string) string {
				forgetBrand(t, w, user)
				return w.Add(t, "brands", map[string]any{"owner": w.IDs[user], "name": "Tea & Co"}).Id
			},
			body: func(t *testing.T, w *world, user string) any {
				if holder(user) != anna {
					forgetBrand(t, w, user)
				}
				return map[string]any{"name": "Tea & Co"}
			},
			patch: map[string]any{"postal_address": "1 High Street, York"},
			list:  seenByReaders, view: seenByReaders, create: verdicts{400, 400, 200, 200, 400, 400}, update: writtenByOwner, delete: deletedByOwner,
		},
		ownedRow("forms", func(t *testing.T, w *world, user string) map[string]any {
			list := w.Add(t, "lists", map[string]any{"owner": w.IDs[holder(user)], "name": unique("list %d")})
			return map[string]any{"name": unique("form %d"), "lists": []string{list.Id}, "fields": []map[string]any{{"name": "full_name", "type": "text"}}}
		}, map[string]any{"active": true}),
		ownedRow("mailings", named("mailing %d"), map[string]any{"name": "renamed"}),
		ownedRow("webhooks", func(*testing.T, *world, string) map[string]any {
			return map[string]any{"url": unique("https://example.org/hooks/%d"), "events": []string{"mailing.completed"}}
		}, map[string]any{"active": true}),
		{
			collection: "images",
			make: func(t *testing.T, w *world, user string) string {
				return w.Expect(t, 200, user, http.MethodPost, recordsOf("images"), hookstest.FileForm(t, "file", "dot.gif", gif)).ID()
			},
			body:  func(t *testing.T, _ *world, _ string) any { return hookstest.FileForm(t, "file", "dot.gif", gif) },
			patch: map[string]any{},
			list:  seenByReaders, view: seenByReaders, create: createdForSelf, update: writtenByOwner, delete: deletedByOwner,
		},
		{
			collection: "tokens",
			make: func(t *testing.T, w *world, user string) string {
				return w.Add(t, "tokens", map[string]any{"owner": w.IDs[user], "name": "script", "scope": []string{"read"}, "hash": unique("hash %d")}).Id
			},
			body: func(*testing.T, *world, string) any {
				return map[string]any{"name": "script", "scope": []string{"read"}}
			},
			patch: map[string]any{"name": "other"},
			list:  verdicts{404, 404, 404, 404, 200, 200}, view: verdicts{404, 404, 404, 404, 200, 200},
			create: verdicts{403, 403, 403, 403, 403, 400}, update: verdicts{403, 403, 403, 403, 403, 400}, delete: verdicts{404, 404, 404, 404, 204, 204},
		},
		{
			collection: "imports",
			make: func(t *testing.T, w *world, user string) string {
				return w.Add(t, "imports", map[string]any{"owner": w.IDs[user], "file_name": "people.csv", "status": "completed"}).Id
			},
			body:  func(*testing.T, *world, string) any { return map[string]any{"file_name": "people.csv"} },
			patch: map[string]any{"total": 7},
			list:  seenByReaders, view: seenByReaders, update: superuserOnly,
			create: verdicts{403, 403, 403, 403, 403, 400}, delete: verdicts{403, 403, 403, 403, 403, 204},
		},
		{
			collection: "opt_out_reasons",
			make: func(t *testing.T, w *world, user string) string {
				return w.Add(t, "opt_out_reasons", map[string]any{"owner": w.IDs[user], "client": unique("c%08d"), "reason": "other"}).Id
			},
			body:  func(*testing.T, *world, string) any { return map[string]any{"reason": "other"} },
			patch: map[string]any{"words": "none"},
			list:  seenByReaders, view: seenByReaders, update: superuserOnly,
			create: verdicts{403, 403, 403, 403, 403, 400}, delete: verdicts{403, 403, 403, 403, 403, 204},
		},
		{
			collection: "consents",
			make: func(t *testing.T, w *world, user string) string {
				must(t, consent.Add(w.App.NonconcurrentDB(), consent.Entry{Owner: w.IDs[user], Client: "client000000001", Event: consent.Confirmed}))
				var id string
				must(t, w.App.DB().NewQuery(`SELECT id FROM consents ORDER BY rowid DESC LIMIT 1`).Row(&id))
				return id
			},
			body:  func(*testing.T, *world, string) any { return map[string]any{"event": "confirmed"} },
			patch: map[string]any{"text": "else"},
			list:  seenByReaders, view: seenByReaders, create: nobody, update: nobody, delete: nobody,
		},
		{
			collection: "attempts",
			make: func(t *testing.T, w *world, user string) string {
				id := unique("attempt%08d")
				w.AddAttempt(t, id, w.IDs[user], "")
				return id
			},
			body:  func(*testing.T, *world, string) any { return map[string]any{"email": "a@example.com"} },
			patch: map[string]any{"code": 550},
			list:  seenByReaders, view: seenByReaders, create: nobody, update: nobody, delete: nobody,
		},
		{
			collection: "bounces",
			make: func(t *testing.T, w *world, user string) string {
				id := unique("bounce%09d")
				w.AddBounce(t, id, w.IDs[user])
				return id
			},
			body:  func(*testing.T, *world, string) any { return map[string]any{"email": "a@example.com"} },
			patch: map[string]any{"code": 550},
			list:  seenByReaders, view: seenByReaders, create: nobody, update: nobody, delete: nobody,
		},
		senderRow(verdicts{404, 404, 200, 200, 200, 200}, func(*world) map[string]any { return map[string]any{"access": "everyone"} }),
		senderRow(verdicts{404, 404, 404, 200, 404, 200}, func(*world) map[string]any { return map[string]any{"access": ""} }), // a new one
		senderRow(verdicts{404, 404, 404, 200, 404, 200}, func(*world) map[string]any { return map[string]any{"access": "chosen"} }),
		senderRow(verdicts{404, 404, 404, 200, 200, 200}, func(w *world) map[string]any {
			return map[string]any{"access": "chosen", "users": []string{w.IDs[anna], w.IDs[kirill]}}
		}),
		senderRow(verdicts{404, 404, 200, 200, 404, 200}, func(w *world) map[string]any {
			return map[string]any{"access": "chosen", "users": []string{w.IDs[boris]}}
		}),
		{
			collection: "mailboxes",
			make:       func(t *testing.T, w *world, _ string) string { return w.Add(t, "mailboxes", mailboxData()).Id },
			body:       func(*testing.T, *world, string) any { return mailboxData() },
			patch:      map[string]any{"active": true},
			list:       superuserOnly, view: superuserOnly, create: superuserOnly, update: superuserOnly, delete: verdicts{403, 403, 403, 403, 403, 204},
		},
		{
			collection: "bounce_hooks",
			make:       func(t *testing.T, w *world, _ string) string { return w.Add(t, "bounce_hooks", hookData()).Id },
			body:       func(*testing.T, *world, string) any { return hookData() },
			patch:      map[string]any{"active": true},
			list:       superuserOnly, view: superuserOnly, create: superuserOnly, update: superuserOnly, delete: verdicts{403, 403, 403, 403, 403, 204},
		},
		{
			collection: "domains",
			make:       func(t *testing.T, w *world, _ string) string { return w.Add(t, "domains", domainData()).Id },
			body:       func(*testing.T, *world, string) any { return domainData() },
			patch:      map[string]any{"dkim_selector": "other"},
			list:       superuserOnly, view: superuserOnly, create: superuserOnly, update: superuserOnly, delete: verdicts{403, 403, 403, 403, 403, 204},
		},
		{
			collection: "instance",
			make: func(t *testing.T, w *world, _ string) string {
				r, err := records.InstanceOf(w.App)
				must(t, err)
				return r.Id
			},
			body:  func(*testing.T, *world, string) any { return map[string]any{"registration": "open"} },
			patch: map[string]any{"attempts_kept_days": 90},
			list:  superuserOnly, view: superuserOnly, update: superuserOnly,
			create: verdicts{403, 403, 403, 403, 403, 400}, delete: verdicts{403, 403, 403, 403, 403, 400},
		},
	}
}

func TestAccessMatrix(t *testing.T) {
	w := newWorld(t)
	for _, r := range matrix() {
		t.Run(r.collection, func(t *testing.T) {
			for i, who := range everybody {
				t.Run(who, func(t *testing.T) { r.check(t, w, i, who) })
			}
		})
	}
}

func (r row) check(t *testing.T, w *world, i int, who string) {
	id := r.make(t, w, anna)
	r.checkList(t, w, who, id, r.list[i])
	w.Expect(t, r.view[i], who, http.MethodGet, recordsOf(r.collection, id), nil)
	a := w.Expect(t, r.create[i], who, http.MethodPost, recordsOf(r.collection), r.body(t, w, who))
	if _, owns := a.Body["owner"]; owns && a.Status == 200 && a.Body["owner"] != w.IDs[who] {
		t.Errorf("the record that %s created belongs to %v", who, a.Body["owner"])
	}
	w.Expect(t, r.update[i], who, http.MethodPatch, recordsOf(r.collection, id), r.patch)
	w.Expect(t, r.delete[i], who, http.MethodDelete, recordsOf(r.collection, id), nil)
}

// checkList wants the record in the list of those who may see it, and nothing at all of Anna's in the
// list of the others.
func (r row) checkList(t *testing.T, w *world, who, id string, want int) {
	t.Helper()
	a := w.Ask(t, who, http.MethodGet, recordsOf(r.collection)+"?perPage=1000", nil)
	if want == http.StatusForbidden {
		if a.Status != want {
			t.Errorf("list: got %d, want 403", a.Status)
		}
		return
	}
	if a.Status != 200 {
		t.Fatalf("list: got %d: %s", a.Status, a.Text)
	}
	found := slices.ContainsFunc(a.Items(), func(item map[string]any) bool { return item["id"] == id })
	if found != (want == 200) {
		t.Errorf("list: found is %v, want %v", found, want == 200)
	}
	if want != 200 && slices.ContainsFunc(a.Items(), func(item map[string]any) bool { return item["owner"] == w.IDs[anna] }) {
		t.Errorf("list: shows records of Anna: %s", a.Text)
	}
}

func TestNobodyCreatesForAnother(t *testing.T) {
	w := newWorld(t)
	for _, r := range matrix() {
		if !slices.Contains(records.Owned, r.collection) || r.collection == "images" || r.collection == "imports" {
			continue
		}
		t.Run(r.collection, func(t *testing.T) {
			for _, who := range []string{boris, marta} {
				data := r.body(t, w, who).(map[string]any)
				data["owner"] = w.IDs[anna]
				w.Expect(t, 400, who, http.MethodPost, recordsOf(r.collection), data)
			}
			data := r.body(t, w, superuser).(map[string]any)
			if a := w.Expect(t, 400, superuser, http.MethodPost, recordsOf(r.collection), data); a.Code("owner") == "" {
				t.Errorf("a superuser who names no owner is told: %s", a.Text)
			}
			data = r.body(t, w, anna).(map[string]any)
			data["owner"] = w.IDs[anna]
			w.Expect(t, 200, superuser, http.MethodPost, recordsOf(r.collection), data)
		})
	}
}

func TestTheOwnerOfARecordNeverChanges(t *testing.T) {
	w := newWorld(t)
	for _, r := range matrix() {
		if !slices.Contains(records.Owned, r.collection) || r.collection == "imports" {
			continue
		}
		t.Run(r.collection, func(t *testing.T) {
			path := recordsOf(r.collection, r.make(t, w, anna))
			for _, body := range []map[string]any{{"owner": w.IDs[boris]}, {"owner+": w.IDs[boris]}, {"owner": ""}} {
				w.Expect(t, 404, anna, http.MethodPatch, path, body)
				if a := w.Expect(t, 400, superuser, http.MethodPatch, path, body); a.Code("owner") != "cannot_change" {
					t.Errorf("a superuser is told: %s", a.Text)
				}
			}
			w.Expect(t, 200, anna, http.MethodPatch, path, map[string]any{"owner": w.IDs[anna]})
		})
	}
}

// gif is a picture of one dot.
var gif = []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")
