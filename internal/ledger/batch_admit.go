package ledger

import (
	"database/sql"
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
	stale := map[stopList][]*Recipient{}
	for _, e := range b.claims {
		m := e.Claim.Mailing
		if !open[m.key()] {
			continue
		}
		admitted = append(admitted, e)
		if e.Claim.StopList != b.stopList {
			list := stopList{m.Owner, m.IsTransactional()}
			stale[list] = append(stale[list], e.Claim)
		}
	}
	b.claims = admitted
	for list, recipients := range stale {
		if err := b.lookUp(list, recipients); err != nil {
			return err
		}
	}
	b.keepLimits()
	return nil
}

// stopList is the stop list of an owner: all of it, or what of it holds for transactional e-mails.
type stopList struct {
	owner         string
	transactional bool
}

// lookUp looks the recipients up in the stop list of their owner, and takes those found from the
// claims.
func (b *batch) lookUp(list stopList, recipients []*Recipient) error {
	emails := make([]string, len(recipients))
	for i, r := range recipients {
		emails[i] = r.Email
	}
	reasons, err := suppression.ReasonsFor(b.l.db.Wrap(b.tx), list.owner, emails, list.transactional)
	if err != nil {
		return err
	}
	b.looked = append(b.looked, recipients...)
	b.claims = slices.DeleteFunc(b.claims, func(e *Entry) bool {
		reason, stopped := reasons[e.Claim.Email]
		m := e.Claim.Mailing
		if stopped && list == (stopList{m.Owner, m.IsTransactional()}) {
			b.stopped = append(b.stopped, skip{e.Claim, reason})
			return true
		}
		return false
	})
	return nil
}

// openMailings are the keys of the mailings and flows of the claims that may send. It also reads what the daily limits leave
// their owners and senders, and how the stop list is.
func (b *batch) openMailings() (map[string]bool, error) {
	asked := map[string]*Mailing{}
	mailings, flows := []byte{'['}, []byte{'['}
	for _, e := range b.claims {
		m := e.Claim.Mailing
		if asked[m.key()] != nil {
			continue
		}
		asked[m.key()] = m
		if !m.IsTransactional() {
			mailings = append(database.AppendString(mailings, m.ID), ',')
			continue
		}
		flows = database.AppendString(append(flows, '['), m.Owner)
		flows = append(database.AppendString(append(flows, ','), m.Sender), ']', ',')
	}
	open := map[string]bool{}
	b.owners, b.senders = map[string]*limit.Allowance{}, map[string]*limit.Allowance{}
	for _, admit := range []struct {
		stmt *sql.Stmt
		list []byte
	}{{b.l.statements.admit, mailings}, {b.l.statements.admitFlows, flows}} {
		if len(admit.list) == 1 {
			continue
		}
		rows, err := b.tx.Stmt(admit.stmt).Query(
			named("list", database.CloseArray(admit.list)), named("day", limit.UTCDay(b.now)), named("before", limit.DayBefore(b.now)))
		if err == nil {
			err = b.readOpen(rows, asked, open)
		}
		if err != nil {
			return nil, fmt.Errorf("read what may send: %w", err)
		}
	}
	return open, nil
}

// readOpen reads the rows of admitSQL or admitFlowsSQL.
func (b *batch) readOpen(rows *sql.Rows, asked map[string]*Mailing, open map[string]bool) error {
	defer rows.Close()
	for rows.Next() {
		var (
			key         string
			quota, used int
			s           limit.SenderLimit
		)
		err := rows.Scan(&key, &b.stopList, &quota, &used, &s.DailyLimit, &s.WarmUpStart, &s.WarmUpGrowth, &s.Used, &s.First)
		if err != nil {
			return err
		}
		open[key] = true
		m := asked[key]
		if !m.IsTransactional() {
			b.owners[m.Owner] = &limit.Allowance{Limit: quota, Left: quota - used}
		}
		most := s.Limit(b.now)
		b.senders[m.Sender] = &limit.Allowance{Limit: most, Left: most - s.Used}
	}
	return rows.Err()
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
