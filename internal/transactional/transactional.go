// Package transactional takes in e-mails that programs send one by one, such as the confirmation of an order: it checks a
// call, keeps its content and writes one row for each recipient, all on disk before it answers. The engine sends them as it
// sends the e-mails of mailings (docs/engine.md). It also reads what became of them, and removes them in time.
package transactional

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/compose"
	"gonets/internal/database"
	"gonets/internal/denial"
	"gonets/internal/mailing"
	"gonets/internal/memory"
	"gonets/internal/message"
	"gonets/internal/sender"
)

// Source is by which way a call came: transactional.source.
type Source string

// The sources.
const (
	FromAPI     Source = "api"
	FromSMTP    Source = "smtp"
	FromService Source = "service" // Gonets itself sends it for the owner: no quota counts it
)

// The limits of a call. Each is named in the answer that refuses what exceeds it, and in docs/security.md.
const (
	MaxRecipients   = 100
	MaxSubject      = 255            // characters
	MaxText         = 500_000        // characters of a body, as of a message
	MaxData         = 64 << 10       // bytes of JSON, for all recipients and for each
	MaxAllData      = 1 << 20        // bytes of JSON of all recipients together
	MaxFiles        = 10             // attachments
	MaxFileBytes    = 10 << 20       // of one attachment
	MaxKey          = 200            // characters of an Idempotency-Key
	KeysKept        = 24 * time.Hour // how long an Idempotency-Key is known
	Lifetime        = 72 * time.Hour // how long an e-mail may wait: an older one is not sent any more
	MostWaiting     = 100_000        // recipients that may wait for one sender of one owner
	maxName         = 255            // characters of a name
	maxReplyTo      = 400            // bytes of a Reply-To field
	maxFileNameSize = 255            // characters of the name of an attachment
)

// Service takes calls in. It is safe for concurrent use, in any process.
type Service struct {
	app core.App
	// wake makes the engine look for new calls at once.
	wake func()
}

// New returns the service of an application; wake is delivery.Engine.WakeForCalls.
func New(app core.App, wake func()) *Service { return &Service{app: app, wake: wake} }

// Call is what somebody wants to have sent.
type Call struct {
	Owner  string // id of the user in whose name it is sent
	Source Source
	Key    string // Idempotency-Key; "" for none

	To      []Recipient
	Message string // id of a message of the owner; "" if the content is given here
	Subject string
	// HTML or Markdown is the body. Text is its alternative, or the body if there is no other.
	HTML, Markdown, Text string
	Data                 map[string]any // the variable data in templates
	Sender               string         // id; "" for PocketBase's own mail settings
	FromName             string         // "" for the sender's
	Language             string         `json:",omitempty"` // of the e-mail, a code of readertext; "" for the owner's
	ReplyTo              string         // "" for the sender's
	Files                []File
	// Written is the e-mail if the program has written it itself; then the content above is left out, and a Key is made of all
	// that came.
	Written *Written
}

// Recipient is one address that a call goes to.
type Recipient struct {
	Email    string
	FullName string
	Data     map[string]any // has priority over the data of the call
}

// Accepted is the answer to a call.
type Accepted struct {
	ID         string              `json:"id"`
	Recipients []AcceptedRecipient `json:"recipients"`
}

// AcceptedRecipient is one recipient of a call. The id stays the same.
type AcceptedRecipient struct {
	ID    string `json:"id"`
	Email string `json:"email"`
}

// Submit takes a call in. When it returns without an error, the call is on disk and its e-mails go out, also after a crash.
// With the key of an earlier call of the same content it returns the answer to that one. It fails with a *denial.Error when
// the call is refused, with what request.Unmade knows when no e-mail can be made of its content, and with memory.ErrBusy.
// Then nothing is sent.
func (s *Service) Submit(ctx context.Context, c Call) (Accepted, error) {
	a, err := prepare(&c)
	if err != nil {
		return Accepted{}, err
	}
	if c.Key != "" { // again in the transaction; here it spares the work
		answer, found, err := s.known(a)
		if err != nil || found {
			return answer, err
		}
	}
	if err := s.check(ctx, a); err != nil {
		return Accepted{}, err
	}
	if err := a.hashKeyed(); err != nil {
		return Accepted{}, err
	}
	if err := s.storeFiles(ctx, a); err != nil {
		return Accepted{}, err
	}
	answer, fresh, err := s.write(a)
	if err != nil || !fresh {
		s.removeFiles(a.id)
	}
	if err != nil {
		return Accepted{}, err
	}
	s.wake()
	return answer, nil
}

