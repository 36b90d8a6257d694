package migrations

import m "github.com/pocketbase/pocketbase/migrations"

// former_addresses has the addresses that clients had before theirs was changed: what was sent to them is
// found by the address that it went to (delivery.AttemptsOf).
func init() {
	m.Register(
		statements(`
			CREATE TABLE former_addresses (
				client TEXT NOT NULL,
				email  TEXT NOT NULL,
				PRIMARY KEY (client, email)
			) STRICT, WITHOUT ROWID`),
		statements(`DROP TABLE former_addresses`),
	)
}
