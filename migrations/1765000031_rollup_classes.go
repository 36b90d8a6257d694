package migrations

import (
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		// Soft bounces are the rest of bounced. Those of an earlier day count as soft, whatever they were.
		statements(
			`ALTER TABLE rollups ADD COLUMN hard INTEGER NOT NULL DEFAULT 0`,
			`ALTER TABLE rollups ADD COLUMN block INTEGER NOT NULL DEFAULT 0`,
		),
		statements(
			`ALTER TABLE rollups DROP COLUMN block`,
			`ALTER TABLE rollups DROP COLUMN hard`,
		),
	)
}
