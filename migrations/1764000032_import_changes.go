package migrations

import m "github.com/pocketbase/pocketbase/migrations"

func init() {
	m.Register(
		statements(importChangesTable, importSubscriptionsTable),
		statements(`DROP TABLE import_subscriptions`, `DROP TABLE import_changes`),
	)
}

// importChangesTable is what an import has done to which client, so that it can be undone. before is
// NULL for a client that the import added, and else what it had: name, comment and attributes as a
// JSON array. stamp is the updated that the import gave: a client who has another one has been edited
// since.
const importChangesTable = `
CREATE TABLE import_changes (
	import TEXT NOT NULL,
	client TEXT NOT NULL,
	before TEXT,
	stamp  TEXT NOT NULL,
	PRIMARY KEY (import, client)
) STRICT, WITHOUT ROWID`

// importSubscriptionsTable is whom an import has put on the list.
const importSubscriptionsTable = `
CREATE TABLE import_subscriptions (
	import       TEXT NOT NULL,
	subscription TEXT NOT NULL,
	PRIMARY KEY (import, subscription)
) STRICT, WITHOUT ROWID`
