package migrations

import m "github.com/pocketbase/pocketbase/migrations"

// usage.in_flight counts the mails that are being handed over: a daily limit is compared with both counts
// in the transaction that claims a recipient, so that it holds however many send at once. The day is that
// of the claim.
func init() {
	m.Register(
		statements(`ALTER TABLE usage ADD COLUMN in_flight INTEGER NOT NULL DEFAULT 0`),
		statements(`ALTER TABLE usage DROP COLUMN in_flight`),
	)
}
