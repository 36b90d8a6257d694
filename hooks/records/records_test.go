package records_test

import (
	"fmt"
	"maps"
	"net/http"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/hookstest"
	"gonets/internal/consent"
	"gonets/internal/secret"
)

func TestWhatIsStored(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name, collection string
		body, want       map[string]any
	}{
		{
			"a client's address in its one form, and defaults", "clients",
			map[string]any{"email": "  Ivan@Пример.РФ "},
			map[string]any{"email": "ivan@xn--e1afmkfd.xn--p1ai", "status": "active"},
		},
		{
			"a stopped address in its one form, and defaults", "suppressions",
			map[string]any{"value": " Ivan@Example.COM"},
			map[string]any{"value": "ivan@example.com", "kind": "address", "reason": "manual"},
		},
		{
			"a stopped domain in its one form", "suppressions",
			map[string]any{"kind": "domain", "value": "@Пример.РФ", "reason": "complained"},
			map[string]any{"value": "xn--e1afmkfd.xn--p1ai", "reason": "complained"},
		},
		{
			"a message's defaults", "messages",
			map[string]any{"body": "Hello"},
			map[string]any{"format": "html", "subject": ""},
		},
		{
			"a message with a broken template, to be finished later", "messages",
			map[string]any{"subject": "{{ client.", "body": "{% if"},
			map[string]any{"subject": "{{ client."},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := w.Expect(t, 200, anna, http.MethodPost, recordsOf(c.collection), c.body)
			for field, want := range c.want {
				if a.Body[field] != want {
					t.Errorf("%s is %v, want %v", field, a.Body[field], want)
				}
			}
		})
	}
}

func TestWrongRecordsAreRefused(t *testing.T) {
	w := newWorld(t)
	w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "known@example.com"})
	w.Add(t, "suppressions", map[string]any{"owner": w.IDs[anna], "value": "known@example.com"})
	w.Add(t, "clients", map[string]any{"owner": w.IDs[boris], "email": "his@example.com"})
	good := map[string]map[string]any{
		"clients": {"email": "good@example.com"}, "suppressions": {"value": "good@example.com"},
		"messages": {}, "mailings": {}, "lists": {"name": "List"}, "filters": {"name": "Filter", "filter": "email != ''"},
	}
	for _, c := range []struct {
		name, collection string
		body             map[string]any
		field, code      string
	}{
		{"no address", "clients", map[string]any{"email": ""}, "email", "validation_required"},
		{"an address that is none", "clients", map[string]any{"email": "anna"}, "email", "invalid_email"},
		{"an address with a line break", "clients", map[string]any{"email": "\"a\r\nb\"@example.com"}, "email", "invalid_email"},
		{"a known address, written differently", "clients", map[string]any{"email": "KNOWN@example.com "}, "email", "validation_not_unique"},
		{"attributes that are a list", "clients", map[string]any{"attributes": []int{1}}, "attributes", "not_an_object"},
		{"attributes that are a word", "clients", map[string]any{"attributes": "city"}, "attributes", "not_an_object"},
		{"a name with a line break", "clients", map[string]any{"full_name": "a\nb"}, "full_name", "no_line_breaks"},
		{"a status set by hand", "clients", map[string]any{"status": "unsubscribed"}, "status", "read_only"},
		{"a list's name with a line break", "lists", map[string]any{"name": "a\u2028b"}, "name", "no_line_breaks"},
		{"a filter's name with a line break", "filters", map[string]any{"name": "a\tb"}, "name", "no_line_breaks"},
		{"a filter that cannot be read", "filters", map[string]any{"filter": "email ="}, "filter", "filter_unreadable"},
		{"a filter over another collection", "filters", map[string]any{"filter": `@collection.users.email ~ "a"`}, "filter", "filter_unknown_field"},
		{"a filter over the owner", "filters", map[string]any{"filter": `owner.email ~ "a"`}, "filter", "filter_unknown_field"},
		{"a filter over a way back", "filters", map[string]any{"filter": `subscriptions_via_client.list != ""`}, "filter", "filter_unknown_field"},
		{"a mailing's filter over another collection", "mailings", map[string]any{"filter": `@collection.users.email ~ "a"`}, "filter", "filter_unknown_field"},
		{"a stop on what is no address", "suppressions", map[string]any{"value": "example.com"}, "value", "invalid_email"},
		{"a stop on what is no domain", "suppressions", map[string]any{"kind": "domain", "value": "a@example.com"}, "value", "invalid_domain"},
		{"a stop that is there", "suppressions", map[string]any{"value": "Known@example.com"}, "value", "validation_not_unique"},
		{"a subject with a line break", "messages", map[string]any{"subject": "a\r\nBcc: x@example.com"}, "subject", "no_line_breaks"},
		{"a subject with a null byte", "messages", map[string]any{"subject": "a\x00b"}, "subject", "no_line_breaks"},
		{"a subject of 256 characters", "messages", map[string]any{"subject": string(make256())}, "subject", "validation_max_text_constraint"},
		{"a preheader with a line break", "messages", map[string]any{"preheader": "a\nb"}, "preheader", "no_line_breaks"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := maps.Clone(good[c.collection])
			maps.Copy(body, c.body)
			a := w.Expect(t, 400, anna, http.MethodPost, recordsOf(c.collection), body)
			if a.Code(c.field) != c.code {
				t.Error(a.Text)
			}
		})
	}
	// Another owner's client of the same address is no obstacle, and not revealed.
	w.Expect(t, 200, anna, http.MethodPost, recordsOf("clients"), map[string]any{"email": "his@example.com"})
}

