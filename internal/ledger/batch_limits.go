package ledger

import (
	"fmt"

	"gonets/internal/limit"
)

// keepLimits drops the claims that a daily limit has no room for. Mails that are in flight count like
// those handed over. Limits and counts are read in the transaction of the claim, so nothing comes between.
func (b *batch) keepLimits() {
	for _, e := range b.settles { // their places are free, but for those that were handed over
		if r := e.Settle; r.claimedOn != "" && !e.Result.HandedOver() {
			b.ownerOf(r.Mailing).Back()
			b.senders[r.Mailing.Sender].Back()
		}
	}
	within := b.claims[:0]
	for _, e := range b.claims {
		m := e.Claim.Mailing
		switch {
		case !b.ownerOf(m).Take():
			e.Limited = limit.UsageOfOwner
		case !b.senders[m.Sender].Take():
			e.Limited = limit.UsageOfSender
			b.ownerOf(m).Back()
		default:
			within = append(within, e)
		}
	}
	b.claims = within
}

// ownerOf is what the daily quota leaves the owner; nil, which is no limit, for transactional e-mails.
func (b *batch) ownerOf(m *Mailing) *limit.Allowance {
	if m.IsTransactional() {
		return nil
	}
	return b.owners[m.Owner]
}

// use counts, for the daily limits of owners and senders, the mails handed over, those that are being
// handed over from now on, and those that are no longer.
func (b *batch) use() error {
	changes, today := limit.Changes{}, limit.UTCDay(b.now)
	for _, r := range b.returned {
		changes.Add(r.Mailing.meteredOwner(), r.Mailing.Sender, r.claimedOn, limit.Change{InFlight: -1})
	}
	for _, e := range b.settles {
		if e.Result.HandedOver() {
			m := e.Settle.Mailing
			changes.Add(m.meteredOwner(), m.Sender, today, limit.Change{Mails: 1})
		}
	}
	for _, e := range b.claims {
		m := e.Claim.Mailing
		changes.Add(m.meteredOwner(), m.Sender, today, limit.Change{InFlight: 1})
	}
	rows := changes.Rows()
	if rows == "" {
		return nil
	}
	if _, err := b.tx.Stmt(b.l.statements.use).Exec(named("rows", rows)); err != nil {
		return fmt.Errorf("count the mails of the day: %w", err)
	}
	return nil
}
