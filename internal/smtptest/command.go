package smtptest

import (
	"fmt"
	"strings"
)

// command does what one line asks for.
func (s *session) command(line string) error {
	verb, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "EHLO", "HELO":
		return s.hello(strings.ToUpper(verb))
	case "STARTTLS":
		return s.startTLS()
	case "AUTH":
		return s.login(rest)
	case "MAIL":
		return s.mailFrom(rest)
	case "RCPT":
		return s.rcptTo(rest)
	case "DATA":
		return s.data()
	case "RSET":
		if done, err := s.act(RSET, "250 2.0.0 Ok"); err != nil || !done {
			return err
		}
		s.open = false
		return nil
	case "NOOP":
		s.say("250 2.0.0 Ok")
		return nil
	case "QUIT":
		if done, err := s.act(QUIT, "221 2.0.0 Bye"); err != nil || !done {
			return err
		}
		return errCut
	}
	s.say("500 5.5.2 Error: command not recognized")
	return nil
}

func (s *session) hello(verb string) error {
	if verb == "EHLO" && s.server.script.HeloOnly {
		s.say("502 5.5.2 Error: command not recognized")
		return nil
	}
	reply := "250 peer.test"
	if verb == "EHLO" {
		reply = s.offers()
	}
	done, err := s.act(Ehlo, reply)
	s.greeted = s.greeted || done
	return err
}

// mailFrom opens a transaction. Inside one it does not, and the old one goes on, with its old sender: what Postfix
// and Exim call a nested MAIL.
func (s *session) mailFrom(rest string) error {
	path, parameters, ok := path(rest, "FROM:")
	usual := "250 2.1.0 Ok"
	switch {
	case !ok:
		usual = "501 5.5.4 Syntax: MAIL FROM:<address>"
	case !s.greeted:
		usual = "503 5.5.1 Error: send HELO/EHLO first"
	case len(s.server.script.Accounts) > 0 && s.user == "":
		usual = "530 5.7.0 Authentication required"
	case s.open:
		usual = "503 5.5.1 Error: nested MAIL command"
	case s.tooLong(parameters):
		usual = "552 5.3.4 Message size exceeds fixed limit"
	}
	s.mail++
	if !s.open {
		s.now = Mail{Conn: s.number, From: path, Parameters: parameters, User: s.user}
		s.named = ""
	}
	done, err := s.act(MAIL, usual)
	s.open = s.open || done
	return err
}

func (s *session) tooLong(parameters string) bool {
	for word := range strings.FieldsSeq(parameters) {
		var size int64
		if _, err := fmt.Sscanf(word, "SIZE=%d", &size); err == nil && size > s.sizeLimit() {
			return true
		}
	}
	return false
}

func (s *session) rcptTo(rest string) error {
	path, _, ok := path(rest, "TO:")
	usual := "250 2.1.5 Ok"
	switch {
	case !ok || path == "":
		usual = "501 5.1.3 Bad recipient address syntax"
	case !s.open:
		usual = "503 5.5.1 Error: need MAIL command"
	}
	s.named = path
	done, err := s.act(RCPT, usual)
	if done {
		s.now.To = append(s.now.To, path)
	}
	return err
}

func (s *session) data() error {
	usual := "354 End data with <CR><LF>.<CR><LF>"
	if len(s.now.To) == 0 || !s.open {
		usual = "554 5.5.1 Error: no valid recipients"
		if s.server.script.EagerData {
			usual = "354 Go on"
		}
	}
	done, err := s.act(DATA, usual)
	if err != nil || !done {
		return err
	}
	body, err := s.body()
	if err != nil {
		return err
	}
	if s.server.script.Lockstep && s.in.Buffered() > 0 {
		return errCut
	}
	usual = fmt.Sprintf("250 2.0.0 Ok: queued as %X%04X", s.number, s.mail)
	switch {
	case len(s.now.To) == 0 || !s.open:
		usual = "554 5.5.1 Error: no valid recipients"
	case int64(len(body)) > s.sizeLimit():
		usual = "552 5.3.4 Error: message file too big"
	}
	done, err = s.actOn(Body, usual, body)
	if done && s.open && len(s.now.To) > 0 {
		s.now.Body = body
		s.server.keep(s.now)
	}
	s.open = false
	s.now.To = nil
	return err
}

// path takes "FROM:<a@b> SIZE=1" apart. Only what is between angle brackets is an address, and nothing in it may be
// one.
func path(rest, keyword string) (address, parameters string, ok bool) {
	if len(rest) < len(keyword) || !strings.EqualFold(rest[:len(keyword)], keyword) {
		return "", "", false
	}
	rest, ok = strings.CutPrefix(rest[len(keyword):], "<")
	if !ok {
		return "", "", false
	}
	address, parameters, ok = strings.Cut(rest, ">")
	if !ok || strings.ContainsAny(address, "<>") || parameters != "" && parameters[0] != ' ' {
		return "", "", false
	}
	return address, strings.TrimSpace(parameters), true
}
