package delivery

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
	"gonets/internal/dispatch"
	"gonets/internal/ledger"
	"gonets/internal/limit"
	"gonets/internal/mailing"
	"gonets/internal/sender"
)

// flow is what the engine looks at, twice a second and when calls come, of the transactional e-mails of an owner that wait for
// a sender.
type flow struct {
	Owner    string `db:"owner"`
	Sender   string `db:"sender"`
	Waiting  int    `db:"waiting"`
	Deferred int    `db:"deferred"`
	Next     int64  `db:"next"` // when the first deferred one is tried again, Unix milliseconds; 0 = none is deferred
	Reason   string `db:"waiting_reason"`
	Usable   bool   `db:"usable"` // its owner may send with its sender
	mailing.Permission
}

// key is the key of its queue. Ids of mailings have no slash.
func (f *flow) key() string { return f.Owner + "/" + f.Sender }

// pollFlows takes up transactional e-mails that wait, and drops the queues of those that do no more, or must not be sent.
func (s *session) pollFlows(now time.Time) error {
	var flows []flow
	err := s.app.ConcurrentDB().NewQuery(`
		SELECT f.owner, f.sender, f.waiting, f.deferred, f.waiting_reason, u.verified, u.blocked, u.awaiting_approval,
			COALESCE((SELECT MIN(next_at) FROM transactional t WHERE t.owner = f.owner AND t.sender = f.sender AND t.next_at > 0), 0) AS next,
			` + sender.Usable("f.owner", "f.sender") + ` AS usable
		FROM transactional_flows f
		JOIN users u ON u.id = f.owner
		WHERE f.waiting > 0`).
		WithContext(s.soft).All(&flows)
	if err != nil {
		return fmt.Errorf("list the transactional e-mails that wait: %w", err)
	}
	var errs []error
	waiting := map[string]bool{}
	for i := range flows {
		f := &flows[i]
		waiting[f.key()] = true
		reason, err := s.updateFlow(f, now)
		if err == nil {
			err = s.showFlowReason(f, reason)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("transactional e-mails of owner %s: %w", f.Owner, err))
		}
	}
	for key, q := range s.queues {
		if q.IsTransactional() && !waiting[key] {
			_ = s.dispatchers[q.Sender].Reason(q, now, 0, false) // frees what it has in memory; what is known of the server stays
		}
	}
	return errors.Join(errs...)
}

// updateFlow sees to the e-mails of one flow, and returns what they wait for; nil when they go out.
func (s *session) updateFlow(f *flow, now time.Time) (*mailing.Reason, error) {
	switch {
	case f.Denied() != "":
		s.dropQueue(f.key())
		return mailing.NewReason(f.Denied(), "", time.Time{}), nil
	case !f.Usable:
		s.dropQueue(f.key())
		return mailing.NewReason(sender.NotAllowed(f.Sender).Code, "", time.Time{}), nil
	}
	d, reason, err := s.dispatcherOf(f.Sender, f.key(), now)
	if err != nil || reason != nil {
		return reason, err
	}
	q := s.queues[f.key()]
	if q == nil {
		q = dispatch.NewQueue(ledger.Mailing{Owner: f.Owner, Sender: f.Sender}, time.Time{}, new(limit.Meter), "", s.tokens)
		s.queues[f.key()] = q
		d.Add(q)
	}
	due, err := d.LoadDue(q, f.Deferred, now)
	if err != nil {
		return nil, err
	}
	if reason := d.Reason(q, now, f.Waiting-f.Deferred, due); reason != nil {
		return reason, nil
	}
	if until := time.UnixMilli(f.Next); f.Waiting == f.Deferred && until.After(now) {
		return mailing.NewReason(mailing.WaitDeferred, "", until), nil
	}
	return nil, nil
}

// showFlowReason writes the reason if it is not the one in the database.
func (s *session) showFlowReason(f *flow, reason *mailing.Reason) error {
	var current mailing.Reason
	if f.Reason != "" {
		if err := json.Unmarshal([]byte(f.Reason), &current); err != nil {
			current = mailing.Reason{Code: "?"}
		}
	}
	if reason == nil && current == (mailing.Reason{}) || reason != nil && *reason == current {
		return nil
	}
	column := ""
	if reason != nil {
		column = reason.Column().(string)
	}
	_, err := s.app.NonconcurrentDB().NewQuery(`
		UPDATE transactional_flows SET waiting_reason = {:reason} WHERE owner = {:owner} AND sender = {:sender}`).
		Bind(dbx.Params{"reason": column, "owner": f.Owner, "sender": f.Sender}).Execute()
	if err != nil {
		return fmt.Errorf("write what transactional e-mails wait for: %w", err)
	}
	return nil
}

// settleCalls ends the transactional e-mails of a database that is older than what was sent: whoever waits in it may have got
// the e-mail, and nobody can know. An order confirmation of weeks ago, once more, helps nobody.
func settleCalls(db dbx.Builder) error {
	params := dbx.Params{"bits": mailing.IDBits, "reason": mailing.WaitBackup, "now": database.Stamp(time.Now())}
	for _, statement := range []string{
		`UPDATE recipients AS r SET state = 'uncertain', reason = {:reason}, next_try_at = 0
			FROM transactional t INDEXED BY idx_transactional_waiting
			WHERE t.waiting > 0 AND r.id > t.no << {:bits} AND r.id <= (t.no << {:bits}) + t.total AND r.state IN ('pending', 'sending', 'deferred')`,
		`UPDATE transactional SET waiting = 0, next_at = 0, finished = {:now} WHERE waiting > 0`,
		`UPDATE transactional_flows SET waiting = 0, deferred = 0, waiting_reason = ''`,
	} {
		if _, err := db.NewQuery(statement).Bind(params).Execute(); err != nil {
			return fmt.Errorf("end the transactional e-mails of an old database: %w", err)
		}
	}
	return nil
}
