package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(add("domains", domains), steps(overwriting(statements(`DELETE FROM record_secrets WHERE collection = 'domains'`)), drop("domains")))
}

// domains are the domains that e-mails come from. Superusers only: there are no rules. Nobody sees the keys: they are in
// record_secrets, and the fields exist only to set them (internal/secret). checked_at and result are written by Gonets alone.
func domains(c *collection) {
	const label = `^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?$`
	key := func(name string) *core.TextField { return &core.TextField{Name: name, Max: 10000, Hidden: true} }
	c.Fields.Add(
		&core.TextField{Name: "name", Max: 253, Required: true, Presentable: true, Help: "Such as example.org. E-mails from it and from domains below it are signed with its keys"},
		&core.TextField{Name: "dkim_selector", Max: 63, Pattern: label, Help: "Of the first key, usually RSA. Empty on creation: a key is made"},
		&core.TextField{Name: "dkim_selector_2", Max: 63, Pattern: label, Help: "Of the second key, usually Ed25519. Empty later means that there is no second signature"},
		key("dkim_key"),
		key("dkim_key_2"),
		&core.TextField{Name: "next_selector", Max: 63, Pattern: label, Help: "Of the key that replaces the first one when it is published"},
		&core.TextField{Name: "next_selector_2", Max: 63, Pattern: label},
		key("next_key"),
		key("next_key_2"),
		&core.DateField{Name: "checked_at"},
		&core.JSONField{Name: "result", MaxSize: 100000},
		created(), updated(),
	)
	c.AddIndex("idx_domains_name", true, "name", "")
}
