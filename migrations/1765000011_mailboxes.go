package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"github.com/pocketbase/pocketbase/tools/types"
)

func init() {
	m.Register(
		steps(
			statements(recordSecretsTable),
			moveSecrets(`INSERT INTO record_secrets SELECT 'senders', sender, name, value, encrypted FROM sender_secrets`, "sender_secrets"),
			add("mailboxes", mailboxes),
		),
		steps(
			drop("mailboxes"),
			statements(senderSecretsTable),
			moveSecrets(`INSERT INTO sender_secrets SELECT record, name, value, encrypted FROM record_secrets WHERE collection = 'senders'`, "record_secrets"),
		),
	)
}

// recordSecretsTable has the passwords and keys of records of several collections; it replaces sender_secrets. No API and no
// filter can read a plain table. The fields of the same names in the collections are always empty.
const recordSecretsTable = `
CREATE TABLE record_secrets (
	collection TEXT    NOT NULL, -- senders, mailboxes, bounce_hooks
	record     TEXT    NOT NULL,
	name       TEXT    NOT NULL, -- password, dkim_key, secret
	value      TEXT    NOT NULL,
	encrypted  INTEGER NOT NULL DEFAULT FALSE, -- with the operator's key: AES-256-GCM, base64
	PRIMARY KEY (collection, record, name)
) STRICT, WITHOUT ROWID`

// moveSecrets copies secrets from a table, and removes it with all its bytes in the file: what is in clear there would
// survive a later encryption.
func moveSecrets(copied, from string) func(core.App) error {
	return overwriting(statements(copied, `DELETE FROM `+from, `DROP TABLE `+from))
}

// overwriting runs a step that overwrites deleted bytes in the file.
func overwriting(step func(core.App) error) func(core.App) error {
	return func(app core.App) error {
		var before, now int
		if err := app.DB().NewQuery(`PRAGMA secure_delete`).Row(&before); err != nil {
			return fmt.Errorf("read secure_delete: %w", err)
		}
		if err := app.DB().NewQuery(`PRAGMA secure_delete = ON`).Row(&now); err != nil {
			return fmt.Errorf("turn on secure_delete: %w", err)
		}
		if err := step(app); err != nil {
			return err
		}
		if err := app.DB().NewQuery(fmt.Sprintf(`PRAGMA secure_delete = %d`, before)).Row(&now); err != nil {
			return fmt.Errorf("turn back secure_delete: %w", err)
		}
		return nil
	}
}

// mailboxes are where bounces arrive and are read. Superusers only: there are no rules. Nobody sees the password: it is in
// record_secrets, and the field exists only to set it (internal/secret). The fields last_… are written by Gonets alone.
func mailboxes(c *collection) {
	c.Fields.Add(
		&core.TextField{Name: "name", Max: 100, Required: true, Presentable: true},
		&core.SelectField{Name: "kind", Values: []string{"imap", "pop3"}, MaxSelect: 1, Required: true},
		&core.TextField{Name: "host", Max: 255, Required: true},
		&core.NumberField{Name: "port", OnlyInt: true, Min: types.Pointer(1.0), Max: types.Pointer(65535.0), Help: "Empty means the usual one: 993, 995, 143 or 110"},
		&core.SelectField{Name: "tls", Values: []string{"none", "starttls", "implicit"}, MaxSelect: 1, Help: "Empty means implicit; none is for this machine only"},
		&core.TextField{Name: "username", Max: 255, Required: true},
		&core.TextField{Name: "password", Max: 1000, Hidden: true},
		&core.TextField{Name: "folder", Max: 255, Help: "Of an IMAP mailbox; empty means INBOX"},
		&core.TextField{
			Name: "delete_after_days", Max: 4, Pattern: `^[0-9]{0,4}$`,
			Help: "When bounces that were read are deleted: 0 at once, 30 after 30 days, empty never. Other mails stay",
		},
		&core.BoolField{Name: "active", Help: "Whether it is read"},
		&core.DateField{Name: "last_read_at"},
		&core.TextField{Name: "last_error", Max: 1000},
		created(), updated(),
	)
	c.AddIndex("idx_mailboxes_name", true, "name", "")
}
