package e2e

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// Test12AMailingThatPausesItselfSaysWhy has too much of a mailing come back, and too many recipients of another complain, while both
// are running: their quota is used up, so that they wait for the next day.
func Test12AMailingThatPausesItselfSaysWhy(t *testing.T) {
	t.Parallel()
	const (
		secret  = "a secret that nobody guesses"
		clients = 230
		sent    = 210 // nothing pauses before 200
	)
	w := newWorld(t, 4*time.Minute, outbox.Options{})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, clients, numbered)
	var hook struct{ Key string }
	w.root.post("/api/collections/bounce_hooks/records", object{"provider": "generic", "secret": secret, "active": true}).want(200).into(&hook)

	// running is a mailing that has sent as much as the quota allows.
	quota := 0
	running := func(name string) string {
		quota += sent
		w.root.patch(users+"records/"+owner.id, object{"daily_quota": quota}).want(200)
		id := owner.mailing(owner.message(nil), object{"name": name})
		owner.verb(id, "send", nil).want(202)
		eventually(w.ctx, t, name+" waits for the next day", func() bool { return owner.read(id).Sent == sent })
		return id
	}
	// report tells of the mailing's recipients, until it pauses: no sooner than after more than so many.
	report := func(id, kind string, tolerated int) {
		t.Helper()
		var page struct {
			Items []struct{ Email string }
		}
		owner.get("/api/gonets/mailings/" + id + "/recipients?state=sent&perPage=100").want(200).into(&page)
		for i := range tolerated + 1 {
			if m := owner.read(id); m.Status != "running" {
				t.Fatalf("after %d reports the mailing is %s: %s", i, m.Status, m.WaitingReason)
			}
			body, err := json.Marshal(object{
				"type": kind, "recipient": page.Items[i].Email, "code": 550, "enhanced_code": "5.7.1", "diagnostic": "550 5.7.1 not wanted here",
				"message_id": strings.Trim(field(w.newestMail(page.Items[i].Email), "Message-ID"), "<>"),
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := w.report(hook.Key, string(body), signed(secret, string(body))); got != 200 {
				t.Fatalf("a report is answered %d", got)
			}
		}
		owner.reaches(id, "paused")
	}

	b := w.openBrowser(desktop)
	b.signIn("owner@gonets.example", password)
	as := func(v viewport) {
		t.Helper()
		owner.patch(users+"records/"+owner.id, object{"language": v.language}).want(200)
		b.lookAs(v)
		b.reload()
	}
	for _, c := range []struct {
		code, kind, cause string
		tolerated         int
	}{
		{"too_many_bounces", "block", "count.bounced", sent / 10},   // 10 %
		{"too_many_complaints", "complaint", "count.complained", 0}, // one of 210 is more than 0.3 %
	} {
		id := running(c.code)
		b.goTo("/mailings/" + id)
		b.see(b.word("waiting.owner_daily_quota", nil))
		report(id, c.kind, c.tolerated)
		for _, v := range []viewport{desktop, phone.in("ru").inTheDark()} {
			as(v)
			b.see(b.word("waiting."+c.code, nil))
			b.see(b.word("waiting."+c.code+".text", nil))
			b.see(b.word("waiting.cause", object{"cause": b.word(c.cause, nil), "ended": c.tolerated + 1, "tried": sent}))
			b.look(c.code, v)
			b.accessible(c.code + "-" + v.name())
		}
		as(desktop)
		b.press(b.word("do.resume", nil))
		b.submit(b.word("do.resume", nil))
		owner.reaches(id, "running")
		owner.verb(id, "cancel", nil).want(200)
	}
}
