package migrations

import m "github.com/pocketbase/pocketbase/migrations"

// former_addresses is kept by triggers, whoever changes an address, and knows since when each is a former one
// (Unix milliseconds): a launch must find the clients that it has already, or has passed by, under another
// address. Of the addresses from before, nobody knows; now is late enough for every mailing that exists.
func init() {
	m.Register(
		statements(
			`ALTER TABLE former_addresses ADD COLUMN changed INTEGER NOT NULL DEFAULT 0`,
			`UPDATE former_addresses SET changed = CAST(unixepoch('subsec') * 1000 AS INTEGER)`,
			`CREATE INDEX idx_former_addresses_changed ON former_addresses (changed)`,
			`CREATE TRIGGER clients_moved AFTER UPDATE OF email ON clients WHEN OLD.email <> NEW.email
			BEGIN
				INSERT INTO former_addresses (client, email, changed)
				VALUES (OLD.id, OLD.email, CAST(unixepoch('subsec') * 1000 AS INTEGER))
				ON CONFLICT (client, email) DO UPDATE SET changed = excluded.changed;
			END`,
			`CREATE TRIGGER clients_gone AFTER DELETE ON clients
			BEGIN DELETE FROM former_addresses WHERE client = OLD.id; END`,
		),
		statements(
			`DROP TRIGGER clients_gone`,
			`DROP TRIGGER clients_moved`,
			`DROP INDEX idx_former_addresses_changed`,
			`ALTER TABLE former_addresses DROP COLUMN changed`,
		),
	)
}
