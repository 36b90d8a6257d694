package outbox

import (
	"strings"
	"sync"
)

// Rules decide about one recipient: nil accepts it. from and rcpt are the envelope's addresses,
// rcpt in lower case; try is 1 when this sender names this recipient for the first time, then 2, 3, ….
// They must be safe for concurrent use.
type Rules func(from, rcpt string, try int) *Reply

// Stage is the moment of a conversation at which a Reply is given.
type Stage int

const (
	// AtRecipient answers RCPT, where most servers refuse.
	AtRecipient Stage = iota
	// AtEnd answers the dot that ends the mail, where content filters and some full mailboxes refuse.
	// An envelope has one such answer: that of its first recipient whose Reply is AtEnd.
	AtEnd
)

// Reply is how a recipient is refused. Code 0 closes the connection without an answer; AtEnd the e-mail was received by then,
// so the sender is uncertain about it.
type Reply struct {
	Stage    Stage
	Code     int    // 4xx or 5xx (RFC 5321 § 4.2.1), or 0
	Enhanced string // "5.1.1" (RFC 3463)
	Text     string
}

// DemoRules answer like mail servers of the internet, by the address:
//
//	anyone@nosuch.example             550 5.1.2 the domain does not exist
//	bounce.…@, …nosuch…@              550 5.1.1 no such user
//	…full…@                           552 5.2.2 the mailbox is full
//	…grey…@                           451 4.7.1 on the first try, then accepted
//	…policy…@                         550 5.7.1 at the end of the mail: the content is not wanted
//	…uncertain…@                      the e-mail is accepted, and the connection breaks before the answer
//
// A pattern may be anywhere in the local part; the first line that matches decides. Other domains than nosuch.example do not
// matter.
func DemoRules(_, rcpt string, try int) *Reply {
	local, host, _ := strings.Cut(rcpt, "@")
	switch {
	case host == "nosuch.example":
		return &Reply{Code: 550, Enhanced: "5.1.2", Text: "Host or domain name not found: " + host}
	case strings.Contains(local, "bounce"), strings.Contains(local, "nosuch"):
		return &Reply{Code: 550, Enhanced: "5.1.1", Text: "<" + rcpt + ">: No such user here"}
	case strings.Contains(local, "full"):
		return &Reply{Code: 552, Enhanced: "5.2.2", Text: "<" + rcpt + ">: Mailbox full"}
	case strings.Contains(local, "grey") && try == 1:
		return &Reply{Code: 451, Enhanced: "4.7.1", Text: "<" + rcpt + ">: Greylisted, please try again in a few minutes"}
	case strings.Contains(local, "policy"):
		return &Reply{Stage: AtEnd, Code: 550, Enhanced: "5.7.1", Text: "Message rejected: content not wanted here"}
	case strings.Contains(local, "uncertain"):
		return &Reply{Stage: AtEnd}
	}
	return nil
}

// tries counts how often a sender has named a recipient, for greylisting.
type tries struct {
	mu    sync.Mutex
	count map[[2]string]int
}

// next counts one more try and returns its number, from 1.
func (t *tries) next(from, rcpt string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.count == nil {
		t.count = make(map[[2]string]int)
	}
	pair := [2]string{from, rcpt}
	t.count[pair]++
	return t.count[pair]
}
