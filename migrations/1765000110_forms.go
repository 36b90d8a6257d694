package migrations

import (
	"slices"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		steps(
			add("forms", forms),
			statements(
				signupsTable, signupsEmail, signupsForm, signupsOwner, signupsNetwork, signupsAsked, formDaysTable,
			),
			limitForms,
		),
		steps(
			unlimitForms,
			statements(`DROP TABLE form_days`, `DROP TABLE signups`),
			drop("forms"),
		),
	)
}

// forms are what people sign up by: a page at /f/{id}, which other sites may show in a frame.
func forms(c *collection) {
	onLists := c.relation("lists", "lists")
	onLists.MaxSelect = 20
	c.Fields.Add(
		c.owner(),
		&core.TextField{Name: "name", Max: 200, Required: true, Presentable: true},
		onLists,
		&core.TextField{Name: "title", Max: 200},
		&core.TextField{Name: "text", Max: 10_000, Help: "Markdown"},
		&core.JSONField{Name: "fields", MaxSize: 32 << 10, Help: "[{name, label, type: text|choice|date|checkbox, required, choices}]: full_name or an attribute"},
		&core.TextField{Name: "consent_text", Max: 2000, Help: "What people agree to; it is kept in consents"},
		choice("language", "Of the page and of the confirmation", "auto", "ru", "en"),
		&core.URLField{Name: "success_url"},
		&core.BoolField{Name: "active"},
		c.relation("welcome_message", "messages"),
		c.relation("sender", "senders"),
		&core.TextField{Name: "confirm_subject", Max: 200, Help: "Of the e-mail that asks to confirm; empty means a usual one"},
		&core.TextField{Name: "confirm_text", Max: 2000, Help: "Its first lines"},
		created(), updated(),
	)
	c.ownedByUser()
	c.AddIndex("idx_forms_owner_created", false, "owner, created, id", "")
}

// signupsTable has one row for each e-mail that asks somebody to confirm. A row that is not confirmed is nobody's client; all are
// deleted after 30 days.
const signupsTable = `
CREATE TABLE signups (
	id         TEXT    NOT NULL PRIMARY KEY,
	owner      TEXT    NOT NULL,
	source     TEXT    NOT NULL,            -- id of the form, or of the list to which the owner has added the address
	form       TEXT    NOT NULL DEFAULT '', -- id of the form, '' if the owner has added the address
	email      TEXT    NOT NULL,
	full_name  TEXT    NOT NULL DEFAULT '',
	attributes TEXT    NOT NULL DEFAULT '{}', -- JSON object
	lists      TEXT    NOT NULL DEFAULT '[]', -- JSON array of ids
	language   TEXT    NOT NULL DEFAULT '',   -- ru or en
	consent    TEXT    NOT NULL DEFAULT '',   -- what was agreed to
	network    TEXT    NOT NULL DEFAULT '',   -- that the request came from
	proven     INTEGER NOT NULL DEFAULT 0,    -- with a proof of work
	asked      INTEGER NOT NULL,              -- Unix milliseconds
	mailed     INTEGER NOT NULL DEFAULT 0,    -- Unix milliseconds; 0 if the e-mail could not be submitted
	confirmed  TEXT    NOT NULL DEFAULT ''    -- when it was confirmed
) STRICT`

// signupsEmail finds the last e-mail to an address.
const signupsEmail = `CREATE INDEX idx_signups_email ON signups (owner, email, mailed)`

// These count what was asked for lately.
const (
	signupsForm    = `CREATE INDEX idx_signups_form ON signups (source, proven, asked)`
	signupsOwner   = `CREATE INDEX idx_signups_owner ON signups (owner, asked)`
	signupsNetwork = `CREATE INDEX idx_signups_network ON signups (network, proven, asked)`
	signupsAsked   = `CREATE INDEX idx_signups_asked ON signups (asked)`
)

// formDaysTable counts what became of a form on a UTC day.
const formDaysTable = `
CREATE TABLE form_days (
	form      TEXT    NOT NULL,
	day       TEXT    NOT NULL,
	shown     INTEGER NOT NULL DEFAULT 0,
	requested INTEGER NOT NULL DEFAULT 0,
	confirmed INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (form, day)
) STRICT, WITHOUT ROWID`

// formLimits bound what one address of the Internet may ask of the pages of forms.
var formLimits = []core.RateLimitRule{
	{Label: "POST /f/", MaxRequests: 60, Duration: 60},
	{Label: "/f/", MaxRequests: 600, Duration: 60},
	{Label: "/c/", MaxRequests: 600, Duration: 60},
}

func limitForms(app core.App) error {
	s := app.Settings()
	s.RateLimits.Rules = append(slices.Clone(formLimits), s.RateLimits.Rules...)
	return app.Save(s)
}

func unlimitForms(app core.App) error {
	s := app.Settings()
	s.RateLimits.Rules = slices.DeleteFunc(slices.Clone(s.RateLimits.Rules), func(r core.RateLimitRule) bool {
		return slices.ContainsFunc(formLimits, func(one core.RateLimitRule) bool { return one.Label == r.Label })
	})
	return app.Save(s)
}
