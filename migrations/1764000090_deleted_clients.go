package migrations

import m "github.com/pocketbase/pocketbase/migrations"

// deleted_clients has the addresses of deleted clients, for as long as a mailing of their owner has them among its
// recipients: the unsubscribe link of a mail names the client, and recipients are found by address only. Whoever
// deletes clients fills it, in whatever way; owners without mailings have sent no links.
func init() {
	m.Register(
		statements(`
			CREATE TABLE deleted_clients (
				client TEXT NOT NULL,
				email  TEXT NOT NULL,
				owner  TEXT NOT NULL,
				PRIMARY KEY (client, email)
			) STRICT, WITHOUT ROWID`, `
			CREATE TRIGGER client_deleted AFTER DELETE ON clients
			BEGIN
				INSERT OR REPLACE INTO deleted_clients (client, email, owner)
				SELECT client, email, owner FROM (
					SELECT OLD.id AS client, OLD.email AS email, OLD.owner AS owner
					UNION SELECT client, email, OLD.owner FROM former_addresses WHERE client = OLD.id
				) WHERE EXISTS (SELECT 1 FROM mailings WHERE owner = OLD.owner);
				DELETE FROM former_addresses WHERE client = OLD.id;
			END`,
			// Which of two triggers of one event comes first is not defined: this one does the work of both.
			`DROP TRIGGER clients_gone`),
		statements(`
			CREATE TRIGGER clients_gone AFTER DELETE ON clients
			BEGIN DELETE FROM former_addresses WHERE client = OLD.id; END`,
			`DROP TRIGGER client_deleted`, `DROP TABLE deleted_clients`),
	)
}
