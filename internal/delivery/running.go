package delivery

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/internal/database"
	"gonets/internal/dispatch"
	"gonets/internal/ledger"
	"gonets/internal/limit"
	"gonets/internal/mailing"
	"gonets/internal/sender"
)

// runningMailing is what the engine looks at, twice a second, of a mailing that runs.
type runningMailing struct {
	ID         string `db:"id"`
	Owner      string `db:"owner"`
	No         int64  `db:"no"`
	Sender     string `db:"sender"`
	Total      int    `db:"total"`
	Settled    int    `db:"settled"`
	Taken      int    `db:"taken"` // by a mail server, or maybe
	Deferred   int    `db:"deferred"`
	DailyQuota int    `db:"daily_quota"`
	Reason     string `db:"reason"`
	Usable     bool   `db:"usable"` // its owner may send with its sender
	mailing.Permission

	EndsAt types.DateTime `db:"ends_at"`
}

// runningMailings relies on idx_mailings_status.
func (s *session) runningMailings() ([]runningMailing, error) {
	var rows []runningMailing
	err := s.app.ConcurrentDB().NewQuery(`
		SELECT m.id, m.owner, c.no, c.sender, m.ends_at, m.total, m.sent + m.failed + m.uncertain + m.skipped + m.bounced AS settled,
			m.sent + m.uncertain + m.bounced AS taken,
			m.deferred, u.daily_quota, u.verified, u.blocked, u.awaiting_approval, COALESCE(m.waiting_reason, '') AS reason,
			` + sender.Usable("m.owner", "c.sender") + ` AS usable
		FROM mailings m
		JOIN contents c ON c.mailing = m.id AND c.owner = m.owner
		JOIN users u ON u.id = m.owner
		WHERE m.status = 'running' AND m.blocked = FALSE AND {:only} IN ('', m.id)
		ORDER BY m.started_at`).
		WithContext(s.soft).Bind(dbx.Params{"only": s.only}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("list the running mailings: %w", err)
	}
	return rows, nil
}

// dispatcherOf returns the dispatcher of the sender of a queue with its present settings. If there is no such sender, it drops
// the queue and returns the reason.
func (s *session) dispatcherOf(id, queue string, now time.Time) (*dispatch.Dispatcher, *mailing.Reason, error) {
	d := s.dispatchers[id]
	a, err := sender.Of(s.app, id)
	if errors.Is(err, sender.ErrNoMailServer) {
		s.dropQueue(queue)
		return nil, mailing.NewReason(mailing.WaitNoServer, "", time.Time{}), nil
	}
	if err != nil {
		return nil, nil, err
	}
	a.Server.Timeouts = s.timeouts
	if d == nil {
		d = dispatch.New(s.shared, id, a, limit.NewMeter(s.app, limit.UsageOfSender, id))
		s.dispatchers[id] = d
	}
	day, err := limit.DayOf(s.app, id, now)
	if err != nil {
		return nil, nil, err
	}
	d.SetDailyLimit(a.WarmUp.Limit(day, a.DailyLimit))
	if d.Account().Version != a.Version {
		d.SetAccount(a)
		for key, q := range s.queues { // mails are signed with the account's key
			if q.Sender == id {
				d.Remove(q)
				delete(s.queues, key)
			}
		}
	}
	return d, nil, nil
}

// addQueue takes up a mailing. What its mails are written from is read when it can send.
func (s *session) addQueue(m *runningMailing, d *dispatch.Dispatcher) (*dispatch.Queue, error) {
	first, err := s.firstAnswersOf(m)
	if err != nil {
		return nil, err
	}
	quota := s.quotas[m.Owner]
	if quota == nil {
		quota = limit.NewMeter(s.app, limit.UsageOfOwner, m.Owner)
		s.quotas[m.Owner] = quota
	}
	q := dispatch.NewQueue(ledger.Mailing{ID: m.ID, Owner: m.Owner, Sender: m.Sender, No: m.No, First: first},
		m.EndsAt.Time(), quota, mailing.PublicAddress(s.app), s.tokens)
	s.queues[m.ID] = q
	d.Add(q)
	return q, nil
}

// reasonOf says what a mailing waits for; nil when it goes on.
func (s *session) reasonOf(m *runningMailing, q *dispatch.Queue, d *dispatch.Dispatcher, now time.Time, due bool) (*mailing.Reason, error) {
	left := m.Total - m.Settled
	if reason := d.Reason(q, now, left-m.Deferred, due); reason != nil {
		return reason, nil
	}
	if left == 0 || left > m.Deferred {
		return nil, nil
	}
	// All that is left is deferred. By idx_recipients_rare_state.
	var next int64
	err := s.app.ConcurrentDB().NewQuery(`
		SELECT COALESCE(MIN(r.next_try_at), 0) FROM recipients r
		WHERE r.mailing = {:mailing} AND r.id >> {:bits} = {:no} AND ` + mailing.RareState + ` AND r.state = 'deferred'`).
		WithContext(s.soft).Bind(dbx.Params{"mailing": m.ID, "no": m.No, "bits": mailing.IDBits}).Row(&next)
	if err != nil {
		return nil, fmt.Errorf("find the next try of mailing %s: %w", m.ID, err)
	}
	if until := time.UnixMilli(next); until.After(now) {
		return mailing.NewReason(mailing.WaitDeferred, "", until), nil
	}
	return nil, nil
}

// showReason writes the reason if it is not the one in the database.
func (s *session) showReason(m *runningMailing, reason *mailing.Reason) error {
	var current mailing.Reason
	if m.Reason != "" && m.Reason != "null" {
		if err := json.Unmarshal([]byte(m.Reason), &current); err != nil {
			current = mailing.Reason{Code: "?"}
		}
	}
	if reason == nil && current == (mailing.Reason{}) || reason != nil && *reason == current {
		return nil
	}
	now := time.Now()
	err := s.app.RunInTransaction(func(tx core.App) error {
		db := tx.NonconcurrentDB()
		res, err := db.NewQuery(`
			UPDATE mailings SET waiting_reason = {:reason}, updated = {:now} WHERE id = {:id} AND status = 'running'`).
			Bind(dbx.Params{"reason": reason.Column(), "now": database.Stamp(now), "id": m.ID}).Execute()
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return mailing.NoteWait(db, m.ID, reason, now)
	})
	if err != nil {
		return fmt.Errorf("write the reason of mailing %s: %w", m.ID, err)
	}
	return nil
}
