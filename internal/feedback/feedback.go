// Package feedback books what comes back after an e-mail was accepted: bounces, complaints and reports of mail providers. It
// ties each to the recipient that it is about, and changes what follows from it, in one transaction: the state of the
// recipient, counters, statistics, the stop list. Any process may do that, beside the one that sends.
package feedback

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/address"
	"gonets/internal/arrival"
	"gonets/internal/bounce"
	"gonets/internal/mailbox"
	"gonets/internal/returnpath"
	"gonets/internal/stats"
	"gonets/internal/webhook"
)

// Source is the way by which a report came: the values of bounces.source.
type Source string

// The sources.
const (
	FromMailbox Source = "mailbox"
	FromSMTP    Source = "smtp"
	FromWebhook Source = "webhook"
	FromCLI     Source = "cli"
)

// Match says what tied a report to its recipient.
type Match string

// The matches, from the surest to the least sure. Reports without one have no effect.
const (
	byToken     Match = "token"      // in the return path, proven by the key of the mailing
	byMessageID Match = "message_id" // of the e-mail, as returned
	byAddress   Match = "address"    // of a recipient of the last seven days, of one owner only
	unmatched   Match = ""
)

// ErrLater says that something is about an e-mail that is being handed over: the report is to be handed in again.
var ErrLater = errors.New("the e-mail is still being handed over: try again in a minute")

// Booker books. It is safe for concurrent use.
type Booker struct {
	app core.App
	now func() time.Time
}

// New returns a booker over the application's database.
func New(app core.App) *Booker { return &Booker{app: app, now: time.Now} }

// At returns a booker for which it is always the same time, for data of the past.
func (b *Booker) At(now time.Time) *Booker {
	return &Booker{app: b.app, now: func() time.Time { return now }}
}

// Line is what was done with what a report says of one recipient.
type Line struct {
	bounce.Recipient
	// Mailing and Client are ids; "" if the recipient is not known, or the mailing was deleted.
	Mailing, Client string
	MatchedBy       Match
}

// IsOurs reports whether an address takes bounces: it has a token that the key of its mailing proves, or is the return path
// of a sender without a token. Forged tokens are not ours.
func (b *Booker) IsOurs(ctx context.Context, recipient string) (bool, error) {
	if t, ok := returnpath.Find(recipient); ok {
		_, _, err := provenMailing(ctx, b.app.ConcurrentDB(), t)
		switch {
		case err == nil:
			return true, nil
		case !errors.Is(err, errNotProven):
			return false, err
		}
	}
	normal, err := address.Normalize(recipient)
	if err != nil {
		return false, nil
	}
	ours := false
	err = b.app.ConcurrentDB().NewQuery(`SELECT EXISTS (SELECT 1 FROM senders WHERE return_path = {:address})`).
		WithContext(ctx).Bind(dbx.Params{"address": normal}).Row(&ours)
	if err != nil {
		return false, fmt.Errorf("look for a return path: %w", err)
	}
	return ours, nil
}

// Take returns what books e-mails that came back. place is the id of the mailbox that they were read from, "" if they came
// by SMTP or LMTP.
func (b *Booker) Take(source Source, place string) arrival.Take {
	return func(ctx context.Context, m arrival.Mail) (arrival.Outcome, error) {
		booked, err := b.books(ctx, source, place, []Mail{{Mail: m}})
		if err != nil {
			return "", err
		}
		return booked[0].Outcome, nil
	}
}

// Mail is an e-mail that came back. Report is what it says; nil if it was not read yet.
type Mail struct {
	arrival.Mail
	Report *bounce.Report
}

// Booked is what became of an e-mail.
type Booked struct {
	Outcome arrival.Outcome
	Lines   []Line // one for each recipient that it is about
}

// Apply books e-mails from files, in one transaction: nothing is booked with an error.
func (b *Booker) Apply(ctx context.Context, mails []Mail) ([]Booked, error) {
	return b.books(ctx, FromCLI, "", mails)
}

// books books e-mails in one transaction. They are read before it begins.
func (b *Booker) books(ctx context.Context, source Source, place string, mails []Mail) ([]Booked, error) {
	hashes := make([]string, len(mails))
	mails = slices.Clone(mails)
	for i := range mails {
		hashes[i] = mails[i].Hash()
		if mails[i].Report == nil {
			mails[i].Report = bounce.Parse(mails[i].Source)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	booked := make([]Booked, len(mails))
	err := b.app.RunInTransaction(func(tx core.App) error {
		t := &booking{ctx: ctx, db: tx.NonconcurrentDB(), app: tx, source: source, now: b.now()}
		for i, m := range mails {
			var err error
			if booked[i], err = t.mail(place, hashes[i], m); err != nil {
				return err
			}
		}
		if err := stats.Record(t.db, t.results); err != nil {
			return err
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("book what came back: %w", err)
	}
	return booked, nil
}

// mail books one e-mail, unless it was booked before, and notes that it was read.
func (t *booking) mail(place, hash string, m Mail) (Booked, error) {
	known, err := t.isKnown(place, m.Key, hash)
	if err != nil {
		return Booked{}, err
	}
	done := Booked{Outcome: arrival.Known}
	for _, r := range m.Report.Recipients {
		done.Lines = append(done.Lines, Line{Recipient: r})
	}
	if !known {
		paths := append(slices.Clone(m.Recipients), m.Report.Original.ReturnPaths...)
		if done.Outcome, err = t.report(done.Lines, paths, m.Report.Original); err != nil {
			return Booked{}, err
		}
	}
	return done, t.note(place, m.Key, hash, done.Outcome)
}

// reportsATime is how many reports of a webhook are booked in one transaction.
const reportsATime = 100

// Reports books what a mail provider reports. A report with an ID that the hook has sent before has no effect. With an error
// some may be booked, and all are to be handed in again; ErrLater is among the errors.
func (b *Booker) Reports(ctx context.Context, hook string, reports []webhook.Report) error {
	var later error
	for part := range slices.Chunk(reports, reportsATime) {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := b.app.RunInTransaction(func(tx core.App) error {
			t := &booking{ctx: ctx, db: tx.NonconcurrentDB(), app: tx, source: FromWebhook, now: b.now()}
			for _, r := range part {
				wait, err := t.provided(hook, r)
				if err != nil {
					return err
				}
				if wait {
					later = ErrLater
				}
			}
			return stats.Record(t.db, t.results)
		})
		if err != nil {
			return fmt.Errorf("book the reports of a provider: %w", err)
		}
	}
	return later
}

// provided books one report of a provider; wait is true if it is to be handed in again.
func (t *booking) provided(hook string, r webhook.Report) (wait bool, err error) {
	seen, err := t.wasReported(hook, r.ID)
	if err != nil || seen {
		return false, err
	}
	lines := []Line{{Recipient: r.Recipient}}
	outcome, err := t.report(lines, []string{r.ReturnPath}, bounce.Original{MessageID: r.MessageID})
	if err != nil || outcome == arrival.Later {
		return outcome == arrival.Later, err
	}
	return false, t.noteReport(hook, r.ID)
}

// Noted returns what was noted of those keys of a mailbox that were. They stay noted for as long as they are asked for.
func (b *Booker) Noted(ctx context.Context, mailboxID string, keys []string) (map[string]mailbox.Note, error) {
	return noted(ctx, b.app, mailboxID, keys, b.now())
}
