package delivery

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/mailing"
	"gonets/internal/suppression"
)

// mostUnknown is how many addresses a server may call unknown before it takes a single mail of a mailing.
// One that knows nobody is set up wrongly, or is not the one it should be: lists are not that bad.
const mostUnknown = 20

// firstAnswers is what a mail server has said to the first recipients of a mailing.
type firstAnswers struct {
	unknown int  // that the address does not exist
	others  bool // anything that shows that it knows addresses: a mail taken, or refused for another reason
}

// add counts one result.
func (a *firstAnswers) add(state mailing.State, reason string) {
	switch {
	case reason == mailing.ReasonBadAddress:
		a.unknown++
	case state == mailing.Sent, state == mailing.Uncertain, reason == mailing.ReasonRefused, reason == mailing.ReasonPolicy:
		a.others = true
	}
}

// mayTry says whether one more mail may be under way beside so many: until the server has shown that it knows
// addresses, no more than can be refused before its word is doubted. Then the mailing pauses.
func (a firstAnswers) mayTry(underWay int) bool {
	return a.others || a.doubted() || a.unknown+underWay < mostUnknown
}

// doubted says that the server's word is not enough to put an address on the stop list.
func (a firstAnswers) doubted() bool { return !a.others && a.unknown >= mostUnknown }

// firstAnswersOf reads what was said before the mailing is taken up. One that was paused for it, and then resumed,
// begins anew.
func (s *shift) firstAnswersOf(m *runningMailing) (firstAnswers, error) {
	first := firstAnswers{others: m.Taken > 0}
	if first.others || m.Settled == 0 {
		return first, nil
	}
	var told []struct {
		Reason string `db:"reason"`
		N      int    `db:"n"`
	}
	// By idx_recipients_rare_state.
	err := s.app.ConcurrentDB().NewQuery(`
		SELECT r.reason, COUNT(*) AS n FROM recipients r
		WHERE r.mailing = {:mailing} AND r.id >> {:bits} = {:no} AND ` + mailing.RareState + ` AND r.state = 'failed'
		GROUP BY r.reason`).
		WithContext(s.soft).Bind(dbx.Params{"mailing": m.ID, "bits": mailing.IDBits, "no": m.No}).All(&told)
	if err != nil {
		return first, fmt.Errorf("read the first answers to mailing %s: %w", m.ID, err)
	}
	for _, t := range told {
		for range min(t.N, mostUnknown) {
			first.add(mailing.Failed, t.Reason)
		}
	}
	if first.doubted() {
		return firstAnswers{}, nil
	}
	return first, nil
}

// doubt pauses the mailings whose server has called every address unknown so far, takes off the stop list
// again what they have put there, and returns them. What of them is still under way when they pause is not
// put there either.
func (t *turn) doubt() (map[*flow]bool, error) {
	last := map[*flow]*entry{} // a refusal of an unknown address in this turn
	t.first = map[*flow]firstAnswers{}
	for _, e := range t.settles {
		f := e.settle.flow
		first, seen := t.first[f]
		if !seen {
			first = f.first
		}
		first.add(e.result.state, e.result.reason)
		t.first[f] = first
		if e.result.reason == mailing.ReasonBadAddress {
			last[f] = e
		}
	}
	doubted := map[*flow]bool{}
	for f, e := range last {
		if !t.first[f].doubted() {
			continue
		}
		doubted[f] = true
		if err := t.distrust(t.l.db.Wrap(t.tx), f, e.result.response); err != nil {
			return nil, err
		}
	}
	return doubted, nil
}

// distrust pauses a mailing, and takes off the stop list again whom it has put there.
func (t *turn) distrust(db dbx.Builder, f *flow, said string) error {
	var emails []string
	// By idx_recipients_rare_state.
	err := db.NewQuery(`
		SELECT r.email FROM recipients r
		WHERE r.mailing = {:mailing} AND r.id >> {:bits} = {:no} AND ` + mailing.RareState + ` AND r.state = 'failed' AND r.reason = {:reason}`).
		Bind(dbx.Params{"mailing": f.id, "bits": mailing.IDBits, "no": f.no, "reason": mailing.ReasonBadAddress}).Column(&emails)
	if err != nil {
		return fmt.Errorf("list the unknown addresses of mailing %s: %w", f.id, err)
	}
	back, err := suppression.RemoveBounced(db, f.owner, f.id, emails)
	if err != nil {
		return err
	}
	t.l.log.Warn("a mail server calls every address unknown; the mailing is paused", "mailing", f.id, "said", said, "taken off the stop list", back)
	return mailing.PauseFor(db, f.id, mailing.NewReason(mailing.WaitNobody, said, time.Time{}), mailing.Detail{"addresses": len(emails)})
}
