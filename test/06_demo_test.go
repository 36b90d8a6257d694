package e2e

import (
	"net"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// inOutbox waits until the demo's outbox page has a mail to an address, and opens it.
func (c *client) inOutbox(address string) outbox.Mail {
	c.t.Helper()
	var page struct{ Items []outbox.Summary }
	eventually(c.ctx, c.t, "the outbox has a mail to "+address, func() bool {
		c.get("/api/gonets/outbox?search=" + url.QueryEscape(address)).want(200).into(&page)
		return len(page.Items) > 0
	})
	var mail outbox.Mail
	c.get("/api/gonets/outbox/" + page.Items[0].ID).want(200).into(&mail)
	return mail
}

func Test06TheDemoShowsTheMainJob(t *testing.T) {
	t.Parallel()
	w := newDemo(t, 3*time.Minute)
	entries, err := os.ReadDir(w.folder)
	if err != nil || len(entries) != 1 || entries[0].Name() != "demo_data" {
		t.Errorf("the demo leaves %v in the folder (%v)", entries, err)
	}
	accounts := w.printed()
	if !strings.Contains(w.server.stdout.String(), w.nobody.base) {
		t.Errorf("the demo does not say where it is:\n%s", w.server.stdout.String())
	}
	owner, manager := w.enter(accounts["owner"]), w.enter(accounts["manager"])
	w.root = w.enter(accounts["superuser"])
	for role, c := range map[string]*client{"owner": owner, "manager": manager} {
		var user struct{ Role string }
		c.get(users + "records/" + c.id).want(200).into(&user)
		if user.Role != role {
			t.Errorf("who is introduced as %s is %s", role, user.Role)
		}
	}
	var instance struct{ Demo, Mail bool }
	w.nobody.get("/api/gonets/instance").want(200).into(&instance)
	if !instance.Demo || !instance.Mail {
		t.Errorf("the instance says %+v", instance)
	}

	t.Run("there is something to look at", func(t *testing.T) {
		owner := owner.in(t)
		for collection, atLeast := range map[string]int{"clients": 100, "lists": 2, "messages": 3, "mailings": 5, "suppressions": 5, "attempts": 500, "bounces": 5} {
			var page struct{ TotalItems int }
			owner.get("/api/collections/" + collection + "/records?perPage=1").want(200).into(&page)
			if page.TotalItems < atLeast {
				t.Errorf("the owner has %d %s, hardly anything to look at", page.TotalItems, collection)
			}
		}
		var month struct {
			Totals figures
			Days   []figures
		}
		owner.get("/api/gonets/statistics").want(200).into(&month)
		busy := 0
		for _, day := range month.Days {
			if day.Attempts > 0 {
				busy++
			}
		}
		if month.Totals.Failure == 0 || busy < 4 {
			t.Errorf("in the last %d days there were %d busy ones, totals %+v", len(month.Days), busy, month.Totals)
		}
		var page struct{ Items []mailing }
		w.root.in(t).get("/api/collections/mailings/records?perPage=200").want(200).into(&page)
		for _, m := range page.Items {
			b := books{mailing: m, recipients: w.root.in(t).recipients(m.ID), states: make(map[string]int), attempts: w.root.in(t).attempts(m.ID)}
			for _, r := range b.recipients {
				b.states[r.State]++
			}
			b.checkCounters(t)
			b.checkAttempts(t)
		}
	})

	t.Run("a mailing lands in the outbox", func(t *testing.T) {
		owner := owner.in(t)
		who := owner.post("/api/collections/clients/records", object{"email": "you@example.org", "full_name": "You"}).want(200).id()
		id := owner.mailing(owner.message(nil), object{"audience": "picked", "recipients": []string{who}})
		owner.after(id, "completed", "send", nil)
		mail := owner.inOutbox("you@example.org")
		if mail.Subject != "News for You" || !strings.Contains(mail.HTML, "Hello You") || mail.Text == "" || field(mail, "List-Unsubscribe") == "" {
			t.Errorf("in the outbox there is %+v", mail.Summary)
		}
	})

	t.Run("bounces and complaints come back", func(t *testing.T) {
		owner := owner.in(t)
		kinds := map[string]string{
			"ann.former@example.org": "hard", "ben.quota@example.org": "soft", "filter.cy@example.org": "block", "dora.angry@example.org": "complaint",
		}
		var picked []string
		for email := range kinds {
			picked = append(picked, owner.post("/api/collections/clients/records", object{"email": email}).want(200).id())
		}
		var senders struct{ Items []struct{ ID string } }
		owner.get("/api/collections/senders/records").want(200).into(&senders)
		id := owner.mailing(owner.message(nil), object{"audience": "picked", "recipients": picked, "sender": senders.Items[0].ID})
		owner.after(id, "completed", "send", nil)
		var m mailing
		eventually(w.ctx, t, "everything has come back", func() bool {
			owner.get("/api/collections/mailings/records/" + id).want(200).into(&m)
			return m.Bounced == 3 && m.Complained == 1
		})
		if m.Sent != 1 || m.Total != 4 {
			t.Errorf("%+v", m)
		}
		var page struct {
			Items []struct{ Email, Kind, Source, Diagnostic string }
		}
		owner.get("/api/collections/bounces/records?filter=" + url.QueryEscape("mailing = '"+id+"'")).want(200).into(&page)
		for _, b := range page.Items {
			if b.Kind != kinds[b.Email] || b.Source != "smtp" || b.Diagnostic == "" && b.Kind != "complaint" {
				t.Errorf("%+v", b)
			}
			delete(kinds, b.Email)
		}
		if len(kinds) > 0 {
			t.Errorf("there is no bounce of %v", kinds)
		}
	})

	t.Run("registration can be tried", func(t *testing.T) {
		nobody := w.nobody.in(t)
		const email = "newcomer@example.org"
		nobody.post(users+"records", object{"email": email, "password": password, "passwordConfirm": password}).want(200)
		nobody.post(users+"request-verification", object{"email": email}).want(204)
		token := w.in(t).token(nobody.inOutbox(email), "verify")
		nobody.post(users+"confirm-verification", object{"token": token}).want(204)
		nobody.signIn("users", email, password).want(200)
	})

	t.Run("nobody else can reach it", func(t *testing.T) {
		_, port, err := net.SplitHostPort(w.listen)
		if err != nil {
			t.Fatal(err)
		}
		for _, address := range otherAddresses(t) {
			if conn, err := net.DialTimeout("tcp", net.JoinHostPort(address, port), time.Second); err == nil {
				conn.Close()
				t.Errorf("the demo answers at %s", address)
			}
		}
		var settings struct{ SMTP struct{ Host string } }
		w.root.in(t).get("/api/settings").want(200).into(&settings)
		if ip := net.ParseIP(settings.SMTP.Host); ip == nil || !ip.IsLoopback() {
			t.Errorf("its mail goes to %q", settings.SMTP.Host)
		}
		for _, address := range []string{"0.0.0.0:0", "[::]:0", "192.0.2.1:8090"} {
			command(w.ctx, t, t.TempDir(), "demo", "--http", address).wantCode(t, 1).says(t, "this machine only")
		}
	})

	t.Run("it is there again the next time", func(t *testing.T) {
		w := w.in(t)
		count := func() (n struct{ TotalItems int }) {
			w.enter(accounts["owner"]).get("/api/collections/mailings/records?perPage=1").want(200).into(&n)
			return n
		}
		before := count()
		if code := w.server.stop(); code != 0 {
			t.Errorf("the demo ends with code %d", code)
		}
		w.demo()
		if after := count(); after != before {
			t.Errorf("of %d mailings %d are there the second time", before.TotalItems, after.TotalItems)
		}
		command(w.ctx, t, w.folder, "demo", "--http", freeAddress(t)).wantCode(t, 1).says(t, "another demo")
	})
}

func Test06OnlyTheDemoHasAnOutbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	owner := w.user("owner@gonets.example", "owner")
	for who, c := range map[string]*client{"anybody": w.nobody, "an owner": owner, "the superuser": w.root} {
		for _, path := range []string{"/api/gonets/outbox", "/api/gonets/outbox/1"} {
			if got := c.get(path); got.status != 404 {
				t.Errorf("%s gets %d at %s", who, got.status, path)
			}
		}
	}
	var instance struct{ Demo bool }
	w.nobody.get("/api/gonets/instance").want(200).into(&instance)
	if instance.Demo {
		t.Error("the service calls itself a demo")
	}

	// A demo keeps off data that is not its own.
	w.server.stop()
	command(w.ctx, t, w.folder, "demo", "--http", w.listen, "--dir", w.data).wantCode(t, 1)
	command(w.ctx, t, w.folder, "demo", "--http", w.listen, "--dir", w.data, "--reset").wantCode(t, 1)
	w.serve()
	owner.get(users + "records/" + owner.id).want(200)
}

// otherAddresses are those by which other machines may reach this one.
func otherAddresses(t *testing.T) []string {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	var others []string
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
			others = append(others, n.IP.String())
		}
	}
	return others
}
