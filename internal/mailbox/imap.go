package mailbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"

	"gonets/internal/relay"
)

// fullPass is how often all emails of a mailbox are looked at, and not only those that are new.
const fullPass = time.Hour

// folder is a session of IMAP.
type folder struct {
	account Account
	client  *imapclient.Client
	conn    *meter
	// arrived gets a value when the server has said that the number of emails has changed. It has one slot: one value says
	// all that there is to say.
	arrived chan struct{}
	release func() bool
	// validity and last are the UIDVALIDITY of the folder and the highest UID that was read. Full is when all emails are to
	// be looked at again.
	validity uint32
	last     imap.UID
	full     time.Time
}

func openIMAP(ctx context.Context, a Account, conn net.Conn, metered *meter) (session, error) {
	s := &folder{account: a, conn: metered, arrived: make(chan struct{}, 1)}
	options := &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages != nil {
				select {
				case s.arrived <- struct{}{}:
				default:
				}
			}
		},
	}}
	s.release = context.AfterFunc(ctx, func() { _ = metered.Close() })
	if err := s.begin(ctx, conn, options); err != nil {
		s.release()
		_ = metered.Close()
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, err
	}
	return s, nil
}

// begin does all that comes before the first email.
func (s *folder) begin(ctx context.Context, conn net.Conn, options *imapclient.Options) error {
	a := s.account
	client := &guarded{Conn: conn}
	if a.TLS == relay.TLSStartTLS {
		err := s.within(ctx, 1, func() (err error) {
			client, err = s.startTLS(ctx, conn)
			return err
		})
		if err != nil {
			return a.trouble(StageTLS, err)
		}
	}
	s.client = imapclient.New(client, options)
	if err := s.within(ctx, 1, s.client.WaitGreeting); err != nil {
		return a.trouble(StageGreeting, err)
	}
	if err := s.within(ctx, 1, s.login); err != nil {
		return a.trouble(StageLogin, err)
	}
	if err := s.within(ctx, 1, s.open); err != nil {
		return a.trouble(StageFolder, err)
	}
	return nil
}

// login logs in, unless the server has done so on its own (PREAUTH). PLAIN can say every password; LOGIN is for servers
// that do not know it.
func (s *folder) login() error {
	a, can := s.account, s.client.Caps()
	switch {
	case s.client.State() == imap.ConnStateAuthenticated:
		return nil
	case can.Has(imap.AuthCap(sasl.Plain)):
		return s.client.Authenticate(sasl.NewPlainClient("", a.Username, a.Password))
	case can.Has(imap.CapLoginDisabled):
		return errors.New("the server offers no login: choose another TLS mode or port for it")
	}
	return s.client.Login(a.Username, a.Password).Wait()
}

// open opens the folder. If the server has numbered its emails anew, all of them are to be looked at.
func (s *folder) open() error {
	name := s.account.Folder
	if name == "" {
		name = "INBOX"
	}
	selected, err := s.client.Select(name, nil).Wait()
	if err != nil {
		return err
	}
	if selected.UIDValidity == 0 {
		return errors.New("the server has no UIDVALIDITY, so that emails could not be recognised")
	}
	s.validity, s.last, s.full = selected.UIDValidity, 0, time.Time{}
	return nil
}

// within is for everything that waits for the server: if it takes longer than so many timeouts, or ctx ends, the
// connection is closed. The IMAP client has no limits of its own.
func (s *folder) within(ctx context.Context, timeouts time.Duration, do func() error) error {
	limit := timeouts * s.account.timeout()
	late := fmt.Errorf("the server did not answer within %s", limit)
	limited, cancel := context.WithTimeoutCause(ctx, limit, late)
	defer cancel()
	defer context.AfterFunc(limited, func() { _ = s.conn.Close() })()
	if err := do(); err != nil {
		if limited.Err() != nil {
			return context.Cause(limited)
		}
		return err
	}
	return nil
}

func (s *folder) key(uid imap.UID) string {
	return strconv.FormatUint(uint64(s.validity), 10) + "/" + strconv.FormatUint(uint64(uid), 10)
}

// wait waits for the server to announce an email, by IDLE if it knows it. Otherwise it only waits.
func (s *folder) wait(ctx context.Context, wake <-chan struct{}, longest time.Duration) error {
	timer := time.NewTimer(longest)
	defer timer.Stop()
	s.conn.allow(maxTalk)
	var idle *imapclient.IdleCommand
	if s.client.Caps().Has(imap.CapIdle) {
		err := s.within(ctx, 1, func() (err error) {
			idle, err = s.client.Idle()
			return err
		})
		if err != nil {
			return s.account.trouble(StageRead, err)
		}
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
	case <-wake:
	case <-s.arrived:
	case <-s.client.Closed():
		return s.account.trouble(StageRead, errors.New("the server closed the connection"))
	}
	err := s.within(ctx, 1, func() error {
		if idle == nil {
			return s.client.Noop().Wait() // some servers look for new emails then only
		}
		if err := idle.Close(); err != nil {
			return err
		}
		return idle.Wait()
	})
	if err != nil {
		return s.account.trouble(StageRead, err)
	}
	return nil
}

// end says goodbye, if the server listens.
func (s *folder) end() {
	defer s.release()
	ctx, cancel := context.WithTimeout(context.Background(), goodbye)
	defer cancel()
	_ = s.within(ctx, 1, func() error { return s.client.Logout().Wait() })
	_ = s.client.Close()
}

// goodbye is how long the server may take for the end of a session. Nothing depends on it.
const goodbye = 2 * time.Second
