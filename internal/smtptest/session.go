package smtptest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"
)

// session is one client's connection.
type session struct {
	server  *Server
	raw, nc net.Conn
	in      *bufio.Reader
	out     []byte
	// held is true while replies wait for one that is not held.
	held   bool
	number int
	mail   int
	// bodySize is how long the last body was, a good guess at the next.
	bodySize int

	greeted, encrypted bool
	user               string
	// open is true from MAIL to the verdict or RSET.
	open bool
	now  Mail
	// named is the recipient of the last RCPT, accepted or not.
	named string
}

// errCut ends a session that a rule or the client's manners want cut.
var errCut = errors.New("cut")

// turning is the connection as the session reads from it: before the server waits, it says what it has to say.
type turning struct{ s *session }

func (t turning) Read(p []byte) (int, error) {
	if err := t.s.flush(); err != nil {
		return 0, err
	}
	return t.s.nc.Read(p)
}

func (s *session) flush() error {
	if len(s.out) == 0 || s.held {
		return nil
	}
	s.server.turns.Add(1)
	if !s.pause(s.server.script.Latency) {
		return errCut
	}
	_, err := s.nc.Write(s.out)
	s.out = s.out[:0]
	return err
}

// pause waits, and returns false when the server closed meanwhile.
func (s *session) pause(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.server.done:
		return false
	}
}

// serve talks until either side has enough.
func (s *session) serve() {
	if s.server.script.TLS == Implicit && s.encrypt() != nil {
		return
	}
	ok, err := s.act(Connect, "220 peer.test ESMTP")
	for err == nil {
		if !ok {
			break
		}
		var line string
		if line, err = s.line(); err == nil {
			err = s.command(line)
		}
	}
	if !errors.Is(err, io.EOF) {
		_ = s.flush()
	}
}

// act replies as the rules want, or as usual. done is true when the reply was positive, so that the command has
// its effect.
func (s *session) act(c Command, usual string) (done bool, err error) {
	return s.actOn(c, usual, nil)
}

func (s *session) actOn(c Command, usual string, body []byte) (done bool, err error) {
	a := s.ask(Moment{Command: c, Conn: s.number, Mail: s.mail, From: s.now.From, To: s.named, Body: body})
	if !s.pause(a.Wait) {
		return false, errCut
	}
	reply := usual
	if a.Reply != "" {
		reply = a.Reply
	}
	done = a.Raw == "" && (reply[0] == '2' || reply[0] == '3')
	s.held = a.Hold
	switch {
	case a.Raw != "":
		s.out = append(s.out, a.Raw...)
	case !a.Silent:
		s.say(reply)
	}
	switch {
	case a.CutAfter > 0:
		return false, s.reset(a.CutAfter, a.LastWords)
	case a.Stall:
		if err := s.flush(); err != nil {
			return done, err
		}
		<-s.server.done
		return done, errCut
	case a.Cut:
		return done, errCut
	}
	return done, nil
}

func (s *session) ask(m Moment) Act {
	for _, rule := range s.server.script.Rules {
		if a := rule(m); a != nil {
			return *a
		}
	}
	return Act{}
}

// say appends a reply: "250 a\nb" becomes two lines of 250.
func (s *session) say(reply string) {
	if !strings.Contains(reply, "\n") {
		s.out = append(append(s.out, reply...), "\r\n"...)
		return
	}
	lines := strings.Split(reply, "\n")
	code := reply[:min(3, len(reply))]
	for i, line := range lines {
		if i > 0 {
			line = code + " " + line
		}
		if i < len(lines)-1 && len(line) > 3 {
			line = line[:3] + "-" + line[4:]
		}
		s.out = append(append(s.out, line...), "\r\n"...)
	}
}

// reset reads n bytes and cuts the connection so that the client's next write fails.
func (s *session) reset(n int, lastWords string) error {
	if _, err := io.CopyN(io.Discard, s.in, int64(n)); err != nil {
		return err
	}
	if lastWords != "" {
		s.say(lastWords)
		if err := s.flush(); err != nil {
			return err
		}
	}
	if tcp, ok := s.raw.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	return errCut
}

// line reads one command line. Who should have waited for a reply and did not is cut off.
func (s *session) line() (string, error) {
	line, err := s.in.ReadSlice('\n')
	if err != nil {
		return "", err
	}
	if s.server.script.Lockstep && s.in.Buffered() > 0 {
		s.out = append(s.out, "421 4.7.0 pipelining without being invited\r\n"...)
		return "", errCut
	}
	text := string(bytes.TrimRight(line, "\r\n"))
	s.server.note(text)
	return text, nil
}

// body reads a message up to its final dot and takes the dots added for transport away.
func (s *session) body() ([]byte, error) {
	body := make([]byte, 0, s.bodySize)
	lineStart := true
	for {
		piece, err := s.in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
		if lineStart {
			if string(piece) == ".\r\n" {
				s.bodySize = len(body)
				return body, nil
			}
			piece = bytes.TrimPrefix(piece, []byte("."))
		}
		body = append(body, piece...)
		lineStart = bytes.HasSuffix(body, []byte("\r\n"))
	}
}

func (s *session) sizeLimit() int64 {
	if s.server.script.SizeLimit > 0 {
		return s.server.script.SizeLimit
	}
	return 10 << 20
}

func (s *session) offers() string {
	script := &s.server.script
	offers := []string{"8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", fmt.Sprintf("SIZE %d", s.sizeLimit())}
	if !script.Lockstep {
		offers = append(offers, "PIPELINING")
	}
	if script.TLS == StartTLS && !s.encrypted {
		offers = append(offers, "STARTTLS")
	}
	if len(script.Accounts) > 0 {
		offers = append(offers, "AUTH "+strings.Join(s.logins(), " "))
	}
	reply := "250 peer.test"
	for _, offer := range append(offers, script.Offers...) {
		keyword, _, _ := strings.Cut(offer, " ")
		if !contains(script.Without, keyword) {
			reply += "\n" + offer
		}
	}
	return reply
}

func contains(list []string, word string) bool {
	return slices.ContainsFunc(list, func(w string) bool { return strings.EqualFold(w, word) })
}
