// Package bounce reads what mail systems send back: delivery status notifications (RFC 3464), reports of abuse (RFC
// 5965), automatic replies (RFC 3834), and the plain texts of systems that follow none of them. It says for every
// recipient what happened to the email, and what is known of the email itself. It knows no database.
package bounce

import "gonets/internal/refusal"

// Kind says what a returned email means for one recipient.
type Kind string

const (
	// Hard: the address takes no email, now or later. It must not be mailed again.
	Hard Kind = "hard"
	// Soft: this email was not delivered, another one may be.
	Soft Kind = "soft"
	// Block: it was not delivered because of who sent it or what it contains. The address may be good.
	Block Kind = "block"
	// Complaint: the recipient called the email unwanted (RFC 5965).
	Complaint Kind = "complaint"
	// Delayed: it was not delivered yet. The reporting system still tries.
	Delayed Kind = "delayed"
	// Delivered: it was delivered, relayed to a system that sends no reports, or sent on to a list.
	Delivered Kind = "delivered"
	// Reply: an automatic reply of a person's mailbox, such as an out-of-office note (RFC 3834). Never a bounce.
	Reply Kind = "reply"
	// Unknown: none of these. It may be an email of a person.
	Unknown Kind = "unknown"
)

// kindOf is the kind of an email that was not delivered.
func kindOf(c refusal.Class) Kind {
	switch c {
	case refusal.Hard:
		return Hard
	case refusal.Block:
		return Block
	}
	return Soft
}

// Report is what one returned email says.
type Report struct {
	// Recipients has one entry for each address that the report is about, at most 1 000. It is never empty: if no address
	// was found, the only entry has none.
	Recipients []Recipient
	// Original is what is known of the email that the report is about.
	Original Original
}

// Recipient is what happened to the email for one address.
type Recipient struct {
	Kind Kind
	// Address is the address that the email was sent to, as it stands in the report: Original-Recipient if there is one.
	// "" if the report names none.
	Address string
	// Final is the address that it was not delivered to (Final-Recipient, RFC 3464 § 2.3.2). It differs from Address if
	// the recipient forwards emails.
	Final string
	// Code is the reply code of RFC 5321 § 4.2, 0 if there is none.
	Code int
	// Enhanced is the status code of RFC 3463, such as "5.1.1"; "" if there is none.
	Enhanced string
	// Action is what RFC 3464 § 2.3.3 calls so: failed, delayed, delivered, relayed or expanded. It is "" for complaints,
	// for replies and for reports in plain text that do not say it.
	Action string
	// Diagnostic is what the mail system said, in one line of at most 2 000 characters.
	Diagnostic string
	// Why is the reason for a Kind of Hard, Soft or Block: that of the row of package refusal.
	Why string
}

// Original is what a report says of the email that it is about. All of it may be forged or missing.
type Original struct {
	// MessageID is its Message-ID without the angle brackets; "" if the report does not contain it.
	MessageID string
	// From is the address in its From field.
	From string
	// To has the addresses in its To, Cc and Bcc fields, at most 1 000.
	To []string
	// ReturnPaths are addresses that may be the envelope sender that the email was sent with, so the one that a token
	// in the return path is in. The likeliest is first: where the report itself was sent to (X-Original-To, Delivered-To,
	// Envelope-To, To), then the sender in the report, then the Return-Path of the original. At most 20.
	ReturnPaths []string
}

// Limits of what is read of one report, beside those of package mimepart. What is beyond them is ignored.
const (
	// MaxSize is how many bytes of an email are read.
	MaxSize = 10 << 20
	// MaxRecipients is how many recipients are returned.
	MaxRecipients = 1000
	// MaxDiagnostic is the length of a Diagnostic in characters.
	MaxDiagnostic = 2000

	maxNested      = 3         // emails within each other
	maxText        = 256 << 10 // bytes of text in which addresses and words are looked for
	maxReturnPaths = 20
)