// accepting is a call on its way in.
type accepting struct {
	*Call
	id      string
	content message.Call
	account *sender.Account
	// copied are keys of files of the message, which are copied.
	copied []copiedFile
	files  int               // that are stored for it
	hash   [sha256.Size]byte // of all that was asked for, if it has a key
	hashed bool
	now    time.Time
}

// hashKeyed hashes all that was asked for, if the call has a key. It reads the attachments, so it comes after the look at what
// the owner may send.
func (a *accepting) hashKeyed() (err error) {
	if a.Key == "" || a.hashed {
		return nil
	}
	a.hash, err = hashOf(a.Call)
	a.hashed = err == nil
	return err
}

// prepare checks a call by itself.
func prepare(c *Call) (*accepting, error) {
	if len(c.Key) > MaxKey {
		return nil, denial.BadRequest("key_too_long", "idempotency_key", "an Idempotency-Key has at most %d characters", MaxKey)
	}
	a := &accepting{Call: c, id: database.NewID(), now: time.Now()}
	if err := checkRecipients(c); err != nil {
		return nil, err
	}
	return a, checkContent(c)
}

// check checks what depends on the database: the owner, the sender, the message, and whether e-mails can be made.
func (s *Service) check(ctx context.Context, a *accepting) error {
	db := s.app.ConcurrentDB()
	if err := mailing.MaySend(db, a.Owner); err != nil {
		return err
	}
	if err := sender.MaySendWith(db, a.Owner, a.Sender); err != nil {
		return err
	}
	var err error
	if a.account, err = sender.Of(s.app, a.Sender); err != nil {
		return err
	}
	if a.Source != FromService {
		// Read again in the transaction that counts; here it spares the work.
		if _, err := quotaLeft(db, a.Owner, len(a.To), a.now); err != nil {
			return err
		}
	}
	if err := s.fill(a); err != nil || a.Written != nil {
		return err
	}
	m := a.content.Message(s.app, a.account)
	m.Attachments = nil // they are not stored yet
	if m.Signer, err = a.account.Signer(); err != nil {
		return err
	}
	share, err := memory.Of(s.app).Mails.TakeSoon(ctx, message.Bytes(m))
	if err != nil {
		return err
	}
	defer share.Release()
	_, err = compose.Prepare(m)
	return err
}

// write writes the call in one transaction, with the files stored before. fresh is false if another call with the same key
// was quicker, whose answer it returns.
func (s *Service) write(a *accepting) (answer Accepted, fresh bool, err error) {
	err = s.app.RunInTransaction(func(tx core.App) error {
		db := tx.NonconcurrentDB()
		answer, fresh = Accepted{}, true
		if a.Key != "" {
			known, found, err := answered(db, a.Owner, a.Key, a.hash, a.now)
			if err != nil || found {
				answer, fresh = known, false
				return err
			}
		}
		if err := mailing.MaySend(db, a.Owner); err != nil {
			return err
		}
		if err := sender.MaySendWith(db, a.Owner, a.Sender); err != nil {
			return err
		}
		if a.Source != FromService {
			if err := takeQuota(db, a.Owner, len(a.To), a.now); err != nil {
				return err
			}
		}
		if err := takePlaces(db, a); err != nil {
			return err
		}
		no, err := insert(db, a)
		if err != nil {
			return fmt.Errorf("write a call of owner %s: %w", a.Owner, err)
		}
		answer = Accepted{ID: a.id, Recipients: make([]AcceptedRecipient, len(a.To))}
		for i, to := range a.To {
			answer.Recipients[i] = AcceptedRecipient{recipientID(no, i), to.Email}
		}
		return nil
	})
	return answer, fresh, err
}

// takePlaces counts the recipients of a call among those that wait, if there are not too many.
func takePlaces(db dbx.Builder, a *accepting) error {
	res, err := db.NewQuery(`
		INSERT INTO transactional_flows (owner, sender, waiting) VALUES ({:owner}, {:sender}, {:n})
		ON CONFLICT (owner, sender) DO UPDATE SET waiting = waiting + excluded.waiting
			WHERE waiting + excluded.waiting <= {:most}`).
		Bind(dbx.Params{"owner": a.Owner, "sender": a.Sender, "n": len(a.To), "most": MostWaiting}).Execute()
	if err != nil {
		return fmt.Errorf("count what waits: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return denial.New(http.StatusTooManyRequests, "too_many_waiting", "to",
		"%d transactional e-mails wait for this sender already, which is the limit: try again when its mail server has taken some", MostWaiting)
}

// errFiles says that the files of a call could not be stored.
var errFiles = errors.New("store the files of a call")
