package delivery

import (
	"fmt"
	"slices"
	"strconv"

	"gonets/internal/database"
	"gonets/internal/mailing"
	"gonets/internal/suppression"
)

// admit drops the claims of mailings that may not send any more, of addresses that have come on the stop
// list since they were loaded, and those that a daily limit has no room for.
func (t *turn) admit() error {
	if len(t.claims) == 0 {
		return nil
	}
	open, err := t.openMailings()
	if err != nil {
		return err
	}
	admitted := t.claims[:0]
	stale := map[string][]*LedgerRecipient{}
	for _, e := range t.claims {
		if !open[e.claim.mailing.id] {
			continue
		}
		admitted = append(admitted, e)
		if e.claim.stopList != t.stopList {
			stale[e.claim.mailing.owner] = append(stale[e.claim.mailing.owner], e.claim)
		}
	}
	t.claims = admitted
	for owner, recipients := range stale {
		if err := t.lookUp(owner, recipients); err != nil {
			return err
		}
	}
	t.keepLimits()
	return nil
}

// lookUp looks the recipients up in the stop list of their owner, and takes those found from the
// claims.
func (t *turn) lookUp(owner string, recipients []*LedgerRecipient) error {
	emails := make([]string, len(recipients))
	for i, r := range recipients {
		emails[i] = r.email
	}
	reasons, err := suppression.Reasons(t.l.db.Wrap(t.tx), owner, emails)
	if err != nil {
		return err
	}
	t.looked = append(t.looked, recipients...)
	t.claims = slices.DeleteFunc(t.claims, func(e *entry) bool {
		reason, stopped := reasons[e.claim.email]
		if stopped && e.claim.mailing.owner == owner {
			t.stopped = append(t.stopped, skip{e.claim, reason})
			return true
		}
		return false
	})
	return nil
}

// openMailings are the mailings of the claims that may send. It also reads what the daily limits leave their
// owners and senders, and how the stop list is.
func (t *turn) openMailings() (map[string]bool, error) {
	asked := map[string]*LedgerMailing{}
	list := []byte{'['}
	for _, e := range t.claims {
		if asked[e.claim.mailing.id] == nil {
			asked[e.claim.mailing.id] = e.claim.mailing
			list = append(database.AppendString(list, e.claim.mailing.id), ',')
		}
	}
	rows, err := t.tx.Stmt(t.l.statements.admit).Query(
		named("mailings", database.CloseArray(list)), named("day", utcDay(t.now)), named("before", dayBefore(t.now)))
	if err != nil {
		return nil, fmt.Errorf("read the statuses of mailings: %w", err)
	}
	defer rows.Close()
	open := map[string]bool{}
	t.owners, t.senders = map[string]*allowance{}, map[string]*allowance{}
	for rows.Next() {
		var (
			id          string
			quota, used int
			s           senderLimit
		)
		err := rows.Scan(&id, &t.stopList, &quota, &used, &s.DailyLimit, &s.WarmUpStart, &s.WarmUpGrowth, &s.Used, &s.First)
		if err != nil {
			return nil, fmt.Errorf("read the statuses of mailings: %w", err)
		}
		open[id] = true
		f := asked[id]
		t.owners[f.owner] = &allowance{limit: quota, left: quota - used}
		limit := s.limit(t.now)
		t.senders[f.sender] = &allowance{limit: limit, left: limit - s.Used}
	}
	return open, rows.Err()
}

// claim marks the recipients whose mail goes out next.
func (t *turn) claim() error {
	var (
		fresh, others   = []byte{'['}, []byte{'['}
		nFresh, nOthers int
	)
	for _, e := range t.claims {
		r := e.claim
		t.tallied(r, mailing.Sending)
		if r.state == mailing.Pending && r.tries == 0 {
			fresh = append(strconv.AppendInt(fresh, r.id, 10), ',')
			nFresh++
			continue
		}
		others = strconv.AppendInt(append(others, '['), r.id, 10)
		others = database.AppendString(append(others, ','), string(r.state))
		others = strconv.AppendInt(append(others, ','), int64(r.tries), 10)
		others = append(others, ']', ',')
		nOthers++
	}
	if err := t.update(t.l.statements.claim, "ids", fresh, nFresh); err != nil {
		return fmt.Errorf("claim recipients: %w", err)
	}
	if err := t.update(t.l.statements.claimAgain, "rows", others, nOthers); err != nil {
		return fmt.Errorf("claim recipients again: %w", err)
	}
	return nil
}
