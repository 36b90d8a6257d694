package relay

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Envelope is the sender and the recipient of a mail. It has one recipient, so that every answer is about one person.
type Envelope struct {
	// From is the address for bounces; empty is the null path <>.
	From string
	// To is the recipient.
	To string
	// Size is the length of the body in bytes; 0 = unknown. If the server announces a limit (RFC 1870), a longer mail is
	// refused before it is transmitted.
	Size int64
	// EightBit is true if the body has bytes above 127 (RFC 6152).
	EightBit bool
}

// longestPath is the maximum length of an address in bytes: 64 of local part, @ and 255 of domain (RFC 5321 § 4.5.3.1).
const longestPath = 320

// refusal is our own answer to an envelope that this server cannot accept or that must never be written to a
// connection. ok is false when there is none.
func (x extensions) refusal(e Envelope) (refused Answer, ok bool) {
	switch {
	case !isSafePath(e.From):
		return ownRefusal(StageMail, 553, "5.1.7", fmt.Sprintf("the sender address %.80q is malformed", e.From)), true
	case e.To == "" || !isSafePath(e.To):
		return ownRefusal(StageRcpt, 553, "5.1.3", fmt.Sprintf("the address %.80q is malformed", e.To)), true
	case !isASCII(e.From) && !x.utf8:
		return ownRefusal(StageMail, 550, notASCII, "the sender address is not ASCII and the mail server does not offer SMTPUTF8"), true
	case !isASCII(e.To) && !x.utf8:
		return ownRefusal(StageRcpt, 550, notASCII, "the address is not ASCII and the mail server does not offer SMTPUTF8"), true
	case x.size > 0 && e.Size > x.size:
		return ownRefusal(StageMail, 552, "5.3.4", fmt.Sprintf("the mail has %d bytes and the mail server takes %d", e.Size, x.size)), true
	}
	return Answer{}, false
}

// notASCII is the enhanced code of an address that needs SMTPUTF8 (RFC 6531 § 3.5).
const notASCII = "5.6.7"

// NeedsUTF8 is true for our own refusal of a recipient whose address this server cannot take, because it does not offer SMTPUTF8.
func (a Answer) NeedsUTF8() bool { return a.Ours && a.Stage == StageRcpt && a.Enhanced == notASCII }

// isSafePath is true for an address that can be written between < and > without being taken for anything else. A space
// is allowed in a quoted local part only.
func isSafePath(address string) bool {
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

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// appendMail appends the MAIL command. A mail of ours is 7-bit, except that a non-ASCII address is in the header too, so
// BODY=8BITMIME is sent with SMTPUTF8 (RFC 6531 § 3.6). An 8-bit one is sent as it is to a server without 8BITMIME too, as Exim
// does: to encode it anew would break the signatures that it has.
func (x extensions) appendMail(out []byte, e Envelope) []byte {
	out = append(out, "MAIL FROM:<"...)
	out = append(out, e.From...)
	out = append(out, '>')
	if x.size >= 0 && e.Size > 0 {
		out = fmt.Appendf(out, " SIZE=%d", e.Size)
	}
	utf8 := !isASCII(e.From) || !isASCII(e.To)
	if x.eightBit && (utf8 || e.EightBit) {
		out = append(out, " BODY=8BITMIME"...)
	}
	if utf8 {
		out = append(out, " SMTPUTF8"...)
	}
	return append(out, "\r\n"...)
}

func appendRcpt(out []byte, e Envelope) []byte {
	out = append(out, "RCPT TO:<"...)
	out = append(out, e.To...)
	return append(out, ">\r\n"...)
}
