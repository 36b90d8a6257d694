package migrations

import (
	m "github.com/pocketbase/pocketbase/migrations"
)

// Addresses of one mailbox are counted together, so that nobody fills it by adding "+1", "+2" … to its address.
func init() {
	m.Register(
		statements(
			`ALTER TABLE signups ADD COLUMN mailbox TEXT NOT NULL DEFAULT ''`,
			`CREATE INDEX idx_signups_mailbox ON signups (mailbox, mailed)`,
		),
		statements(`DROP INDEX idx_signups_mailbox`, `ALTER TABLE signups DROP COLUMN mailbox`),
	)
}
