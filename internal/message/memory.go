package message

import (
	"gonets/internal/compose"
)

const (
	// MemoryFactor is how many times the bytes of its message a content takes: templates, two outcomes of each of
	// them in plain text and in quoted-printable.
	MemoryFactor = 20
	// SmallMail is the longest mail that is made without asking for memory: each connection has room for one.
	SmallMail = 64 << 10
)

// Bytes is what it takes to make one mail of a message, attachments not counted.
func Bytes(l compose.Message) int64 {
	return SmallMail + MemoryFactor*int64(len(l.Subject)+len(l.Preheader)+len(l.Body)+len(l.TextBody))
}