func make256() []rune {
	r := make([]rune, 256)
	for i := range r {
		r[i] = 'щ'
	}
	return r
}

func TestAClientsStatusIsReadOnly(t *testing.T) {
	w := newWorld(t)
	id := w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "client@example.com"}).Id
	for _, who := range []string{anna, superuser} {
		for _, status := range []string{"bounced", ""} {
			a := w.Expect(t, 400, who, http.MethodPatch, recordsOf("clients", id), map[string]any{"status": status})
			if a.Code("status") != "read_only" {
				t.Errorf("%s sets %q: %s", who, status, a.Text)
			}
		}
		w.Expect(t, 200, who, http.MethodPatch, recordsOf("clients", id), map[string]any{"status": "active", "comment": "two\nlines"})
	}
}

func TestHistoryIsAppendOnly(t *testing.T) {
	w := newWorld(t)
	w.AddAttempt(t, "attempt00000001", w.IDs[anna], "")
	w.AddBounce(t, "attempt00000001", w.IDs[anna])
	must(t, consent.Add(w.App.NonconcurrentDB(), consent.Entry{Owner: w.IDs[anna], Email: "ivan@example.com", Event: consent.Confirmed, Text: "250"}))
	w.SQL(t, `UPDATE consents SET id = 'attempt00000001'`, nil)
	for collection, field := range map[string]string{"attempts": "code", "bounces": "code", "consents": "text"} {
		t.Run(collection, func(t *testing.T) { isAppendOnly(t, w, collection, field) })
	}
}

// isAppendOnly checks a collection that has the record attempt00000001, with 250 in a field.
func isAppendOnly(t *testing.T, w *world, collection, field string) {
	attempts := recordsOf(collection)
	c, err := w.App.FindCollectionByNameOrId(collection)
	must(t, err)
	for _, who := range everybody {
		w.Expect(t, 403, who, http.MethodPost, attempts, map[string]any{"email": "a@example.com"})
		w.Expect(t, 403, who, http.MethodPatch, attempts+"/attempt00000001", map[string]any{field: 550})
		w.Expect(t, 403, who, http.MethodDelete, attempts+"/attempt00000001", nil)
		for _, request := range []map[string]any{
			{"method": "POST", "url": attempts, "body": map[string]any{"email": "a@example.com"}},
			{"method": "PUT", "url": attempts, "body": map[string]any{"id": "attempt00000001", field: 550}},
			{"method": "PATCH", "url": attempts + "/attempt00000001", "body": map[string]any{field: 550}},
			{"method": "DELETE", "url": attempts + "/attempt00000001"},
		} {
			w.Expect(t, 400, who, http.MethodPost, "/api/batch", map[string]any{"requests": []any{request}})
		}
	}
	for _, name := range []string{collection, c.Id} {
		w.Expect(t, 403, superuser, http.MethodDelete, "/api/collections/"+name+"/truncate", nil)
		w.Expect(t, 403, superuser, http.MethodDelete, "/api/collections/"+name, nil)
	}
	if err := w.App.TruncateCollection(c); err == nil {
		t.Error("truncated")
	}
	if got := w.Column(t, collection, "attempt00000001", field); got != "250" {
		t.Errorf("%s is %s", field, got)
	}
}

