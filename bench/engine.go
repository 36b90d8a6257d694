package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/delivery"

	_ "gonets/migrations"
)

// office is an instance of Gonets with a launched mailing: everything that `gonets serve` has, but for
// the web server.
type office struct {
	dir     string
	app     *core.BaseApp
	engine  *delivery.Engine
	mailing string
}

// openOffice makes an instance in an empty folder, with one owner, so many clients, a sender and a
// letter whose mails have about so many bytes, each with a name and a link of its own.
func openOffice(address string, connections, clients, size int) (*office, error) {
	dir, err := os.MkdirTemp("", "gonets-bench")
	if err != nil {
		return nil, err
	}
	o := &office{dir: dir, app: core.NewBaseApp(core.BaseAppConfig{DataDir: dir, DBConnect: delivery.Connect})}
	if err := o.furnish(address, connections, clients, size); err != nil {
		return nil, errors.Join(err, o.close())
	}
	return o, nil
}

func (o *office) furnish(address string, connections, clients, size int) error {
	if err := o.app.Bootstrap(); err != nil {
		return err
	}
	if err := o.app.RunAllMigrations(); err != nil {
		return err
	}
	o.app.Settings().Meta.AppURL = "https://mail.example.org"
	if err := o.app.Save(o.app.Settings()); err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return err
	}
	owner, err := o.add("users", map[string]any{
		"email": "owner@example.org", "password": "correct horse battery", "verified": true, "role": "owner", "language": "en",
	})
	if err != nil {
		return err
	}
	sender, err := o.add("senders", map[string]any{
		"name": "sink", "from_email": "news@example.org", "host": host, "port": number, "tls": "none", "connections": connections,
	})
	if err != nil {
		return err
	}
	message, err := o.add("messages", map[string]any{
		"owner": owner, "name": "letter", "subject": "News for {{ client.full_name }}", "format": "html", "body": letter(size),
	})
	if err != nil {
		return err
	}
	if err := o.addClients(owner, clients); err != nil {
		return err
	}
	o.mailing, err = o.add("mailings", map[string]any{
		"owner": owner, "name": "mailing", "message": message, "sender": sender, "audience": "everyone", "status": "created", "repeat": "none",
	})
	o.engine = delivery.New(o.app)
	return err
}

// letter is a body that makes a mail of about so many bytes: it comes as HTML and as text, in a frame.
func letter(size int) string {
	const line = "<p>There is more to tell than fits into one line, so here is another one.</p>\n"
	frame := 2200
	return "<p>Dear {{ client.full_name }} of {{ client.attributes.city }},</p>\n" + strings.Repeat(line, max(1, (size-frame)/(2*len(line)-7)))
}

func (o *office) add(collection string, fields map[string]any) (string, error) {
	c, err := o.app.FindCollectionByNameOrId(collection)
	if err != nil {
		return "", err
	}
	r := core.NewRecord(c)
	r.Load(fields)
	if err := o.app.Save(r); err != nil {
		return "", fmt.Errorf("add to %s: %w", collection, err)
	}
	return r.Id, nil
}

// addClients writes clients as an import does: ids that grow with time, addresses in no order, nine of
// ten at a few large domains.
func (o *office) addClients(owner string, n int) error {
	const chunk = 10_000
	for from := 0; from < n; from += chunk {
		_, err := o.app.NonconcurrentDB().NewQuery(`
			WITH RECURSIVE k(i) AS (SELECT {:from} UNION ALL SELECT i + 1 FROM k WHERE i + 1 < {:to})
			INSERT INTO clients (id, owner, email, full_name, attributes, status, created, updated)
			SELECT printf('c%014d', i), {:owner},
				printf('%08x.reader%d@', (i * 2654435761) & 0xffffffff, i)
					|| CASE i % 10 WHEN 9 THEN printf('example%d.com', i % 500) ELSE printf('mail%d.example', i % 10 % 4) END,
				printf('Reader Number%d', i), printf('{"city":"City %d"}', i % 100), 'active', {:now}, {:now}
			FROM k`).
			Bind(dbx.Params{"from": from, "to": min(from+chunk, n), "owner": owner, "now": "2026-01-01 00:00:00.000Z"}).Execute()
		if err != nil {
			return fmt.Errorf("add clients: %w", err)
		}
	}
	return nil
}

// close removes everything.
func (o *office) close() error {
	return errors.Join(o.app.ResetBootstrapState(), os.RemoveAll(o.dir))
}

// perSecond is more than the engine sends: the mailing must not end before the trial.
const perSecond = 40_000

// prepareEngine launches a mailing; what counts is the real thing: from the books, rendered for each
// recipient, recorded before and after.
func prepareEngine(ctx context.Context, address string, t trial) (*start, error) {
	clients := int(t.length.Seconds() * perSecond)
	if t.latency > 0 {
		clients = min(clients, int(t.length/t.latency+1)*t.connections*2)
	}
	o, err := openOffice(address, t.connections, clients, t.size)
	if err != nil {
		return nil, err
	}
	if _, err := o.engine.Launch(ctx, o.mailing, ""); err != nil {
		return nil, errors.Join(err, o.close())
	}
	return &start{send: o.send, clean: o.close}, nil
}

// send sends until ctx ends.
func (o *office) send(ctx context.Context) (int, error) {
	o.engine.Start(context.Background())
	<-ctx.Done()
	o.engine.Stop(context.Background())
	p, err := o.engine.ProgressOf(o.mailing)
	if err == nil && p.Status != delivery.Running {
		err = fmt.Errorf("the mailing is %s before the trial has ended: %s", p.Status, p.Reason)
	}
	return p.Sent, err
}
