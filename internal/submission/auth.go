package submission

import (
	"errors"
	"net"
	"net/netip"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/patrickmn/go-cache"
	"github.com/pocketbase/pocketbase/tools/routine"

	"gonets/internal/mailserver"
	"gonets/internal/token"
)

const (
	// guessed is how many sign-ins of one IP address may fail within guessedIn. What comes then is refused without a look.
	guessed   = 30
	guessedIn = 10 * time.Minute
)

// AuthMechanisms are those of RFC 4616, and LOGIN, which old programs know. Passwords are not asked for where others can read them.
func (s *session) AuthMechanisms() []string { return []string{sasl.Plain, sasl.Login} }

// Auth begins a sign-in.
func (s *session) Auth(mechanism string) (sasl.Server, error) {
	if !s.server.failed.mayTry(s.host()) {
		return nil, s.part(errGuessing)
	}
	switch mechanism {
	case sasl.Plain:
		return sasl.NewPlainServer(func(_, _, password string) error { return s.signIn(password) }), nil
	case sasl.Login:
		return &login{password: s.signIn}, nil
	}
	return nil, smtp.ErrAuthUnknownMechanism
}

// login is the server of LOGIN (draft-murchison-sasl-login): it asks for the user name, which may be any, and for the password.
type login struct {
	password func(string) error
	asked    int
}

// Next implements sasl.Server.
func (l *login) Next(response []byte) (challenge []byte, done bool, err error) {
	if l.asked == 0 && response != nil { // the user name came with the command
		l.asked = 1
	}
	l.asked++
	switch l.asked {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		return []byte("Password:"), false, nil
	}
	return nil, true, l.password(string(response))
}

// signIn checks a password, which is the secret of a token with the scope send.
func (s *session) signIn(secret string) error {
	t, _, err := token.SignIn(s.server.app, secret, time.Now())
	switch {
	case errors.Is(err, token.ErrInvalid), errors.Is(err, token.ErrAccount):
		s.server.failed.note(s.host())
		if s.failed++; s.failed >= maxFailed {
			return s.part(errGuessing)
		}
		return refusal(535, smtp.EnhancedCode{5, 7, 8}, "%s: the password is a token of the scope send, made on the profile page", err)
	case err != nil:
		s.server.log.Error("look for the token of a program", "err", err)
		return errNotNow
	case !t.Grants(token.Send):
		return refusal(535, smtp.EnhancedCode{5, 7, 8}, "The token lacks the scope send")
	}
	s.secret, s.owner = secret, t.Owner
	mailserver.Trust(s.conn)
	return nil
}

// mayGoOn looks at the token again, which may have been revoked since the program signed in.
func (s *session) mayGoOn() error {
	if s.secret == "" {
		if s.server.secure {
			if _, encrypted := s.conn.TLSConnectionState(); !encrypted {
				return errNoTLS
			}
		}
		return errNotSignedIn
	}
	t, _, err := token.SignIn(s.server.app, s.secret, time.Now())
	switch {
	case errors.Is(err, token.ErrInvalid), errors.Is(err, token.ErrAccount):
		return s.part(refusal(421, smtp.EnhancedCode{4, 7, 0}, "%s", err))
	case err != nil:
		s.server.log.Error("look for the token of a program", "err", err)
		return errNotNow
	}
	v := s.server
	routine.FireAndForget(func() { // an e-mail must not wait for the lock of this write
		if err := v.uses.Note(v.app, t.ID, time.Now()); err != nil {
			v.log.Warn("The use of a token was not noted", "token", t.ID, "error", err)
		}
	})
	return nil
}

func (s *session) host() netip.Addr {
	if tcp, ok := s.conn.Conn().RemoteAddr().(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}

// guesses counts failed sign-ins by IP address, of IPv6 by the network of one customer.
type guesses struct{ byHost *cache.Cache }

func newGuesses() *guesses { return &guesses{cache.New(guessedIn, guessedIn)} }

func (g *guesses) key(host netip.Addr) string {
	if host.Is6() {
		if network, err := host.Prefix(64); err == nil {
			return network.String()
		}
	}
	return host.String()
}

func (g *guesses) mayTry(host netip.Addr) bool {
	n, _ := g.byHost.Get(g.key(host))
	failed, _ := n.(int)
	return failed < guessed
}

func (g *guesses) note(host netip.Addr) {
	if g.byHost.Add(g.key(host), 1, cache.DefaultExpiration) != nil {
		_ = g.byHost.Increment(g.key(host), 1) // fails if it has expired just now
	}
}