func TestTheSecretsOfSendersAreWriteOnly(t *testing.T) {
	w := newWorld(t)
	blank := func(what string, record map[string]any) {
		t.Helper()
		for _, name := range secret.Names("senders") {
			if record[name] != "" {
				t.Errorf("%s shows %s: %v", what, name, record[name])
			}
		}
	}
	created := w.Expect(t, 200, superuser, http.MethodPost, recordsOf("senders"), hookstest.SenderData())
	blank("the answer to a create", created.Body)
	if created.Body["tls"] != "starttls" || created.Body["connections"] != 10.0 || created.Body["host"] != "smtp.example.com" {
		t.Errorf("defaults: %s", created.Text)
	}
	id, path := created.ID(), recordsOf("senders", created.ID())
	mailing := w.Add(t, "mailings", map[string]any{"owner": w.IDs[anna], "sender": id}).Id

	for _, change := range []map[string]any{{"port": 465}, {"password": "", "dkim_key": "", "dkim_key_2": ""}} {
		blank("the answer to an update", w.Expect(t, 200, superuser, http.MethodPatch, path, change).Body)
		if kept := w.secrets(t, id); kept[secret.Password] != "s3cret" || kept[secret.DKIMKey] != "PEM of a key" || kept[secret.DKIMKey2] != "PEM of another key" {
			t.Errorf("after %v the secrets are %q", change, kept)
		}
	}
	blank("a view", w.Expect(t, 200, superuser, http.MethodGet, path, nil).Body)
	blank("a list", w.Expect(t, 200, superuser, http.MethodGet, recordsOf("senders"), nil).Items()[0])
	blank("a view of chosen fields", w.Expect(t, 200, superuser, http.MethodGet, path+"?fields=password,dkim_key,dkim_key_2", nil).Body)
	expanded := w.Expect(t, 200, superuser, http.MethodGet, recordsOf("mailings", mailing)+"?expand=sender", nil)
	blank("an expanded relation", expanded.Body["expand"].(map[string]any)["sender"].(map[string]any))

	w.Expect(t, 200, superuser, http.MethodPatch, path, map[string]any{"password": "new"})
	if got := w.secrets(t, id)[secret.Password]; got != "new" {
		t.Errorf("the password is %q", got)
	}

	for _, who := range []string{anna, marta} {
		for _, a := range []map[string]any{
			w.Expect(t, 200, who, http.MethodGet, path, nil).Body,
			w.Expect(t, 200, who, http.MethodGet, recordsOf("senders"), nil).Items()[0],
		} {
			for _, field := range []string{"collectionId", "collectionName", "id", "name", "from_email", "from_name"} {
				delete(a, field)
			}
			if len(a) > 0 {
				t.Errorf("%s sees more of a sender: %v", who, a)
			}
		}
	}
}

func TestMoreIsSelectedThanAFieldTakes(t *testing.T) {
	w := newWorld(t)
	looked := 0
	w.App.OnRecordValidate("mailings").BindFunc(func(e *core.RecordEvent) error {
		looked++
		return e.Next()
	})
	ids := make([]string, 40_000) // more than SQLite takes as parameters
	for i := range ids {
		ids[i] = fmt.Sprintf("c%014d", i)
	}
	id := w.Mailing(t, "created", nil)
	looked = 0
	for field, value := range map[string]any{"recipients": ids, "lists": ids[:101]} {
		for _, a := range []answer{
			w.Expect(t, 400, anna, http.MethodPatch, recordsOf("mailings", id), map[string]any{field: value}),
			w.Expect(t, 400, anna, http.MethodPost, recordsOf("mailings"), map[string]any{field: value}),
		} {
			if a.Code(field) != "validation_too_many_values" {
				t.Errorf("%s: %s", field, a.Text)
			}
		}
	}
	if looked > 0 {
		t.Errorf("the records were looked at %d times", looked)
	}
}

