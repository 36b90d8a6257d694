package migrations

import m "github.com/pocketbase/pocketbase/migrations"

func init() { m.Register(statements(requestsTable), statements(`DROP TABLE requests`)) }

// requestsTable remembers the answers to requests that carried an Idempotency-Key, so that asking
// again gets the same answer and does nothing. answer is JSON.
const requestsTable = `
CREATE TABLE requests (
	mailing TEXT NOT NULL,
	verb    TEXT NOT NULL,
	key     TEXT NOT NULL,
	answer  TEXT NOT NULL,
	created TEXT NOT NULL,
	PRIMARY KEY (mailing, verb, key)
) STRICT, WITHOUT ROWID`
