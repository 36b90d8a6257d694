package transactional

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/mailing"
	"gonets/internal/message"
	"gonets/internal/returnpath"
)

// Waiting is an e-mail that waits to be sent: a row of recipients, and what is known of its call. Its content is read when its
// turn has come.
type Waiting struct {
	ID              int64 // recipients.id
	Email           string
	Tries, Forgiven int
	State           mailing.State
	Call            string // id of the call
	EightBit        bool   // its e-mail has bytes above 127

	no    int64  // of the call
	total int    // recipients of the call
	from  string // address of From
	bytes int64  // of the content of the call with the data of a recipient
	key   returnpath.Key
	path  returnpath.Path
}

// WaitingPage is how many e-mails are read at a time. They take less than WaitingBytes.
const (
	WaitingPage  = 200
	WaitingBytes = 128 << 10
)

const selectWaiting = `
SELECT r.id, r.email, r.tries, r.forgiven, r.state, t.id, t.no, t.total, t.eight_bit, t.from_email, t.bytes, k.return_key, COALESCE(s.return_path, ''), COALESCE(s.return_path_style, '')
FROM transactional t`

const joinWaiting = `
CROSS JOIN contents k ON k.no = t.no
LEFT JOIN senders s ON s.id = t.sender
WHERE t.owner = {:owner} AND t.sender = {:sender}`

// pendingSQL reads the next pending e-mails: their calls by idx_transactional_waiting, the recipients by primary key.
const pendingSQL = selectWaiting + ` INDEXED BY idx_transactional_waiting
CROSS JOIN recipients r ON r.id > MAX(t.no << {:bits}, {:after}) AND r.id <= (t.no << {:bits}) + t.total AND r.state = 'pending'` + joinWaiting + `
	AND t.waiting > 0 AND t.no >= {:no}
ORDER BY t.no, r.id
LIMIT {:limit}`

// dueSQL reads the deferred e-mails whose next try has come: their calls by idx_transactional_due.
const dueSQL = selectWaiting + ` INDEXED BY idx_transactional_due
CROSS JOIN recipients r ON r.mailing = t.id AND ` + mailing.RareState + ` AND r.state = 'deferred' AND r.next_try_at <= {:now}` + joinWaiting + `
	AND t.next_at > 0 AND t.next_at <= {:now}
ORDER BY t.next_at
LIMIT {:limit}`

// Pending reads the e-mails of an owner that wait for a sender, in the order of the calls, after a recipient: fewer than
// WaitingPage are all.
func Pending(ctx context.Context, app core.App, owner, sender string, after int64) ([]Waiting, error) {
	return readWaiting(ctx, app, pendingSQL, dbx.Params{"owner": owner, "sender": sender, "after": after, "no": after >> mailing.IDBits})
}

// Due reads the deferred e-mails of an owner whose next try has come.
func Due(ctx context.Context, app core.App, owner, sender string, now time.Time) ([]Waiting, error) {
	return readWaiting(ctx, app, dueSQL, dbx.Params{"owner": owner, "sender": sender, "now": now.UnixMilli()})
}

// AnyDue says whether there are such e-mails.
func AnyDue(ctx context.Context, app core.App, owner, sender string, now time.Time) (due bool, err error) {
	err = app.ConcurrentDB().NewQuery(`
		SELECT EXISTS (SELECT 1 FROM transactional WHERE owner = {:owner} AND sender = {:sender} AND next_at > 0 AND next_at <= {:now})`).
		WithContext(ctx).Bind(dbx.Params{"owner": owner, "sender": sender, "now": now.UnixMilli()}).Row(&due)
	if err != nil {
		return false, fmt.Errorf("look for deferred transactional e-mails of owner %s: %w", owner, err)
	}
	return due, nil
}

func readWaiting(ctx context.Context, app core.App, query string, params dbx.Params) (all []Waiting, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("load transactional e-mails of owner %s: %w", params["owner"], err)
		}
	}()
	params["bits"], params["limit"] = mailing.IDBits, WaitingPage
	rows, err := app.ConcurrentDB().NewQuery(query).WithContext(ctx).Bind(params).Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			w           Waiting
			key         []byte
			path, style string
		)
		err := rows.Scan(&w.ID, &w.Email, &w.Tries, &w.Forgiven, &w.State, &w.Call, &w.no, &w.total, &w.EightBit, &w.from, &w.bytes, &key, &path, &style)
		if err == nil && copy(w.key[:], key) != len(w.key) {
			err = fmt.Errorf("call %s has no key", w.Call)
		}
		if err == nil && path != "" {
			w.path, err = returnpath.New(path, returnpath.Style(style))
		}
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, rows.Err()
}

// EnvelopeFrom is the envelope sender of the e-mail.
func (w *Waiting) EnvelopeFrom() string {
	if w.path.IsZero() {
		return w.from
	}
	return w.path.Of(w.key, w.ID)
}

// mailFactor is how many times the bytes of its content and data an e-mail takes while it is made.
const mailFactor = 8

// MailBytes is what the e-mail takes in memory while it is made and sent; 0 when it is small.
func (w *Waiting) MailBytes() int64 {
	if n := mailFactor * w.bytes; n > message.SmallMail {
		return n
	}
	return 0
}

// To is the recipient, for message.Calls.
func (w *Waiting) To() message.CallTo {
	return message.CallTo{
		Call: w.Call, No: w.no, Several: w.total > 1, Bytes: w.bytes,
		Recipient: w.ID, Email: w.Email, MessageID: returnpath.MessageID(w.key, w.ID),
	}
}
