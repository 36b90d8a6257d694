package delivery

// The statements of a turn of the ledger. Rows come as one JSON array each: with this driver that is
// twice as fast as binding row by row, and jsonb_each hands out rows that need no second parsing.
// Everything is found by primary key.

// statusesSQL tells which of the mailings may send.
const statusesSQL = `
SELECT m.id
FROM json_each({:mailings}) j
JOIN mailings m ON m.id = j.value
WHERE m.status = 'running' AND m.blocked = FALSE`

// openSQL opens a turn: it counts up the epoch (epoch.go) and tells how the stop list is.
const openSQL = `UPDATE OR FAIL engine SET epoch = epoch + 1 WHERE id = 1 RETURNING epoch, stop_list`

const stopListSQL = `SELECT stop_list FROM engine WHERE id = 1`

// knownSQL tells the states of recipients. It is asked only when a turn did not find them as expected.
const knownSQL = `
SELECT r.id, r.state
FROM json_each({:ids}) j
JOIN recipients r ON r.id = j.value`

// settled rows: 0 id, 1 state it was in, 2 state, 3 tries, 4 next_try_at, 5 reason, 6 attempt (” for
// none), 7 mailing, 8 client, 9 owner, 10 email, 11 status, 12 code, 13 enhanced_code, 14 response,
// 15 duration_ms, 16 which try it was.
const settleSQL = `
UPDATE OR FAIL recipients AS r
SET state       = j.value ->> 2,
	tries       = j.value ->> 3,
	next_try_at = j.value ->> 4,
	reason      = j.value ->> 5,
	attempt     = IIF(j.value ->> 6 = '', r.attempt, j.value ->> 6)
FROM jsonb_each({:rows}) j
WHERE r.id = j.value ->> 0 AND r.state = j.value ->> 1`

const attemptsSQL = `
INSERT OR FAIL INTO attempts (id, mailing, client, owner, email, status, code, enhanced_code, response, try, duration_ms, created)
SELECT value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13,
	value ->> 14, value ->> 16, value ->> 15, {:now}
FROM jsonb_each({:rows})
WHERE value ->> 6 <> ''`

// claimed rows are by the state that the recipient was in, so that nobody is claimed twice.
const claimSQL = `
UPDATE OR FAIL recipients
SET state = 'sending'
WHERE id IN (SELECT value FROM json_each({:ids})) AND state IN ('pending', 'deferred')`

const countSQL = `
UPDATE OR FAIL mailings
SET sent      = sent + {:sent},
	failed    = failed + {:failed},
	uncertain = uncertain + {:uncertain},
	skipped   = skipped + {:skipped},
	deferred  = deferred + {:deferred},
	updated   = {:now}
WHERE id = {:mailing}`

// completeSQL completes a mailing when nobody is left. A paused one too: its last mails may have been
// on their way when it was paused.
const completeSQL = `
UPDATE OR FAIL mailings
SET status = 'completed', finished_at = {:now}, waiting_reason = NULL, updated = {:now}
WHERE id = {:mailing} AND status IN ('running', 'paused') AND started_at <> ''
	AND total <= sent + failed + uncertain + skipped`

const useSQL = `
INSERT OR FAIL INTO usage (kind, id, day, mails) VALUES ({:kind}, {:id}, {:day}, {:mails})
ON CONFLICT (kind, id, day) DO UPDATE SET mails = mails + excluded.mails`
