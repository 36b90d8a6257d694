package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		steps(add("imports", imports), statements(removeStoredFiles("imports"), importChangesTable, importSubscriptionsTable)),
		steps(statements(`DROP TABLE import_subscriptions`, `DROP TABLE import_changes`), drop("imports")),
	)
}

// imports have the options, the progress and the result of each import of clients.
func imports(c *collection) {
	c.Fields.Add(
		c.owner(),
		&core.TextField{Name: "file_name", Max: 255, Presentable: true},
		c.relation("list", "lists"),
		&core.JSONField{Name: "options", MaxSize: 64 << 10},
		choice("status", "", "queued", "running", "completed", "failed", "undone"),
		&core.BoolField{Name: "dry_run"},
		counter("total", ""), counter("added", ""), counter("changed", ""),
		counter("unchanged", ""), counter("invalid", ""), counter("suppressed", ""),
		// The first problems. The file of the report has all of them, one on each line.
		&core.JSONField{Name: "problems", MaxSize: 256 << 10},
		&core.FileField{Name: "report", MaxSelect: 1, MaxSize: 200 << 20, Protected: true},
		&core.TextField{Name: "error", Max: 1000},
		created(), updated(),
	)
	c.readByUser()
	c.AddIndex("idx_imports_owner_created", false, "owner, created, id", "")
}

// importChangesTable has what an import changed in each client, so that the import can be undone. before is NULL
// for a client that the import added. Otherwise it is the previous name, comment and attributes as a JSON array.
// stamp is the value of updated that the import set: a client with another value was edited after the import.
const importChangesTable = `
CREATE TABLE import_changes (
	import TEXT NOT NULL,
	client TEXT NOT NULL,
	before TEXT,
	stamp  TEXT NOT NULL,
	PRIMARY KEY (import, client)
) STRICT, WITHOUT ROWID`

// importSubscriptionsTable has the subscriptions that an import added.
const importSubscriptionsTable = `
CREATE TABLE import_subscriptions (
	import       TEXT NOT NULL,
	subscription TEXT NOT NULL,
	PRIMARY KEY (import, subscription)
) STRICT, WITHOUT ROWID`
