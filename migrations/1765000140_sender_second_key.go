package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// A sender can sign with two keys: with RSA, and with Ed25519 for the receivers that know it (RFC 8463 § 3).
func init() {
	m.Register(
		addFields("senders",
			&core.TextField{Name: "dkim_selector_2", Max: 63, Hidden: true, Help: "Of the second key, usually Ed25519. Empty means that there is no second signature"},
			&core.TextField{Name: "dkim_key_2", Max: 10_000, Hidden: true, Help: "Private key, PEM"},
		),
		steps(
			overwriting(statements(`DELETE FROM record_secrets WHERE collection = 'senders' AND name = 'dkim_key_2'`)),
			removeFields("senders", "dkim_selector_2", "dkim_key_2"),
		),
	)
}
