package e2e

import (
	"testing"
	"time"

	"gonets/internal/outbox"
)

// Clients move from one instance to another as a file. Who has left there gets nothing here, and everything else comes along:
// lists and who has left one, and names of attributes to the letter.
func Test13WhoHasLeftGetsNothingElsewhere(t *testing.T) {
	t.Parallel()
	here := newWorld(t, 2*time.Minute, outbox.Options{})
	owner := here.user("owner@gonets.example", "owner")
	ids := map[string]string{}
	for _, name := range []string{"anna", "boris", "vera", "gone", "bounced"} {
		ids[name] = owner.post("/api/collections/clients/records", object{
			"email": name + "@example.org", "full_name": name, "attributes": object{"Favourite tea": "green", "a.b": "x-" + name},
		}).want(200).id()
	}
	list := owner.post("/api/collections/lists/records", object{"name": `News, "weekly"`}).want(200).id()
	for name, status := range map[string]string{"anna": "confirmed", "vera": "unsubscribed", "gone": "confirmed"} {
		owner.post("/api/collections/subscriptions/records", object{"list": list, "client": ids[name], "status": status}).want(200)
	}
	// One leaves by the link of a mail, one is put on the stop list.
	owner.after(owner.mailing(owner.message(nil), nil), "completed", "send", nil)
	here.unsubscribe(here.unsubscribePage("gone@example.org", 1), "choice=everything").want(200)
	owner.post("/api/collections/suppressions/records", object{"kind": "address", "value": "bounced@example.org", "reason": "manual", "note": "asked us"}).want(200)
	file := owner.get("/api/gonets/clients/export.csv").want(200).body

	there := newWorld(t, 2*time.Minute, outbox.Options{})
	other := there.user("other@gonets.example", "owner")
	record := other.importing(nil, file)
	if record.counts() != [6]int{5, 5, 0, 0, 0, 2} {
		t.Errorf("the import counts %v", record.counts())
	}
	tea := other.message(object{"subject": "Tea", "body": `<p>{{ client.attributes["Favourite tea"] }} {{ client.attributes["a.b"] }}</p>`})
	sent := other.reaches(other.after(other.mailing(tea, nil), "completed", "send", nil), "completed")
	if sent.Total != 5 || sent.Sent != 3 || sent.Skipped != 2 {
		t.Errorf("to everyone: %+v", sent)
	}
	if mail := there.mails("boris@example.org", 1); mail.Text[:13] != "green x-boris" {
		t.Errorf("the attributes are %q", mail.Text)
	}
	weekly := other.newest("lists", `name~"weekly"`)
	sent = other.reaches(other.after(other.mailing(tea, object{"audience": "lists", "lists": []string{weekly}}), "completed", "send", nil), "completed")
	if sent.Total != 2 || sent.Sent != 1 || sent.Skipped != 1 {
		t.Errorf("to the list: %+v", sent)
	}
	for address, want := range map[string]int{"anna@example.org": 2, "boris@example.org": 1, "vera@example.org": 1, "gone@example.org": 0, "bounced@example.org": 0} {
		if got := there.outbox.Count(address); got != want {
			t.Errorf("%s got %d mails, want %d", address, got, want)
		}
	}
}

// Who signed up elsewhere and never confirmed is not mailed, by nobody's mistake: to everyone or to the list.
func Test13WhoHasNotConfirmedElsewhereGetsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2*time.Minute, outbox.Options{})
	owner := w.user("owner@gonets.example", "owner")
	list := owner.post("/api/collections/lists/records", object{"name": "News"}).want(200).id()
	owner.importing(map[string]string{"list": list}, []byte("Name,Email,Status\nAnna,anna@example.org,Subscribed\nBoris,boris@example.org,Unconfirmed\n"))
	for _, to := range []object{nil, {"audience": "lists", "lists": []string{list}}} {
		if sent := owner.reaches(owner.after(owner.mailing(owner.message(nil), to), "completed", "send", nil), "completed"); sent.Sent != 1 {
			t.Errorf("to %v: %+v", to, sent)
		}
	}
	if n := w.outbox.Count("boris@example.org"); n != 0 {
		t.Errorf("who has not confirmed got %d mails", n)
	}
	w.mails("anna@example.org", 2)
}
