package relay

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// mostSteps is the maximum number of replies in a login. LOGIN, the longest supported mechanism, has two challenges.
const mostSteps = 4

// Causes of a login that was not tried.
var (
	ErrUnencrypted = errors.New("the password would travel unencrypted: " +
		"set TLS to starttls or implicit for this mail server")
	ErrNoLogin = errors.New("the server offers no login: leave the username empty, or choose another TLS mode or port")
)

var errEndlessLogin = errors.New("the server asks for more and more")

// login authenticates, if the server needs a username (RFC 4954).
//
// PLAIN and LOGIN send the password and are used only over TLS or to a loopback address. CRAM-MD5 does not send it and is
// the only choice otherwise. A refused login is not repeated with another mechanism, because servers lock an account
// after a few failures.
func (c *Conn) login() *ServerError {
	if c.server.Username == "" {
		return nil
	}
	trouble := c.authenticate()
	if trouble != nil {
		c.redact(trouble)
	}
	return trouble
}

func (c *Conn) authenticate() *ServerError {
	auth, err := c.mechanism()
	if err != nil {
		return &ServerError{Stage: StageLogin, Err: err}
	}
	name, response, err := auth.Start(&smtp.ServerInfo{Name: c.server.Host, TLS: c.encrypted, Auth: c.can.logins})
	if err != nil {
		return &ServerError{Stage: StageLogin, Err: err}
	}
	line := "AUTH " + name
	if response != nil {
		line += " " + base64.StdEncoding.EncodeToString(response)
	}
	for range mostSteps {
		r, err := c.ask(line)
		switch {
		case err != nil:
			return &ServerError{Stage: StageLogin, Err: err}
		case r.isSuccess():
			return nil
		case r.code != 334:
			return &ServerError{Stage: StageLogin, Answer: r.answer(StageLogin)}
		}
		challenge, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(r.text)))
		if err != nil {
			return &ServerError{Stage: StageLogin, Err: fmt.Errorf("a challenge that is not base64: %w", err)}
		}
		response, err = auth.Next(challenge, true)
		if err != nil {
			return &ServerError{Stage: StageLogin, Err: err}
		}
		line = base64.StdEncoding.EncodeToString(response)
	}
	return &ServerError{Stage: StageLogin, Err: errEndlessLogin}
}

// mechanism chooses one of the mechanisms that the server offers.
func (c *Conn) mechanism() (smtp.Auth, error) {
	s, offers := c.server, func(name string) bool { return slices.Contains(c.can.logins, name) }
	private := c.encrypted || c.loopback
	switch {
	case len(c.can.logins) == 0:
		return nil, ErrNoLogin
	// The last argument lets go-mail send a password in clear: it does not know that the address is a loopback one.
	case private && offers("PLAIN"):
		return smtp.PlainAuth("", s.Username, s.Password, s.Host, true), nil
	case private && offers("LOGIN"):
		return smtp.LoginAuth(s.Username, s.Password, s.Host, true), nil
	case offers("CRAM-MD5"):
		return smtp.CRAMMD5Auth(s.Username, s.Password), nil
	case !private && (offers("PLAIN") || offers("LOGIN")):
		return nil, ErrUnencrypted
	}
	return nil, fmt.Errorf("none of the server's ways to log in is ours (PLAIN, LOGIN, CRAM-MD5): it has %s",
		strings.Join(c.can.logins, ", "))
}

// redact removes our secrets from an error: some servers repeat what they received.
func (c *Conn) redact(t *ServerError) {
	encode := base64.StdEncoding.EncodeToString
	password := c.server.Password
	if password == "" {
		return // Replacer finds an empty text everywhere
	}
	hide := strings.NewReplacer(
		encode([]byte("\x00"+c.server.Username+"\x00"+password)), "…",
		encode([]byte(password)), "…",
		password, "…",
	)
	t.Answer.Text = hide.Replace(t.Answer.Text)
	if t.Err == nil {
		return
	}
	var wrong protocolError
	if errors.As(t.Err, &wrong) {
		// It quotes the beginning of a line, which may be the beginning of a secret.
		t.Err = protocolError{"something else than a reply to AUTH"}
	} else if said := t.Err.Error(); hide.Replace(said) != said {
		t.Err = errors.New(hide.Replace(said))
	}
}
