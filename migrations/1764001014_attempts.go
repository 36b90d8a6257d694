package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"github.com/pocketbase/pocketbase/tools/types"
)

func init() {
	m.Register(
		steps(add("attempts", attempts), statements(rollupsTable)),
		steps(statements(`DROP TABLE rollups`), drop("attempts")),
	)
}

// attempts are the log of every attempt to submit an e-mail to a mail server.
func attempts(c *collection) {
	c.Fields.Add(
		// Ids are text and not relations: PocketBase updates every record that refers to a deleted one, and
		// nothing changes this log but its retention.
		&core.TextField{Name: "mailing", Max: 15},
		&core.TextField{Name: "client", Max: 15},
		&core.TextField{Name: "owner", Max: 15},
		&core.TextField{Name: "email", Max: 320, Presentable: true},
		choice("status", "", "success", "failure", "uncertain"),
		counter("code", ""),
		&core.TextField{Name: "enhanced_code", Max: 16},
		&core.TextField{Name: "response", Max: 2000},
		counter("try", ""),
		counter("duration_ms", ""),
		created(),
	)
	c.ListRule = types.Pointer(ruleList)
	c.ViewRule = types.Pointer(ruleList) // owner is text: ruleView would need a relation
	c.AddIndex("idx_attempts_owner_created", false, "owner, created, id", "")
	c.AddIndex("idx_attempts_mailing_status", false, "mailing, status", "")
	c.AddIndex("idx_attempts_created", false, "created, id", "")
}

// rollupsTable counts attempts by quarter-hour of UTC, so that statistics do not read the attempts.
//
// The primary key is the only index. Its order keeps the rows that one transaction of the ledger changes
// adjacent. The range of an owner is one range of the key; the statistics of a manager read one range for each
// owner. WITHOUT ROWID stores the rows in the tree of the key, so a range needs no second lookup. Rows are kept
// when the mailings and users that they count are deleted.
const rollupsTable = `
CREATE TABLE rollups (
	owner         TEXT    NOT NULL,
	bucket        INTEGER NOT NULL, -- start of the quarter-hour, Unix seconds
	mailing       TEXT    NOT NULL,
	domain        TEXT    NOT NULL, -- of the recipient's address; 'other' above a limit (internal/stats)
	code          INTEGER NOT NULL, -- SMTP reply code; 0 if there was no reply
	enhanced_code TEXT    NOT NULL,
	attempts      INTEGER NOT NULL DEFAULT 0,
	success       INTEGER NOT NULL DEFAULT 0,
	failure       INTEGER NOT NULL DEFAULT 0,
	uncertain     INTEGER NOT NULL DEFAULT 0,
	sent          INTEGER NOT NULL DEFAULT 0, -- recipients whose state became sent
	PRIMARY KEY (owner, bucket, mailing, domain, code, enhanced_code)
) WITHOUT ROWID`
