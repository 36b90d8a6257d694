package delivery

import (
	"fmt"
)

// keepLimits drops the claims that a daily limit has no room for. Mails that are in flight count like
// those handed over. Limits and counts are read in the transaction of the claim, so nothing comes between.
func (t *turn) keepLimits() {
	for _, e := range t.settles { // their places are free, but for those that were handed over
		if r := e.settle; r.claimedOn != "" && !e.result.HandedOver() {
			t.owners[r.mailing.owner].back()
			t.senders[r.mailing.sender].back()
		}
	}
	within := t.claims[:0]
	for _, e := range t.claims {
		f := e.claim.mailing
		switch {
		case !t.owners[f.owner].take():
			e.limited = UsageOfOwner
		case !t.senders[f.sender].take():
			e.limited = UsageOfSender
			t.owners[f.owner].back()
		default:
			within = append(within, e)
		}
	}
	t.claims = within
}

// use counts, for the daily limits of owners and senders, the mails handed over, those that are being
// handed over from now on, and those that are no longer.
func (t *turn) use() error {
	changes, today := usageChanges{}, utcDay(t.now)
	for _, r := range t.landed {
		changes.add(r.mailing.owner, r.mailing.sender, r.claimedOn, usageChange{inFlight: -1})
	}
	for _, e := range t.settles {
		if e.result.HandedOver() {
			m := e.settle.mailing
			changes.add(m.owner, m.sender, today, usageChange{mails: 1})
		}
	}
	for _, e := range t.claims {
		m := e.claim.mailing
		changes.add(m.owner, m.sender, today, usageChange{inFlight: 1})
	}
	rows := changes.rows()
	if rows == "" {
		return nil
	}
	if _, err := t.tx.Stmt(t.l.statements.use).Exec(named("rows", rows)); err != nil {
		return fmt.Errorf("count the mails of the day: %w", err)
	}
	return nil
}
