package relay

import (
	"strconv"
	"strings"

	"gonets/internal/printable"
)

// Answer is a mail server's reply.
type Answer struct {
	// Stage is what the reply was to. A refusal at StageMail is about the sender, not about a recipient.
	Stage Stage
	// Code is the reply code of RFC 5321 § 4.2; 0 means that there was no reply.
	Code int
	// Enhanced is the status code of RFC 3463, such as "5.1.1"; "" when there was none.
	Enhanced string
	// Text is the rest: lines joined by \n, without the codes, control characters replaced by spaces, cut after
	// 2 KiB.
	Text string
	// NamesSender is true if the text contains the sender's address and not the recipient's.
	NamesSender bool
	// Ours is true when Gonets itself refused, for example because the mail is longer than the server announced to take.
	Ours bool
}

// Kind is what an answer means for the recipient of the mail.
type Kind string

const (
	// KindSent: the server took responsibility for the mail.
	KindSent Kind = "sent"
	// KindDeferred: temporarily refused; the same mail may be accepted later.
	KindDeferred Kind = "deferred"
	// KindRefused: permanently refused.
	KindRefused Kind = "refused"
	// KindBadAddress: the address does not exist, so nothing should be sent to it again.
	KindBadAddress Kind = "bad_address"
	// KindPolicy: permanently refused because of who sends or what is sent. A person has to solve this.
	KindPolicy Kind = "policy"
	// KindTooLong: the mail is longer than the server takes.
	KindTooLong Kind = "too_long"
	// KindOpen: no decision yet, the server waits for the body (354).
	KindOpen Kind = "open"
)

// Kind says what the answer means. If the enhanced code and the reply code disagree on whether a refusal is permanent,
// the enhanced code counts: it is chosen for the case, the reply code often by default. A 2xx always means success,
// because the server has the mail.
func (a Answer) Kind() Kind {
	switch {
	case a.Success():
		return KindSent
	case a.temporary():
		return KindDeferred
	case !a.permanent():
		return KindOpen
	}
	_, detail, _ := strings.Cut(a.Enhanced, ".")
	switch {
	case strings.HasPrefix(detail, "7."):
		return KindPolicy
	case detail == "3.4":
		return KindTooLong
	case a.Stage == StageMail:
		// X.1.1 to MAIL speaks of the sender's address, whatever RFC 3463 has the number mean.
		return KindRefused
	case detail == "1.1", detail == "1.2", detail == "1.3", detail == "1.10":
		return KindBadAddress
	}
	return KindRefused
}

// Success is true when the server accepted what it was given.
func (a Answer) Success() bool { return a.Code/100 == 2 }

// temporary is true when the same may succeed later.
func (a Answer) temporary() bool { return a.class() == 4 }

// permanent is true when trying the same again is pointless.
func (a Answer) permanent() bool { return a.class() == 5 }

// Open is true when the server waits for the body.
func (a Answer) Open() bool { return a.Code == 354 }

// class is the first digit that decides between "later" and "never".
func (a Answer) class() int {
	basic := a.Code / 100
	if basic != 4 && basic != 5 {
		return basic
	}
	switch {
	case strings.HasPrefix(a.Enhanced, "4."):
		return 4
	case strings.HasPrefix(a.Enhanced, "5."):
		return 5
	}
	return basic
}

// String gives the answer in one line, as in a mail log: "250 2.0.0 Ok: queued as 4Xk2".
func (a Answer) String() string {
	s := strconv.Itoa(a.Code)
	if a.Enhanced != "" {
		s += " " + a.Enhanced
	}
	if a.Text != "" {
		s += " " + strings.ReplaceAll(a.Text, "\n", " ")
	}
	return s
}

// ownRefusal is a refusal by Gonets itself, see Answer.Ours.
func ownRefusal(stage Stage, code int, enhanced, text string) Answer {
	return Answer{Stage: stage, Code: code, Enhanced: enhanced, Text: text, Ours: true}
}

// enhancedCode returns the length of the status code that text begins with (RFC 3463 § 2: class 2, 4 or 5,
// then two numbers of up to three digits), or 0 when it begins with none.
func enhancedCode(text string) int {
	if len(text) < 5 || (text[0] != '2' && text[0] != '4' && text[0] != '5') {
		return 0
	}
	at := 1
	for range 2 {
		if at >= len(text) || text[at] != '.' {
			return 0
		}
		at++
		digits := 0
		for at < len(text) && text[at] >= '0' && text[at] <= '9' {
			at++
			digits++
		}
		if digits < 1 || digits > 3 {
			return 0
		}
	}
	if at < len(text) && text[at] != ' ' {
		return 0
	}
	return at
}

// longestText is the maximum length of Answer.Text in characters.
const longestText = 2 << 10

// printableText makes text fit for a log, a database and a page: valid UTF-8 without control characters.
func printableText(text []byte) string {
	plain := true
	for _, b := range text {
		if b < ' ' && b != '\n' || b >= 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return string(text)
	}
	return strings.ReplaceAll(printable.Text(string(text)), "\t", " ")
}
