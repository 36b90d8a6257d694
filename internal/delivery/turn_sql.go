package delivery

// The statements of a turn of the ledger. With this driver a statement that updates has a price of its
// own, four times that of a row: so many rows come as one JSON array, in the plainest form there is for
// what nearly all of them need. jsonb_each hands out rows that need no second parsing. Statements that
// insert have no such price. Everything is found by primary key.

// statusesSQL tells which of the mailings may send.
const statusesSQL = `
SELECT m.id
FROM json_each({:mailings}) j
JOIN mailings m ON m.id = j.value
WHERE m.status = 'running' AND m.blocked = FALSE`

// openSQL opens a turn: it counts up the epoch (epoch.go) and tells how the stop list is.
const openSQL = `UPDATE engine SET epoch = epoch + 1 WHERE id = 1 RETURNING epoch, stop_list`

const stopListSQL = `SELECT stop_list FROM engine WHERE id = 1`

// knownSQL tells the states of recipients. It is asked only when a turn did not find them as expected.
const knownSQL = `
SELECT r.id, r.state
FROM json_each({:ids}) j
JOIN recipients r ON r.id = j.value`

// sentSQL settles those that were sent, by their ids.
const sentSQL = `
UPDATE recipients
SET state = 'sent', tries = tries + 1, next_try_at = 0, reason = ''
WHERE id IN (SELECT value FROM json_each({:ids})) AND state = 'sending'`

// settleSQL settles all others. Rows: 0 id, 1 state it was in, 2 state, 3 tries, 4 forgiven,
// 5 next_try_at, 6 reason.
const settleSQL = `
UPDATE recipients AS r
SET state       = j.value ->> 2,
	tries       = j.value ->> 3,
	forgiven    = j.value ->> 4,
	next_try_at = j.value ->> 5,
	reason      = j.value ->> 6
FROM jsonb_each({:rows}) j
WHERE r.id = j.value ->> 0 AND r.state = j.value ->> 1`

const attemptSQL = `
INSERT INTO attempts (id, mailing, client, owner, email, status, code, enhanced_code, response, try, duration_ms, created)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// claimed rows are by the state that the recipient was in, so that nobody is claimed twice.
const claimSQL = `
UPDATE recipients
SET state = 'sending'
WHERE id IN (SELECT value FROM json_each({:ids})) AND state IN ('pending', 'deferred')`

const countSQL = `
UPDATE mailings
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
UPDATE mailings
SET status = 'completed', finished_at = {:now}, waiting_reason = NULL, updated = {:now}
WHERE id = {:mailing} AND status IN ('running', 'paused') AND started_at <> ''
	AND total <= sent + failed + uncertain + skipped`

const useSQL = `
INSERT INTO usage (kind, id, day, mails) VALUES ({:kind}, {:id}, {:day}, {:mails})
ON CONFLICT (kind, id, day) DO UPDATE SET mails = mails + excluded.mails`
