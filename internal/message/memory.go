package message

import (
	"gonets/internal/compose"
)

const (
	// LetterFactor is how many times the bytes of its message a content takes: templates, two outcomes of each of
	// them in plain text and in quoted-printable.
	LetterFactor = 20
	// SmallMail is the longest mail that is made without asking for memory: each connection has room for one.
	SmallMail = 64 << 10
)

// Bytes is what it takes to make one mail of a message, attachments not counted.
func Bytes(l compose.Letter) int64 {
	return SmallMail + LetterFactor*int64(len(l.Subject)+len(l.Preheader)+len(l.Body)+len(l.TextBody))
}
