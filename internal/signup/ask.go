package signup

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/address"
	"gonets/internal/consent"
	"gonets/internal/database"
	"gonets/internal/proofofwork"
	"gonets/internal/suppression"
	"gonets/internal/transactional"
)

// The limits of sign-ups. Those without a proof of work, which a browser without scripts cannot make, have stricter ones.
const (
	oncePer             = 24 * time.Hour // one e-mail to an address for all forms of an owner
	mailboxDaily        = 3              // to all addresses of one mailbox, for all forms of an owner, in 24 hours
	mailboxDailyAll     = 10             // the same, for the forms of all owners
	formHourly          = 500            // by one form in an hour
	formHourlyUnproven  = 50
	networkHourly       = 30 // from one network, to forms of all owners
	networkHourlyUnsure = 5
	ownerDaily          = 5000 // to all forms of an owner in 24 hours
)

// ErrTooMany is the error of a sign-up past a limit.
var ErrTooMany = errors.New("too many sign-ups")

// errMailboxFull is the error of a sign-up for a mailbox that had its share of e-mails.
var errMailboxFull = errors.New("the mailbox has been mailed too often today")

// Service takes sign-ups in. It is safe for concurrent use, in any process.
type Service struct {
	app    core.App
	mails  *transactional.Service
	tokens *suppression.Tokens
	proofs *proofofwork.Checker
	shown  shown
}

// New returns the service of an application.
func New(app core.App, mails *transactional.Service) *Service {
	return &Service{app: app, mails: mails, tokens: suppression.NewTokens(app), proofs: proofofwork.NewChecker(), shown: shown{forms: map[string]int{}}}
}

// Request is a form that somebody has filled in.
type Request struct {
	Form     Form
	Answers  Answers
	Language string // a code of readertext
	By       consent.By
	Proven   bool // with a proof of work
}

// Ask keeps the request until it is confirmed, and mails the link for that. Nothing tells whether the address is known: for one
// that had such an e-mail in the last 24 hours, and for a mailbox that had some at other addresses, nothing more is done. It fails with ErrTooMany, and as transactional.Service.Submit
// does when no e-mail can be sent.
func (s *Service) Ask(ctx context.Context, r Request) error {
	p := Pending{
		ID: database.NewID(), Owner: r.Form.Owner, Source: r.Form.ID, Form: r.Form.ID, Email: r.Answers.Email, FullName: r.Answers.FullName,
		Attributes: r.Answers.Attributes, Lists: r.Form.Lists, Language: r.Language, Consent: r.Form.Consent,
	}
	_, err := s.ask(ctx, r.Form, limits{p: &p, network: networkOf(r.By.IP), proven: r.Proven, now: time.Now()}, r.By)
	return err
}

// ask is Ask for a sign-up that is made already. later reports that the address had such an e-mail of another form or list in the
// last 24 hours, or its mailbox too many of them, and nothing was done.
func (s *Service) ask(ctx context.Context, f Form, limits limits, by consent.By) (later bool, err error) {
	p := *limits.p
	// Looked at again in the transaction that counts; here it spares the write lock.
	found, err := limits.look(s.app.ConcurrentDB())
	if found == nil && err == nil {
		err = s.app.RunInTransaction(func(tx core.App) error {
			var err error
			if found, err = limits.look(tx.DB()); err != nil || found != nil {
				return err
			}
			return limits.keep(tx.DB(), by)
		})
	}
	if errors.Is(err, errMailboxFull) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if found != nil {
		if found.Source != p.Source || found.Confirmed != "" {
			return found.Source != p.Source, nil
		}
		p = *found // submitted again with the same key: that does nothing unless the process ended before the first time
	}
	return false, s.mail(ctx, f, p)
}

// limits says whether a sign-up may be kept.
type limits struct {
	p       *Pending
	network string
	proven  bool
	now     time.Time
}

// look returns the sign-up of the same address that was mailed lately, or nil if there is none. It fails past a limit.
func (l limits) look(db dbx.Builder) (*Pending, error) {
	params := dbx.Params{
		"owner": l.p.Owner, "email": l.p.Email, "source": l.p.Source, "network": l.network, "proven": l.proven,
		"mailbox": address.Mailbox(l.p.Email), "hour": l.now.Add(-time.Hour).UnixMilli(), "day": l.now.Add(-oncePer).UnixMilli(),
	}
	// By idx_signups_email. Who sends a form twice is not refused the second time. Of sign-ups from other networks a limit says nothing:
	// past it the answer must not tell who has signed up.
	const lately = `owner = {:owner} AND email = {:email} AND mailed > {:day}`
	found, err := readPending(db, lately+` AND network = {:network} ORDER BY mailed DESC`, params)
	if err != nil || found != nil {
		return found, err
	}
	form, network := formHourly, networkHourly
	if !l.proven {
		form, network = formHourlyUnproven, networkHourlyUnsure
	}
	// By idx_signups_form, _network, _owner and _mailbox. Each count ends at its limit, or near it.
	var ofForm, ofNetwork, ofOwner, ofMailbox, ofMailboxAll int
	err = db.NewQuery(`SELECT
		(SELECT COUNT(*) FROM signups WHERE source = {:source} AND proven = {:proven} AND asked > {:hour}),
		(SELECT COUNT(*) FROM signups WHERE network = {:network} AND network != '' AND proven = {:proven} AND asked > {:hour}),
		(SELECT COUNT(*) FROM signups WHERE owner = {:owner} AND asked > {:day}),
		(SELECT COUNT(*) FROM signups WHERE mailbox = {:mailbox} AND mailed > {:day} AND +owner = {:owner}),
		(SELECT COUNT(*) FROM signups WHERE mailbox = {:mailbox} AND mailed > {:day})`).
		Bind(params).Row(&ofForm, &ofNetwork, &ofOwner, &ofMailbox, &ofMailboxAll)
	if err != nil {
		return nil, fmt.Errorf("count the sign-ups of form %s: %w", l.p.Source, err)
	}
	if ofForm >= form || ofNetwork >= network || ofOwner >= ownerDaily {
		return nil, ErrTooMany
	}
	found, err = readPending(db, lately+` ORDER BY mailed DESC`, params)
	if err != nil || found != nil {
		return found, err
	}
	if ofMailbox >= mailboxDaily || ofMailboxAll >= mailboxDailyAll {
		return nil, errMailboxFull
	}
	return nil, nil
}

// keep writes the sign-up, its day and the log of consents, in the transaction of db.
func (l limits) keep(db dbx.Builder, by consent.By) error {
	if err := l.p.insert(db, l.network, l.proven, l.now); err != nil {
		return err
	}
	if l.p.Form == "" {
		return nil // logged when the owner has added the address
	}
	if err := count(db, l.p.Form, requestedToday, 1, l.now); err != nil {
		return err
	}
	return consent.Add(db, l.p.entries("", consent.Requested, by)...)
}

// networkOf is the network of an address of the Internet: the 24 bits that providers of IPv4 give to many, and the 48 of IPv6
// that they give to one.
func networkOf(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	addr, bits := addr.Unmap().WithZone(""), 48
	if addr.Is4() {
		bits = 24
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return ip
	}
	return prefix.String()
}
