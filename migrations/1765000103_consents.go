package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(add("consents", consents), drop("consents")) }

// consents are the log of how people came onto lists and left them: the proof that the controller has to keep (GDPR Art. 7(1)).
// Rows are only added; an erasure replaces email, ip and user_agent by keyed hashes.
func consents(c *collection) {
	c.Fields.Add(
		c.owner(),
		// Ids are text and not relations, as in attempts: the log outlives clients, lists and forms.
		&core.TextField{Name: "client", Max: 15},
		&core.TextField{Name: "email", Max: 320, Presentable: true},
		&core.TextField{Name: "list", Max: 15, Help: "Empty means all e-mails of the owner"},
		&core.TextField{Name: "form", Max: 15},
		choice("event", "", "requested", "confirmed", "imported", "added", "changed", "withdrawn"),
		&core.TextField{Name: "text", Max: 2000, Help: "What was consented to, or how it came about"},
		&core.TextField{Name: "ip", Max: 64, Help: "Of the reader; empty for what the owner did"},
		&core.TextField{Name: "user_agent", Max: 500, Help: "The same"},
		created(),
	)
	c.readByUser()
	c.AddIndex("idx_consents_owner_created", false, "owner, created, id", "")
	c.AddIndex("idx_consents_client", false, "owner, client, created", "")
	c.AddIndex("idx_consents_email", false, "owner, email", "")
}
