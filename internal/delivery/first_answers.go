package delivery

import (
	"fmt"

	"github.com/pocketbase/dbx"

	"gonets/internal/mailing"
	"gonets/internal/verdict"
)

// firstAnswersOf reads what was said before the mailing is taken up. One that was paused for it, and then resumed,
// begins anew.
func (s *session) firstAnswersOf(m *runningMailing) (verdict.FirstAnswers, error) {
	first := verdict.FirstAnswers{Others: m.Taken > 0}
	if first.Others || m.Settled == 0 {
		return first, nil
	}
	var refusals []struct {
		Reason string `db:"reason"`
		N      int    `db:"n"`
	}
	// By idx_recipients_rare_state.
	err := s.app.ConcurrentDB().NewQuery(`
		SELECT r.reason, COUNT(*) AS n FROM recipients r
		WHERE r.mailing = {:mailing} AND r.id >> {:bits} = {:no} AND ` + mailing.RareState + ` AND r.state = 'failed'
		GROUP BY r.reason`).
		WithContext(s.soft).Bind(dbx.Params{"mailing": m.ID, "bits": mailing.IDBits, "no": m.No}).All(&refusals)
	if err != nil {
		return first, fmt.Errorf("read the first answers to mailing %s: %w", m.ID, err)
	}
	for _, t := range refusals {
		for range min(t.N, verdict.MostUnknown) {
			first.Add(mailing.Failed, t.Reason)
		}
	}
	if first.Doubted() {
		return verdict.FirstAnswers{}, nil
	}
	return first, nil
}
