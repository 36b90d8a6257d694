package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		steps(
			add("webhooks", webhooks),
			statements(webhookDeleted),
			addFields("instance", &core.TextField{
				Name: "webhook_networks", Max: 1000,
				Help: "Networks of this machine or behind a firewall that webhooks may call, such as 10.1.0.0/16, 127.0.0.1/32; empty means public addresses only",
			}),
		),
		steps(
			removeFields("instance", "webhook_networks"),
			statements(`DROP TRIGGER webhook_deleted`, `DELETE FROM record_secrets WHERE collection = 'webhooks'`),
			drop("webhooks"),
		),
	)
}

// webhooks are the addresses that are called when something happens to what their owner has. Nobody sees the secret: it is
// in record_secrets, and the field exists only to set it (internal/secret). It is not hidden, because owners could not set it then. The same is true of an address with a password or
// parameters: url is then what may be shown of it. The fields from disabled_reason on are written by Gonets alone.
func webhooks(c *collection) {
	c.Fields.Add(
		c.owner(),
		&core.TextField{Name: "url", Max: 2000, Required: true, Presentable: true},
		&core.SelectField{
			Name: "events", MaxSelect: 11, Required: true,
			Values: []string{
				"mailing.launched", "mailing.completed", "mailing.paused",
				"recipient.failed", "recipient.bounced", "recipient.complained",
				"client.unsubscribed", "client.subscribed",
				"import.completed",
				"transactional.sent", "transactional.failed",
			},
		},
		&core.TextField{Name: "secret", Max: 100, Help: "whsec_…, by which calls are signed; empty means that one is made"},
		&core.BoolField{Name: "active", Help: "Whether it is called"},
		choice("disabled_reason", "Why Gonets calls it no longer", "failing", "gone", "too_many_waiting"),
		&core.DateField{Name: "last_success_at"},
		&core.DateField{Name: "failing_since", Help: "When the first call failed after the last one that did not"},
		&core.DateField{Name: "rotated_at", Help: "For a day after it, calls are signed with the former secret too"},
		created(), updated(),
	)
	c.ownedByUser()
	c.AddIndex("idx_webhooks_owner_created", false, "owner, created, id", "")
}

// webhookDeleted removes the secrets of the webhooks of a deleted user, which are deleted by SQL.
const webhookDeleted = `
CREATE TRIGGER webhook_deleted AFTER DELETE ON webhooks
BEGIN DELETE FROM record_secrets WHERE collection = 'webhooks' AND record = OLD.id; END`
