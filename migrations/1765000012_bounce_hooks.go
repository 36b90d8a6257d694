package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(add("bounce_hooks", bounceHooks), steps(statements(`DELETE FROM record_secrets WHERE collection = 'bounce_hooks'`), drop("bounce_hooks")))
}

// bounceHooks are the addresses to which mail providers report bounces and complaints: /hooks/PROVIDER/KEY. Superusers only:
// there are no rules. Nobody sees the secret: it is in record_secrets, and the field exists only to set it
// (internal/secret). The fields last_… are written by Gonets alone.
func bounceHooks(c *collection) {
	c.Fields.Add(
		&core.SelectField{
			Name: "provider", MaxSelect: 1, Required: true, Presentable: true,
			Values: []string{"ses", "sendgrid", "mailgun", "postmark", "brevo", "mailjet", "sparkpost", "generic"},
		},
		&core.TextField{Name: "key", Max: 100, Help: "The end of the address that the provider calls; empty means a random one"},
		&core.TextField{Name: "secret", Max: 4000, Hidden: true, Help: "What the provider signs with, or sends as its password"},
		&core.TextField{Name: "topic", Max: 500, Help: "Of ses: the ARN of the topic of Amazon SNS"},
		&core.BoolField{Name: "active", Help: "Whether its reports are taken"},
		&core.DateField{Name: "last_seen_at"},
		&core.TextField{Name: "last_error", Max: 1000},
		created(), updated(),
	)
	c.AddIndex("idx_bounce_hooks_key", true, "key", "")
}