// secrets are those of a sender, as the engine reads them.
func (w *world) secrets(t *testing.T, sender string) map[string]string {
	t.Helper()
	kept, err := secret.Of(w.App, "senders", sender)
	must(t, err)
	return kept
}

func TestTheSecondKeyOfASenderNeedsASelectorOfItsOwn(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name, first, second, code string
	}{
		{"none", "mail", "", "selector_required"},
		{"that of the first key", "mail", "mail", "same_selector"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := hookstest.SenderData()
			data["dkim_selector"], data["dkim_selector_2"] = c.first, c.second
			if a := w.Expect(t, 400, superuser, http.MethodPost, recordsOf("senders"), data); a.Code("dkim_selector_2") != c.code {
				t.Error(a.Text)
			}
		})
	}
}

func TestNobodyFiltersBySecrets(t *testing.T) {
	w := newWorld(t)
	id := w.Expect(t, 200, superuser, http.MethodPost, recordsOf("senders"), hookstest.SenderData()).ID()
	w.Add(t, "mailings", map[string]any{"owner": w.IDs[anna], "sender": id})
	for _, path := range []string{
		recordsOf("senders") + "?filter=password~%22s3%22",
		recordsOf("senders") + "?filter=dkim_key~%22PEM%22",
		recordsOf("senders") + "?filter=password!=%22%22",
		recordsOf("senders") + "?filter=dkim_key_2~%22PEM%22",
		recordsOf("mailings") + "?filter=sender.password~%22s3%22",
		recordsOf("mailings") + "?filter=sender.dkim_key~%22key%22",
	} {
		if a := w.Expect(t, 200, superuser, http.MethodGet, path, nil); len(a.Items()) > 0 {
			t.Errorf("%s finds %s", path, a.Text)
		}
	}
	for _, column := range secret.Names("senders") {
		if got := w.Column(t, "senders", id, column); got != "" {
			t.Errorf("the record holds the %s %q", column, got)
		}
	}
}

func TestASecretGoesWithWhatItIsFor(t *testing.T) {
	w := newWorld(t)
	data := hookstest.SenderData()
	data["dkim_domain"], data["dkim_selector"] = "example.com", "mail"
	id := w.Expect(t, 200, superuser, http.MethodPost, recordsOf("senders"), data).ID()
	path := recordsOf("senders", id)
	w.Expect(t, 200, superuser, http.MethodPatch, path, map[string]any{"username": ""})
	if kept := w.secrets(t, id); len(kept) != 2 || kept[secret.DKIMKey] == "" || kept[secret.DKIMKey2] == "" {
		t.Errorf("without a user name there are %q", kept)
	}
	w.Expect(t, 200, superuser, http.MethodPatch, path, map[string]any{"dkim_selector_2": ""})
	if kept := w.secrets(t, id); len(kept) != 1 || kept[secret.DKIMKey] == "" {
		t.Errorf("without the selector of the second key there are %q", kept)
	}
	w.Expect(t, 200, superuser, http.MethodPatch, path, map[string]any{"dkim_domain": "", "dkim_selector": ""})
	if kept := w.secrets(t, id); len(kept) != 0 {
		t.Errorf("without a domain and a selector there are %q", kept)
	}
	w.Expect(t, 200, superuser, http.MethodPatch, path, map[string]any{"username": "news", "password": "again"})
	w.Expect(t, 204, superuser, http.MethodDelete, path, nil)
	if n := w.Count(t, "record_secrets", nil); n != 0 {
		t.Errorf("%d secrets are left of a deleted sender", n)
	}
}
