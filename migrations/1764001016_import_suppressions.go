package migrations

import m "github.com/pocketbase/pocketbase/migrations"

func init() {
	m.Register(statements(importSuppressionsTable), statements(`DROP TABLE import_suppressions`))
}

// importSuppressionsTable has the entries of the stop list that an import added.
const importSuppressionsTable = `
CREATE TABLE import_suppressions (
	import      TEXT NOT NULL,
	suppression TEXT NOT NULL,
	PRIMARY KEY (import, suppression)
) STRICT, WITHOUT ROWID`
