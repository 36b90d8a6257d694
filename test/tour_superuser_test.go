package e2e

import (
	"net"
	"strconv"
)

// superuserTour is what only superusers see, with something on each page.
func (w *world) superuserTour(a account) []stop {
	w.t.Helper()
	root := w.enter(a)
	root.post("/api/collections/domains/records", object{"name": "gonets.example"}).want(200)
	var found struct{ Items []struct{ ID, Name string } }
	root.get("/api/collections/senders/records").want(200).into(&found)
	server := "/settings/servers/" + found.Items[0].ID
	root.patch("/api/collections/senders/records/"+found.Items[0].ID, object{"daily_limit": 5000, "warm_up_start": 50, "warm_up_growth": 50, "access": "chosen"}).want(200)
	_, digits, err := net.SplitHostPort(freeAddress(w.t))
	if err != nil {
		w.t.Fatal(err)
	}
	port, err := strconv.Atoi(digits) // nobody listens there
	if err != nil {
		w.t.Fatal(err)
	}
	mailbox := root.post("/api/collections/mailboxes/records", object{
		"name": "Bounces of the shop", "kind": "imap", "host": "127.0.0.1", "port": port, "tls": "none", "username": "bounces@gonets.example",
		"password": "secret", "active": true,
	}).want(200).id()
	root.post("/api/gonets/mailboxes/"+mailbox+"/test", nil).want(200)
	root.post("/api/collections/bounce_hooks/records", object{"provider": "mailgun", "secret": "a-signing-key-of-24-chars", "active": true}).want(200)
	root.post("/api/backups", object{"name": "before_the_update.zip"}).want(204)
	press := func(keys ...string) func(b *browser) {
		return func(b *browser) {
			for _, key := range keys {
				b.press(b.word(key, nil))
			}
		}
	}
	backup := func(act string) func(b *browser) {
		return func(b *browser) {
			b.press(b.word("backup.acts", object{"name": "before_the_update.zip"}))
			if act != "" {
				b.press(b.word(act, nil))
			}
		}
	}
	user := func(act string) func(b *browser) {
		return func(b *browser) {
			b.press(b.word("user.acts", object{"name": "Анна Котова"}))
			b.press(b.word(act, nil))
		}
	}
	return []stop{
		{name: "superuser-home", path: "/"},
		{name: "superuser-menu", path: "/", open: (*browser).openUserMenu},
		{name: "superuser-users", path: "/users"},
		{name: "superuser-block", path: "/users", open: user("do.block")},
		{name: "superuser-transactional-quota", path: "/users", open: user("user.transactional.act")},
		{name: "superuser-of-users", path: "/mailings"},
		{name: "settings-servers", path: "/settings/servers"},
		{name: "settings-server", path: server},
		{name: "settings-server-second-key", path: server, open: press("server.dkim_2")},
		{name: "settings-server-delete", path: server, open: press("do.delete")},
		{name: "settings-server-new", path: "/settings/servers/new"},
		{name: "settings-server-own", path: "/settings/servers/default"},
		{name: "settings-bounces", path: "/settings/bounces"},
		{name: "settings-mailbox-new", path: "/settings/bounces", open: press("mailbox.new")},
		{name: "settings-hook-new", path: "/settings/bounces", open: press("hook.new")},
		{name: "settings-registration", path: "/settings/registration"},
		{name: "settings-limits", path: "/settings/limits"},
		{name: "settings-backups", path: "/settings/backups"},
		{name: "settings-backup-menu", path: "/settings/backups", open: backup("")},
		{name: "settings-backup-delete", path: "/settings/backups", open: backup("do.delete")},
		{name: "settings-health", path: "/settings/health"},
		{name: "settings-domains", path: "/settings/domains"},
		{name: "settings-domain-add", path: "/settings/domains", open: press("domains.add")},
		{name: "settings-domain", path: "/settings/domains/gonets.example"},
		{name: "settings-domain-rotate", path: "/settings/domains/gonets.example", open: press("domains.rotate")},
		{name: "settings-domain-delete", path: "/settings/domains/gonets.example", open: press("domains.delete")},
		{name: "settings-nothing", path: "/settings/nothing"},
		{name: "setup-service", path: "/setup?step=service"},
		{name: "setup-mail", path: "/setup?step=mail"},
		{name: "setup-domain", path: "/setup?step=domain"},
		{name: "setup-registration", path: "/setup?step=registration"},
		{name: "setup-manager", path: "/setup?step=manager"},
		{name: "setup-done", path: "/setup?step=done"},
	}
}
