package ledger

import (
	"database/sql"
	"fmt"

	"gonets/internal/mailing"
)

// callTally is what a batch changes of the recipients of one call.
type callTally struct {
	flow     *Mailing
	ended    int // recipients that have come to their final state
	deferred int // recipients that are deferred now, less those that are no more
}

// talliedCall notes that the recipient of a transactional e-mail goes from its state to another.
func (b *batch) talliedCall(r *Recipient, to mailing.State) {
	n := b.calls[r.Call]
	if n == nil {
		n = &callTally{flow: r.Mailing}
		b.calls[r.Call] = n
	}
	if r.State == mailing.Deferred {
		n.deferred--
	}
	switch to {
	case mailing.Deferred:
		n.deferred++
	case mailing.Pending, mailing.Sending:
	default:
		n.ended++
	}
}

// countCalls brings the counters of calls and flows up to date. Here the outcome of a transactional e-mail becomes final, in
// the transaction that records it: whoever has to be told is told by a row that is written here.
func (b *batch) countCalls() error {
	flows := map[*Mailing]*callTally{}
	for call, n := range b.calls {
		_, err := b.tx.Stmt(b.l.statements.countCall).Exec(sql.Named("ended", n.ended), sql.Named("now", b.stamp), sql.Named("call", call))
		if err != nil {
			return fmt.Errorf("count the recipients of call %s: %w", call, err)
		}
		sum := flows[n.flow]
		if sum == nil {
			sum = &callTally{}
			flows[n.flow] = sum
		}
		sum.ended += n.ended
		sum.deferred += n.deferred
	}
	for m, n := range flows {
		if n.ended == 0 && n.deferred == 0 {
			continue
		}
		_, err := b.tx.Stmt(b.l.statements.countFlow).Exec(
			sql.Named("ended", n.ended), sql.Named("deferred", n.deferred), sql.Named("owner", m.Owner), sql.Named("sender", m.Sender))
		if err != nil {
			return fmt.Errorf("count the transactional e-mails of owner %s: %w", m.Owner, err)
		}
	}
	return nil
}

// countCallSQL brings one call up to date. The next try is found by idx_recipients_rare_state.
const countCallSQL = `
UPDATE transactional AS t
SET waiting  = waiting - {:ended},
	next_at  = COALESCE((
		SELECT MIN(r.next_try_at) FROM recipients r
		WHERE r.mailing = t.id AND ` + mailing.RareState + ` AND r.state = 'deferred'), 0),
	finished = IIF(waiting <= {:ended}, {:now}, '')
WHERE id = {:call}`

const countFlowSQL = `
UPDATE transactional_flows
SET waiting = waiting - {:ended}, deferred = deferred + {:deferred}
WHERE owner = {:owner} AND sender = {:sender}`
