package relay

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Envelope is who a mail comes from and who it goes to. One recipient each: so every answer is about one person.
type Envelope struct {
	// From is where bounces go; empty is the null path <>.
	From string
	// To is the recipient.
	To string
	// Size is how many bytes the body will have; 0 leaves it open. Where the server announces a limit
	// (RFC 1870), a mail over it is refused before it is transmitted.
	Size int64
}

// longestPath is the most an address may have: 64 of local part, @ and 255 of domain (RFC 5321 § 4.5.3.1).
const longestPath = 320

// refusal is our own answer to an envelope that this server cannot take or that must never be written to a
// connection. ok is false when there is none.
func (x extensions) refusal(e Envelope) (refused Answer, ok bool) {
	switch {
	case !speakable(e.From):
		return ours(StageMail, 553, "5.1.7", fmt.Sprintf("the sender address %.80q is malformed", e.From)), true
	case e.To == "" || !speakable(e.To):
		return ours(StageRcpt, 553, "5.1.3", fmt.Sprintf("the address %.80q is malformed", e.To)), true
	case !ascii(e.From) && !x.utf8:
		return ours(StageMail, 550, "5.6.7", "the sender address is not ASCII and the mail server does not offer SMTPUTF8"), true
	case !ascii(e.To) && !x.utf8:
		return ours(StageRcpt, 550, "5.6.7", "the address is not ASCII and the mail server does not offer SMTPUTF8"), true
	case x.size > 0 && e.Size > x.size:
		return ours(StageMail, 552, "5.3.4", fmt.Sprintf("the mail has %d bytes and the mail server takes %d", e.Size, x.size)), true
	}
	return Answer{}, false
}

// speakable is true for what may stand between < and > without meaning anything to a server but an address. A
// space is left to quoted local parts.
func speakable(address string) bool {
	if len(address) > longestPath || !utf8.ValidString(address) {
		return false
	}
	quoted := strings.HasPrefix(address, `"`)
	for _, r := range address {
		if r < ' ' || r == 0x7f || r == '<' || r == '>' || r == ' ' && !quoted {
			return false
		}
	}
	return true
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// appendMail appends the MAIL command. Our mails are 7-bit, but one for a non-ASCII address has it in its
// header, so that BODY=8BITMIME goes with SMTPUTF8 (RFC 6531 § 3.6).
func (x extensions) appendMail(out []byte, e Envelope) []byte {
	out = append(out, "MAIL FROM:<"...)
	out = append(out, e.From...)
	out = append(out, '>')
	if x.size >= 0 && e.Size > 0 {
		out = fmt.Appendf(out, " SIZE=%d", e.Size)
	}
	if !ascii(e.From) || !ascii(e.To) {
		if x.eightBit {
			out = append(out, " BODY=8BITMIME"...)
		}
		out = append(out, " SMTPUTF8"...)
	}
	return append(out, "\r\n"...)
}

func appendRcpt(out []byte, e Envelope) []byte {
	out = append(out, "RCPT TO:<"...)
	out = append(out, e.To...)
	return append(out, ">\r\n"...)
}
