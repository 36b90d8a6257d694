package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"github.com/pocketbase/pocketbase/tools/types"
)

func init() {
	m.Register(
		steps(add("senders", senders), statements(senderSecretsTable, usageTable)),
		steps(statements(`DROP TABLE usage`, `DROP TABLE sender_secrets`), drop("senders")),
	)
}

// ruleUsable shows a sender to those who may use it, and to managers. Both fields are hidden: only
// superusers see who else may use it.
const ruleUsable = ruleSignedIn + ` && (access = "everyone" || users.id ?= @request.auth.id || @request.auth.role = "manager")`

// senders are the accounts on mail servers. Only superusers can read hidden fields and filter by them.
// Superusers do not see the secrets either: they are in sender_secrets, and the fields exist only to set
// them (internal/secret).
func senders(c *collection) {
	c.Fields.Add(
		&core.TextField{Name: "name", Max: 100, Required: true, Presentable: true},
		&core.EmailField{Name: "from_email", Required: true},
		&core.TextField{Name: "from_name", Max: 100},
		&core.EmailField{Name: "reply_to", Hidden: true},
		&core.TextField{Name: "host", Max: 255, Required: true, Hidden: true},
		&core.NumberField{Name: "port", OnlyInt: true, Min: types.Pointer(1.0), Max: types.Pointer(65535.0), Required: true, Hidden: true},
		&core.SelectField{Name: "tls", Values: []string{"none", "starttls", "implicit"}, MaxSelect: 1, Hidden: true},
		&core.TextField{Name: "username", Max: 255, Hidden: true},
		&core.TextField{Name: "password", Max: 1000, Hidden: true},
		&core.NumberField{Name: "connections", OnlyInt: true, Min: types.Pointer(0.0), Max: types.Pointer(500.0), Hidden: true, Help: "Connections kept open at once; empty means 10"},
		&core.NumberField{Name: "rate_per_second", Min: types.Pointer(0.0), Hidden: true, Help: "Mails a second; 0 means no limit"},
		&core.NumberField{Name: "domain_rate_per_second", Min: types.Pointer(0.0), Hidden: true, Help: "Mails a second to one recipient domain; 0 means no limit"},
		&core.NumberField{Name: "daily_limit", OnlyInt: true, Min: types.Pointer(0.0), Hidden: true, Help: "Mails a UTC day; 0 means no limit"},
		&core.TextField{Name: "dkim_domain", Max: 255, Hidden: true},
		&core.TextField{Name: "dkim_selector", Max: 63, Hidden: true},
		&core.TextField{Name: "dkim_key", Max: 10_000, Hidden: true, Help: "Private key, PEM"},
		created(), updated(),
		// A new sender starts with few e-mails a day: providers reject large volumes from an unknown address.
		&core.NumberField{
			Name: "warm_up_start", OnlyInt: true, Min: types.Pointer(0.0), Hidden: true,
			Help: "Mails on the first day of a new sender; 0 means no warming up",
		},
		&core.NumberField{
			Name: "warm_up_growth", OnlyInt: true, Min: types.Pointer(0.0), Max: types.Pointer(1000.0), Hidden: true,
			Help: "Per cent that the limit grows by each day, until the daily limit is reached; empty means 50",
		},
		&core.SelectField{
			Name: "access", Values: []string{"everyone", "chosen"}, MaxSelect: 1, Required: true, Hidden: true,
			Help: "Who may send with this sender: everyone, or the chosen users only",
		},
		c.usersOfSender(),
	)
	c.ListRule = types.Pointer(ruleUsable)
	c.ViewRule = types.Pointer(ruleUsable)
	c.AddIndex("idx_senders_name", true, "name", "")
}

func (c *collection) usersOfSender() *core.RelationField {
	f := c.relation("users", "users")
	f.MaxSelect, f.Hidden = 1000, true
	f.Help = "The chosen users; nobody else sees this sender, managers excepted"
	return f
}

// senderSecretsTable has the passwords and DKIM keys of senders. No API and no filter can read a plain
// table. The columns of the same names in senders are always empty.
const senderSecretsTable = `
CREATE TABLE sender_secrets (
	sender    TEXT    NOT NULL,
	name      TEXT    NOT NULL, -- password, dkim_key
	value     TEXT    NOT NULL,
	encrypted INTEGER NOT NULL DEFAULT FALSE, -- with the operator's key: AES-256-GCM, base64
	PRIMARY KEY (sender, name)
) STRICT, WITHOUT ROWID`

// usageTable counts e-mails by owner and by sender in a UTC day, so that a restart does not reset daily
// limits. mails counts those that were submitted, in_flight those that are being submitted. The
// transaction that claims a recipient compares the daily limit with the sum of both, so that the limit
// holds with any number of connections. The day is that of the claim.
const usageTable = `
CREATE TABLE usage (
	kind      TEXT    NOT NULL CHECK (kind IN ('owner', 'sender')),
	id        TEXT    NOT NULL,
	day       TEXT    NOT NULL,
	mails     INTEGER NOT NULL DEFAULT 0,
	in_flight INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (kind, id, day)
) STRICT, WITHOUT ROWID`
