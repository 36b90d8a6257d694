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
func (t *batch) doubt() (map[*Mailing]bool, error) {
	last := map[*Mailing]*Entry{} // a refusal of an unknown address in this turn
	t.first = map[*Mailing]verdict.FirstAnswers{}
	for _, e := range t.settles {
		f := e.Settle.Mailing
		first, seen := t.first[f]
		if !seen {
			first = f.First
		}
		first.Add(e.Result.State, e.Result.Reason)
		t.first[f] = first
		if e.Result.Reason == mailing.ReasonBadAddress {
			last[f] = e
		}
	}
	doubted := map[*Mailing]bool{}
	for f, e := range last {
		if !t.first[f].Doubted() {
			continue
		}
		doubted[f] = true
		if err := t.distrust(t.l.db.Wrap(t.tx), f, e.Result.Response); err != nil {
			return nil, err
		}
	}
	return doubted, nil
}

// distrust pauses a mailing, and takes off the stop list again whom it has put there.
func (t *batch) distrust(db dbx.Builder, f *Mailing, said string) error {
	var emails []string
	// By idx_recipients_rare_state.
	err := db.NewQuery(`
		SELECT r.email FROM recipients r
		WHERE r.mailing = {:mailing} AND r.id >> {:bits} = {:no} AND ` + mailing.RareState + ` AND r.state = 'failed' AND r.reason = {:reason}`).
		Bind(dbx.Params{"mailing": f.Id, "bits": mailing.IDBits, "no": f.No, "reason": mailing.ReasonBadAddress}).Column(&emails)
	if err != nil {
		return fmt.Errorf("list the unknown addresses of mailing %s: %w", f.Id, err)
	}
	back, err := suppression.RemoveBounced(db, f.Owner, f.Id, emails)
	if err != nil {
		return err
	}
	t.l.log.Warn("a mail server calls every address unknown; the mailing is paused", "mailing", f.Id, "said", said, "taken off the stop list", back)
	return mailing.PauseFor(db, f.Id, mailing.NewReason(mailing.WaitNobody, said, time.Time{}), mailing.Detail{"addresses": len(emails)})
}
