package main

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/compose"
	"gonets/internal/database"
	"gonets/internal/secret"

	_ "gonets/migrations"
)

// instance is the data folder of an instance of Gonets: the whole schema, one owner with many clients, a sender that sends to
// the sink, and a mailing to everyone that can be launched.
type instance struct {
	dir     string
	mailing string
}

// newInstance makes a data folder in the folder for temporary files. remove deletes it.
func newInstance(recipients int, address string, t trial) (in *instance, err error) {
	dir, err := os.MkdirTemp("", "gonets-bench")
	if err != nil {
		return nil, err
	}
	in = &instance{dir: dir}
	defer func() {
		if err != nil {
			err = errors.Join(err, in.remove())
		}
	}()
	app, err := openInstance(dir)
	if err != nil {
		return nil, err
	}
	if err := app.RunAllMigrations(); err != nil {
		return nil, err
	}
	if err := in.fill(app, recipients, address, t); err != nil {
		return nil, err
	}
	if err := app.ResetBootstrapState(); err != nil {
		return nil, err
	}
	// Imported data is written to the disk first, otherwise the engine would wait for that.
	syscall.Sync()
	return in, nil
}

func (in *instance) remove() error { return os.RemoveAll(in.dir) }

func openInstance(dir string) (core.App, error) {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir, DBConnect: database.Connect})
	return app, app.Bootstrap()
}

func (in *instance) fill(app core.App, recipients int, address string, t trial) error {
	settings := app.Settings()
	settings.Meta.AppURL = "https://gonets.example.org"
	if err := app.Save(settings); err != nil {
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
	owner, err := saveOwner(app)
	if err != nil {
		return err
	}
	fields, err := dkimKeys(t.dkim)
	if err != nil {
		return err
	}
	maps.Copy(fields, map[string]any{
		"name": "sink", "from_email": benchMessage.FromEmail, "from_name": benchMessage.FromName,
		"host": host, "port": number, "tls": "none", "connections": t.Connections, "access": "everyone",
	})
	secret.Bind(app)
	sender, err := save(app, "senders", fields)
	if err != nil {
		return err
	}
	body, err := bodyFor(t.Size)
	if err != nil {
		return err
	}
	message, err := save(app, "messages", map[string]any{
		"owner": owner, "name": "message", "subject": benchMessage.Subject, "format": string(benchMessage.Format), "body": body,
	})
	if err != nil {
		return err
	}
	if err := importClients(app, owner, recipients); err != nil {
		return err
	}
	in.mailing, err = save(app, "mailings", map[string]any{
		"owner": owner, "name": "mailing", "message": message, "sender": sender,
		"audience": "everyone", "status": "created", "repeat": "none",
	})
	return err
}

func save(app core.App, collection string, fields map[string]any) (id string, err error) {
	c, err := app.FindCollectionByNameOrId(collection)
	if err != nil {
		return "", err
	}
	r := core.NewRecord(c)
	r.Load(fields)
	if err := app.Save(r); err != nil {
		return "", fmt.Errorf("save one of %s: %w", collection, err)
	}
	return r.Id, nil
}

func saveOwner(app core.App) (id string, err error) {
	c, err := app.FindCollectionByNameOrId("users")
	if err != nil {
		return "", err
	}
	r := core.NewRecord(c)
	r.SetEmail("owner@example.org")
	r.SetVerified(true)
	r.Set("role", "owner")
	r.SetRandomPassword()
	return r.Id, app.SaveNoValidate(r)
}

// importClients writes so many clients, reader1@… to readerN@…, half of them with five large domains and the others with
// a thousand small ones. Their ids are in another order than their addresses, as those of clients who are added
// one by one: a multiplication permutes the numbers.
func importClients(app core.App, owner string, n int) error {
	const chunk = 50_000
	for first := 1; first <= n; first += chunk {
		_, err := app.NonconcurrentDB().NewQuery(`
			WITH RECURSIVE k(i) AS (SELECT {:first} UNION ALL SELECT i + 1 FROM k WHERE i < {:last})
			INSERT INTO clients (id, owner, email, full_name, comment, attributes, status, created, updated)
			SELECT printf('c%014x', i * 379246513813 & 281474976710655), {:owner},
				'reader' || i || '@' || IIF(i % 2 = 0, 'large' || (i / 2 % 5), 'small' || (i % 2003)) || '.example.com',
				'Reader Number ' || i, '', json_object('city', 'City ' || (i % 100)), 'active', {:now}, {:now}
			FROM k`).
			Bind(dbx.Params{
				"first": first, "last": min(first+chunk-1, n), "owner": owner, "now": time.Now().UTC().Format("2006-01-02 15:04:05.000Z"),
			}).Execute()
		if err != nil {
			return fmt.Errorf("import clients: %w", err)
		}
	}
	return nil
}

// benchMessage is the message, without its body.
var benchMessage = compose.Message{
	Subject: "News for {{ client.full_name }}", Format: compose.FormatHTML,
	FromName: "Example Shop", FromEmail: "news@example.org", ListID: "abcdefghijklmno.gonets.example.org", Language: "en",
}

// bodyFor is a body whose e-mails have about so many bytes, including both alternatives and the headers.
func bodyFor(size int) (string, error) {
	const paragraph = `<p style="font-family:Arial,sans-serif;font-size:15px;color:#333333">A fairly ordinary paragraph of a ` +
		`monthly newsletter, with <a href="https://shop.example.org/spring">a link</a> in it.</p>` + "\n"
	anybody := compose.Addressee{
		Mailing: strings.Repeat("m", 15), Client: strings.Repeat("c", 15), Email: "reader1234567@large1.example.com",
		FullName: "Reader Number 123456", UnsubscribeURL: "https://gonets.example.org/u/" + strings.Repeat("t", 52),
	}
	body := "<p>Hello {{ client.full_name | default: \"friend\" }} of {{ client.attributes.city }},</p>\n"
	end := `<p><a href="{{ unsubscribe_url }}">Unsubscribe</a></p>`
	for {
		l := benchMessage
		l.Body = body + end
		c, err := compose.Prepare(l)
		if err != nil {
			return "", err
		}
		mail, err := c.Mail(anybody, time.Now())
		if err != nil {
			return "", err
		}
		if missing := size - len(mail); missing <= len(paragraph) {
			return body + strings.Repeat("x", max(missing/2, 0)) + end, nil
		}
		body += paragraph
	}
}
