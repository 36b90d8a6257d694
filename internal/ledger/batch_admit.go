package ledger

import (
	"fmt"
	"slices"
	"strconv"

	"gonets/internal/database"
	"gonets/internal/limit"
	"gonets/internal/mailing"
	"gonets/internal/suppression"
)

// admit drops the claims of mailings that may not send any more, of addresses that have come on the stop
// list since they were loaded, and those that a daily limit has no room for.
func (b *batch) admit() error {
	if len(b.claims) == 0 {
		return nil
	}
	open, err := b.openMailings()
	if err != nil {
		return err
	}
	admitted := b.claims[:0]
	stale := map[string][]*Recipient{}
	for _, e := range b.claims {
		if !open[e.Claim.Mailing.ID] {
			continue
		}
		admitted = append(admitted, e)
		if e.Claim.StopList != b.stopList {
			stale[e.Claim.Mailing.Owner] = append(stale[e.Claim.Mailing.Owner], e.Claim)
		}
	}
	b.claims = admitted
	for owner, recipients := range stale {
		if err := b.lookUp(owner, recipients); err != nil {
			return err
		}
	}
	b.keepLimits()
	return nil
}

// lookUp looks the recipients up in the stop list of their owner, and takes those found from the
// claims.
func (b *batch) lookUp(owner string, recipients []*Recipient) error {
	emails := make([]string, len(recipients))
	for i, r := range recipients {
		emails[i] = r.Email
	}
	reasons, err := suppression.Reasons(b.l.db.Wrap(b.tx), owner, emails)
	if err != nil {
		return err
	}
	b.looked = append(b.looked, recipients...)
	b.claims = slices.DeleteFunc(b.claims, func(e *Entry) bool {
		reason, stopped := reasons[e.Claim.Email]
		if stopped && e.Claim.Mailing.Owner == owner {
			b.stopped = append(b.stopped, skip{e.Claim, reason})
			return true
		}
		return false
	})
	return nil
}

// openMailings are the mailings of the claims that may send. It also reads what the daily limits leave their
// owners and senders, and how the stop list is.
func (b *batch) openMailings() (map[string]bool, error) {
	asked := map[string]*Mailing{}
	list := []byte{'['}
	for _, e := range b.claims {
		if asked[e.Claim.Mailing.ID] == nil {
			asked[e.Claim.Mailing.ID] = e.Claim.Mailing
			list = append(database.AppendString(list, e.Claim.Mailing.ID), ',')
		}
	}
	rows, err := b.tx.Stmt(b.l.statements.admit).Query(
		named("mailings", database.CloseArray(list)), named("day", limit.UTCDay(b.now)), named("before", limit.DayBefore(b.now)))
	if err != nil {
		return nil, fmt.Errorf("read the statuses of mailings: %w", err)
	}
	defer rows.Close()
	open := map[string]bool{}
	b.owners, b.senders = map[string]*limit.Allowance{}, map[string]*limit.Allowance{}
	for rows.Next() {
		var (
			id          string
			quota, used int
			s           limit.SenderLimit
		)
		err := rows.Scan(&id, &b.stopList, &quota, &used, &s.DailyLimit, &s.WarmUpStart, &s.WarmUpGrowth, &s.Used, &s.First)
		if err != nil {
			return nil, fmt.Errorf("read the statuses of mailings: %w", err)
		}
		open[id] = true
		m := asked[id]
		b.owners[m.Owner] = &limit.Allowance{Limit: quota, Left: quota - used}
		most := s.Limit(b.now)
		b.senders[m.Sender] = &limit.Allowance{Limit: most, Left: most - s.Used}
	}
	return open, rows.Err()
}

// claim marks the recipients whose mail goes out next.
func (b *batch) claim() error {
	var (
		fresh   []int64
		others  = []byte{'['}
		nOthers int
	)
	for _, e := range b.claims {
		r := e.Claim
		b.tallied(r, mailing.Sending)
		if r.State == mailing.Pending && r.Tries == 0 {
			fresh = append(fresh, r.ID)
			continue
		}
		others = strconv.AppendInt(append(others, '['), r.ID, 10)
		others = database.AppendString(append(others, ','), string(r.State))
		others = strconv.AppendInt(append(others, ','), int64(r.Tries), 10)
		others = append(others, ']', ',')
		nOthers++
	}
	if err := b.updateRuns(b.l.statements.claim, fresh); err != nil {
		return fmt.Errorf("claim recipients: %w", err)
	}
	if err := b.update(b.l.statements.claimAgain, others, nOthers); err != nil {
		return fmt.Errorf("claim recipients again: %w", err)
	}
	return nil
}
