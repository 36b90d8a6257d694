package mailbox

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"gonets/internal/arrival"
	"gonets/internal/pop3"
	"gonets/internal/relay"
)

// mostPerSession is how many emails are read by POP3 before the server is to delete those that are to be deleted: it does
// so at the end of a session only.
const mostPerSession = 2000

// inbox is a session of POP3.
type inbox struct {
	account Account
	client  *pop3.Client
	conn    *meter
	ended   bool
}

func openPOP3(ctx context.Context, a Account, conn net.Conn, metered *meter) (session, error) {
	client, err := pop3.New(ctx, conn, a.timeout())
	if err != nil {
		return nil, a.trouble(StageGreeting, err)
	}
	if a.TLS == relay.TLSStartTLS {
		if err := client.StartTLS(a.tlsConfig()); err != nil {
			_ = client.Close()
			return nil, a.trouble(StageTLS, err)
		}
	}
	if err := client.Login(a.Username, a.Password); err != nil {
		_ = client.Close()
		return nil, a.trouble(StageLogin, err)
	}
	return &inbox{account: a, client: client, conn: metered}, nil
}

func (s *inbox) pass(ctx context.Context, ledger Ledger, done *Pass) error {
	for {
		more, err := s.part(ctx, ledger, done)
		if err != nil || !more {
			return err
		}
		next, err := open(ctx, s.account)
		if err != nil {
			return err
		}
		*s = *next.(*inbox)
	}
}

// part reads as many emails as are read in one session, and ends it, so that what is to be deleted is deleted.
func (s *inbox) part(ctx context.Context, ledger Ledger, done *Pass) (more bool, err error) {
	a := s.account
	s.conn.allow(maxList)
	messages, err := s.client.List()
	if err != nil {
		return false, a.trouble(StageRead, err)
	}
	unread, due, err := split(ctx, a, ledger, messages, func(m pop3.Message) string { return m.UID })
	if err != nil {
		return false, err
	}
	deleted := 0
	remove := func(m pop3.Message) error {
		if err := s.client.Delete(m.Number); err != nil {
			return a.trouble(StageRead, err)
		}
		deleted++
		return nil
	}
	s.conn.allow(maxList)
	for _, m := range due {
		if err := remove(m); err != nil {
			return false, err
		}
	}
	t := taker{ledger: ledger, done: done}
	var (
		failed error // of the ledger: it must not keep what is booked from being deleted
		read   int
		later  bool
	)
	done.TooLong = 0
	for _, m := range unread {
		if m.Size > maxPOP3Size {
			done.TooLong++
			continue
		}
		if more = read == mostPerSession; more {
			break
		}
		outcome, err := s.read(ctx, &t, m)
		if trouble := (*Trouble)(nil); errors.As(err, &trouble) && trouble.Stage == StageBook {
			failed = err
			break
		} else if err != nil {
			return false, err
		}
		read++
		later = later || outcome == arrival.Later
		if now := time.Now(); a.isDue(Note{outcome, now}, now) {
			if err := remove(m); err != nil {
				return false, err
			}
		}
	}
	s.ended = true
	s.conn.allow(maxTalk)
	if err := s.client.Quit(); err != nil {
		return false, errors.Join(failed, a.trouble(StageRead, err))
	}
	done.Deleted += deleted
	// Emails that are to be booked later would be handed on again at once.
	return more && !later, failed
}

// read reads one email and hands it on.
func (s *inbox) read(ctx context.Context, t *taker, m pop3.Message) (arrival.Outcome, error) {
	s.conn.allow(maxPOP3Size + maxTalk) // it may be longer than the server said
	text, err := s.client.Retrieve(m.Number)
	if err != nil {
		return "", s.account.trouble(StageRead, err)
	}
	source, err := t.receive(text)
	if err == nil {
		_, err = io.Copy(io.Discard, text) // what is longer than we read
	}
	if err != nil {
		return "", s.account.trouble(StageRead, err)
	}
	outcome, err := t.take(ctx, m.UID, source)
	if err != nil {
		return "", s.account.trouble(StageBook, err)
	}
	return outcome, nil
}

func (s *inbox) wait(context.Context, <-chan struct{}, time.Duration) error { return errNoWait }

func (s *inbox) end() {
	if !s.ended {
		_ = s.client.Close()
	}
}
