package ledger

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/mailing"
	"gonets/internal/suppression"
	"gonets/internal/verdict"
)

// doubt pauses the mailings whose server has called every address unknown so far, takes off the stop list
// again what they have put there, and returns them. What of them is still under way when they pause is not
// put there either.
func (b *batch) doubt() (map[*Mailing]bool, error) {
	last := map[*Mailing]*Entry{} // a refusal of an unknown address in this batch
	b.first = map[*Mailing]verdict.FirstAnswers{}
	for _, e := range b.settles {
		m := e.Settle.Mailing
		first, seen := b.first[m]
		if !seen {
			first = m.First
		}
		first.Add(e.Result.State, e.Result.Reason)
		b.first[m] = first
		if e.Result.Reason == mailing.ReasonBadAddress {
			last[m] = e
		}
	}
	doubted := map[*Mailing]bool{}
	for m, e := range last {
		if !b.first[m].Doubted() {
			continue
		}
		doubted[m] = true
		if err := b.distrust(b.l.db.Wrap(b.tx), m, e.Result.Response); err != nil {
			return nil, err
		}
	}
	return doubted, nil
}

// distrust removes from the stop list the addresses that a mailing has put there, and pauses it. Transactional e-mails go on:
// their addresses are not put on the stop list until the server has taken somebody.
func (b *batch) distrust(db dbx.Builder, m *Mailing, answer string) error {
	if m.IsTransactional() {
		return b.distrustCalls(db, m, answer)
	}
	var emails []string
	// By idx_recipients_rare_state.
	err := db.NewQuery(`
		SELECT r.email FROM recipients r
		WHERE r.mailing = {:mailing} AND r.id >> {:bits} = {:no} AND ` + mailing.RareState + ` AND r.state = 'failed' AND r.reason = {:reason}`).
		Bind(dbx.Params{"mailing": m.ID, "bits": mailing.IDBits, "no": m.No, "reason": mailing.ReasonBadAddress}).Column(&emails)
	if err != nil {
		return fmt.Errorf("list the unknown addresses of mailing %s: %w", m.ID, err)
	}
	back, err := suppression.RemoveBounced(db, m.Owner, m.ID, emails)
	if err != nil {
		return err
	}
	b.l.log.Warn("a mail server calls every address unknown; the mailing is paused", "mailing", m.ID, "answer", answer, "taken off the stop list", back)
	return mailing.PauseFor(db, m.ID, mailing.NewReason(mailing.WaitNobody, answer, time.Time{}), mailing.Detail{"addresses": len(emails)})
}

// distrustCalls is distrust for a flow: it looks at its last calls, as many as were refused before.
func (b *batch) distrustCalls(db dbx.Builder, m *Mailing, answer string) error {
	var refused []struct {
		Call  string `db:"mailing"`
		Email string `db:"email"`
	}
	err := db.NewQuery(`
		SELECT r.mailing, r.email
		FROM (SELECT id FROM transactional WHERE owner = {:owner} ORDER BY no DESC LIMIT {:most}) t
		CROSS JOIN recipients r ON r.mailing = t.id AND ` + mailing.RareState + ` AND r.state = 'failed' AND r.reason = {:reason}`).
		Bind(dbx.Params{"owner": m.Owner, "most": 2 * verdict.MostUnknown, "reason": mailing.ReasonBadAddress}).All(&refused)
	if err != nil {
		return fmt.Errorf("list the unknown addresses of owner %s: %w", m.Owner, err)
	}
	back := 0
	for _, r := range refused {
		n, err := suppression.RemoveBounced(db, m.Owner, r.Call, []string{r.Email})
		if err != nil {
			return err
		}
		back += n
	}
	b.l.log.Warn("a mail server calls every address of transactional e-mails unknown", "owner", m.Owner, "answer", answer, "taken off the stop list", back)
	return nil
}
