package outbox

import (
	"bytes"
	"context"
	"errors"
	"hash/fnv"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

// Return is what comes back of an e-mail after it was accepted: a bounce (RFC 3464) with the code and the words of the mail
// server that refused it, or a complaint (RFC 5965) if Code is 0.
type Return struct {
	After    time.Duration // since the e-mail was accepted
	Code     int           // 4xx or 5xx (RFC 5321 § 4.2.1), or 0
	Enhanced string        // "5.1.1" (RFC 3463)
	Text     string
}

// Returns decide what comes back from a recipient, whose address is in lower case; nil is nothing. They must be safe for
// concurrent use.
type Returns func(rcpt string) *Return

// DemoReturns are for recipients whose mail server accepts e-mails and changes its mind, by the address:
//
//	…former…@    550 5.1.1 after some seconds: the account was closed
//	…quota…@     552 5.2.2 after some seconds: the mailbox is full
//	…filter…@    554 5.7.1 after some seconds: a filter takes it for spam
//	…angry…@     a complaint, after the time that a person needs
//
// A pattern may be anywhere in the local part; the first line that matches decides.
func DemoReturns(rcpt string) *Return {
	local, host, _ := strings.Cut(rcpt, "@")
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(rcpt)) // never fails
	spread := time.Duration(sum.Sum32()%8000) * time.Millisecond
	switch {
	case strings.Contains(local, "former"):
		return &Return{3*time.Second + spread, 550, "5.1.1", "<" + rcpt + ">: User unknown; the account was closed"}
	case strings.Contains(local, "quota"):
		return &Return{3*time.Second + spread, 552, "5.2.2", "<" + rcpt + ">: Mailbox full, over quota"}
	case strings.Contains(local, "filter"):
		return &Return{3*time.Second + spread, 554, "5.7.1", "Message rejected as spam by " + host}
	case strings.Contains(local, "angry"):
		return &Return{After: 20*time.Second + spread}
	}
	return nil
}

const (
	// mostReturns is how many reports wait at most. What comes back beyond them is dropped.
	mostReturns = 1000
	// mostHeader is how many bytes of an e-mail's header a report contains.
	mostHeader = 32 << 10
	// returnAgain is the time after which a report is sent again that was refused for now, at most mostReturnTries times.
	returnAgain     = 2 * time.Second
	mostReturnTries = 10
	// returnTimeout is how long it may take to hand over one report.
	returnTimeout = 30 * time.Second
)

// pending is a report that waits for its time.
type pending struct {
	due   time.Time
	tries int
	about *returned
}

// returner sends reports to the mail server for return paths. Those that wait when it is closed are dropped.
type returner struct {
	decide Returns
	to     string
	log    *slog.Logger

	added  chan pending // has room for all that may wait, so that no e-mail waits for a report
	ctx    context.Context
	cancel context.CancelFunc
	ended  chan struct{}
}

func startReturner(decide Returns, to string, log *slog.Logger) *returner {
	r := &returner{decide: decide, to: to, log: log, added: make(chan pending, mostReturns), ended: make(chan struct{})}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	go r.run()
	return r
}

// close waits until nothing is sent any more.
func (r *returner) close() {
	r.cancel()
	<-r.ended
}

// add notes what comes back of an e-mail. An e-mail without an envelope sender, as reports have none, never comes back
// (RFC 5321 § 6.1).
func (r *returner) add(m *caught, source []byte) {
	if m.envelopeFrom == "" {
		return
	}
	for _, rcpt := range m.to {
		back := r.decide(rcpt)
		if back == nil {
			continue
		}
		header, _, _ := bytes.Cut(source, []byte("\r\n\r\n"))
		p := pending{due: m.at.Add(back.After), about: &returned{
			Return: *back, id: m.id, returnPath: m.envelopeFrom, rcpt: rcpt, at: m.at, header: string(header[:min(len(header), mostHeader)]),
		}}
		select {
		case r.added <- p:
		default:
			r.log.Warn("too many e-mails come back at once: one does not", "recipient", rcpt)
		}
	}
}

// run sends what is due, one after the other.
func (r *returner) run() {
	defer close(r.ended)
	var waiting []pending // by due, the last one first
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		if n := len(waiting); n > 0 {
			timer.Reset(time.Until(waiting[n-1].due))
		} else {
			timer.Stop()
		}
		added := r.added
		if len(waiting) >= mostReturns {
			added = nil
		}
		select {
		case <-r.ctx.Done():
			return
		case p := <-added:
			waiting = insert(waiting, p)
		case <-timer.C:
			p := waiting[len(waiting)-1]
			waiting = waiting[:len(waiting)-1]
			if again := r.send(p); again {
				p.tries++
				p.due = time.Now().Add(returnAgain)
				waiting = insert(waiting, p)
			}
		}
	}
}

func insert(waiting []pending, p pending) []pending {
	i, _ := slices.BinarySearchFunc(waiting, p, func(a, b pending) int { return b.due.Compare(a.due) })
	return slices.Insert(waiting, i, p)
}

// send hands a report over, and reports whether it is to be sent again.
func (r *returner) send(p pending) (again bool) {
	ctx, cancel := context.WithTimeout(r.ctx, returnTimeout)
	defer cancel()
	err := r.submit(ctx, p.about)
	if err == nil || r.ctx.Err() != nil {
		return false
	}
	answer := (*smtp.SMTPError)(nil)
	if (!errors.As(err, &answer) || answer.Temporary()) && p.tries+1 < mostReturnTries {
		return true
	}
	r.log.Warn("a report of the outbox was not taken", "return_path", p.about.returnPath, "err", err)
	return false
}

func (r *returner) submit(ctx context.Context, about *returned) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", r.to)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	c := smtp.NewClient(conn)
	defer func() { _ = c.Close() }()
	if err := c.Hello(domain); err != nil {
		return err
	}
	if err := c.SendMail("", []string{about.returnPath}, strings.NewReader(about.source(time.Now()))); err != nil {
		return err
	}
	_ = c.Quit() // it has been taken, however the connection ends
	return nil
}
