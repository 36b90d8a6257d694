// Package arrival is what the ways in of bounces (mailboxes, SMTP and LMTP) have in common: an email that came back, and
// what whoever books it says of it. The ways in know no database; they hand every email to a Take.
package arrival

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"

	"gonets/internal/bounce"
)

// MaxSize is how many bytes of an email are handed on. What is beyond them no reader of bounces looks at.
const MaxSize = bounce.MaxSize

// Outcome is what became of an email that was handed on.
type Outcome string

const (
	// Booked: what it says is in the database, and so is the note that it was read.
	Booked Outcome = "booked"
	// Known: it was booked before, perhaps from another place. Nothing was booked twice.
	Known Outcome = "known"
	// NotOurs: it is no bounce of ours. That it was read is noted, and it stays where it is.
	NotOurs Outcome = "not_ours"
	// Later: it can only be booked later. Nothing is noted, and it is to be handed on again.
	Later Outcome = "later"
)

// Mail is an email that came back.
type Mail struct {
	// Source is the email as it arrived, its first MaxSize bytes. It is valid until Take returns.
	Source []byte
	// Key identifies the email in the mailbox that it was read from, across connections: UIDVALIDITY and UID of IMAP
	// ("1700000000/42"), or what UIDL of POP3 says. It is "" if it came by SMTP or LMTP.
	Key string
	// Sender and Recipients are the envelope of an email that came by SMTP or LMTP. Sender is "" for "<>", and both are
	// empty if the email was read from a mailbox.
	Sender     string
	Recipients []string
}

// Take books an email. In the transaction that books it, it notes the Key, unless there is none, and the Hash. An
// error means that nothing was booked, and that the next email need not be tried now, for example because the
// database is locked.
type Take func(ctx context.Context, mail Mail) (Outcome, error)

// Hash identifies the email by its content, when its Key has changed: a server may number all emails of a mailbox anew.
// It does not depend on the line ends, which differ between IMAP and POP3.
func (m Mail) Hash() string {
	sum := sha256.New()
	for source := m.Source; len(source) > 0; {
		line := source
		if end := bytes.IndexByte(source, '\n'); end >= 0 {
			line = source[:end+1]
		}
		source = source[len(line):]
		line = bytes.TrimRight(line, "\r\n")
		sum.Write(line)
		sum.Write([]byte{'\n'})
	}
	return hex.EncodeToString(sum.Sum(nil))
}
