package ledger

import (
	"gonets/internal/limit"
	"gonets/internal/mailing"
)

// The statements of a batch of the ledger. Many rows come as one JSON array, in the plainest form there is
// for what nearly all of them need; jsonb_each hands out rows that need no second parsing. Everything is
// found by primary key.

// admitSQL reads which of the mailings may send, what the daily limits leave them, and the state of the stop list.
// Whatever forbids a mail belongs here: a verb may have been allowed before it was forbidden.
var admitSQL = `
SELECT m.id, e.stop_list, u.daily_quota, IIF(u.daily_quota > 0, ` + usedOfOwner + `, 0),
	COALESCE(s.daily_limit, 0), COALESCE(s.warm_up_start, 0), COALESCE(s.warm_up_growth, 0),
	IIF(s.daily_limit > 0 OR s.warm_up_start > 0, ` + usedOfSender + `, 0), ` + limit.FirstDaySQL + `
FROM engine e, json_each({:list}) j
JOIN mailings m ON m.id = j.value
JOIN users u ON u.id = m.owner
JOIN contents c ON c.mailing = m.id AND c.owner = m.owner
LEFT JOIN senders s ON s.id = c.sender
WHERE e.id = 1 AND m.status = 'running' AND m.blocked = FALSE AND ` + mailing.OwnerMaySendSQL

// admitFlowsSQL is the same for flows of transactional e-mails. No daily limit of mailings holds for their owners.
var admitFlowsSQL = `
SELECT u.id || '/' || (j.value ->> 1), e.stop_list, 0, 0,
	COALESCE(s.daily_limit, 0), COALESCE(s.warm_up_start, 0), COALESCE(s.warm_up_growth, 0),
	IIF(s.daily_limit > 0 OR s.warm_up_start > 0, ` + usedOfSender + `, 0), ` + limit.FirstDaySQL + `
FROM engine e, json_each({:list}) j
JOIN users u ON u.id = j.value ->> 0
LEFT JOIN senders s ON s.id = j.value ->> 1
WHERE e.id = 1 AND ` + mailing.OwnerMaySendSQL

var usedOfOwner, usedOfSender = limit.UsedSQL("'owner'", "u.id"), limit.UsedSQL("'sender'", "s.id")

// StopListSQL reads the number of changes of all stop lists.
const StopListSQL = `SELECT stop_list FROM engine WHERE id = 1`

// rowsSQL reads the rows of recipients. It is used only when a batch did not find them as expected.
const rowsSQL = `
SELECT r.id, r.state, r.tries
FROM json_each({:ids}) j
JOIN recipients r ON r.id = j.value`

// sentSQL settles those that were sent, one run of ids that follow each other at a time. An update of a range needs no
// temporary table; one of a list of ids builds one, and reads the rows twice.
const sentSQL = `
UPDATE recipients
SET state = 'sent', tries = tries + 1, next_try_at = 0, reason = ''
WHERE id BETWEEN ? AND ? AND state = 'sending'`

// settleSQL settles all others, unless they have been tried since. Rows: 0 id, 1 state it was in, 2 state, 3 tries, 4 forgiven,
// 5 next_try_at, 6 reason.
const settleSQL = `
UPDATE recipients AS r
SET state       = j.value ->> 2,
	tries       = j.value ->> 3,
	forgiven    = j.value ->> 4,
	next_try_at = j.value ->> 5,
	reason      = j.value ->> 6
FROM jsonb_each({:rows}) j
WHERE r.id = j.value ->> 0 AND r.state = j.value ->> 1 AND r.tries <= j.value ->> 3`

const attemptSQL = `
INSERT INTO attempts (id, mailing, client, owner, email, status, code, enhanced_code, response, try, duration_ms, created)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// claimSQL claims those never tried, one run of ids at a time. It checks state and number of tries, so that nobody is
// claimed twice, nor by a worker that does not know the result of the last try.
const claimSQL = `
UPDATE recipients
SET state = 'sending'
WHERE id BETWEEN ? AND ? AND state = 'pending' AND tries = 0`

// claimAgainSQL claims all others. Rows: 0 id, 1 state it is in, 2 tries.
const claimAgainSQL = `
UPDATE recipients AS r
SET state = 'sending'
FROM jsonb_each({:rows}) j
WHERE r.id = j.value ->> 0 AND r.state = j.value ->> 1 AND r.tries = j.value ->> 2`

// countSQL brings the counters up to date, and completes a mailing when nobody is left: a paused one
// too, for its last mails may have been on their way when it was paused. While it runs, updated stays:
// whoever shows progress looks at all that run.
const countSQL = `
UPDATE mailings
SET sent           = sent + {:sent},
	failed         = failed + {:failed},
	uncertain      = uncertain + {:uncertain},
	skipped        = skipped + {:skipped},
	deferred       = deferred + {:deferred},
	status         = IIF(` + nobodyLeft + `, 'completed', status),
	finished_at    = IIF(` + nobodyLeft + `, {:now}, finished_at),
	waiting_reason = IIF(` + nobodyLeft + `, NULL, waiting_reason),
	updated        = IIF(status = 'running' AND NOT (` + nobodyLeft + `), updated, {:now})
WHERE id = {:mailing}`

const nobodyLeft = `(status = 'running' OR status = 'paused') AND started_at <> ''
		AND total <= sent + failed + uncertain + skipped + bounced + {:sent} + {:failed} + {:uncertain} + {:skipped}`
