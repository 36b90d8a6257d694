// Package limit knows what limits sending: circuit breakers, rates, and the mails of a day of an owner and of a sender.
// One function says what keeps a mail from going out, for those who send and for the reason that is shown.
package limit

import (
	"time"

	"gonets/internal/mailing"
)

// Block is what keeps a mail from going out at the moment. The zero value is that nothing does.
type Block struct {
	// Code is that of the reason that is shown, such as mailing.WaitOwnerQuota.
	Code string
	// Until is when the mail may go out, or when to ask again.
	Until time.Time
	// OfSender is true when it keeps all mails of the sender, not those of one mailing.
	OfSender bool

	reason *mailing.Reason
}

// Blocks is true when something keeps the mail.
func (b Block) Blocks() bool { return b.Code != "" }

// Reason is the reason as it is shown.
func (b Block) Reason() *mailing.Reason {
	if b.reason != nil {
		return b.reason
	}
	return mailing.NewReason(b.Code, "", b.Until)
}

// Sender are what limits the mails of a sender.
type Sender struct {
	Server Breaker // of the mail server
	Rate   *Bucket
	Day    *Meter
}

// Mailing are what limits the mails of one mailing, beside its sender.
type Mailing struct {
	Breaker Breaker
	Quota   *Meter // of its owner
}

// BlockedBy is what keeps mails of a mailing from going out. Everything that limits sending is asked here, for those
// who send and for the reason that is shown.
//
// connected is true for a connection that is there already: it is used although others cannot be made.
func (s *Sender) BlockedBy(m *Mailing, now time.Time, connected bool) Block {
	if !connected && s.Server.Open() {
		if wait := s.Server.Wait(now); wait > 0 {
			return Block{Code: s.Server.reason.Code, Until: now.Add(wait), OfSender: true, reason: s.Server.reason}
		}
	}
	if m.Breaker.Open() {
		if wait := m.Breaker.Wait(now); wait > 0 {
			return Block{Code: m.Breaker.reason.Code, Until: now.Add(wait), reason: m.Breaker.reason}
		}
	}
	if next, ok := s.Day.open(now); !ok {
		return Block{Code: mailing.WaitSenderLimit, Until: next, OfSender: true}
	}
	if next, ok := m.Quota.open(now); !ok {
		return Block{Code: mailing.WaitOwnerQuota, Until: next}
	}
	if wait := s.Rate.Wait(now); wait > 0 {
		return Block{Code: mailing.WaitRate, Until: now.Add(wait), OfSender: true}
	}
	return Block{}
}

// Take takes one mail of the day of the sender and of the owner if nothing blocks it, else it returns what does.
// Settle ends what it began.
func (s *Sender) Take(m *Mailing, now time.Time, connected bool) Block {
	if b := s.BlockedBy(m, now, connected); b.Blocks() {
		return b
	}
	if next, ok := s.Day.take(now); !ok {
		return Block{Code: mailing.WaitSenderLimit, Until: next, OfSender: true}
	}
	if next, ok := m.Quota.take(now); !ok {
		s.Day.settle(false)
		return Block{Code: mailing.WaitOwnerQuota, Until: next}
	}
	return Block{}
}

// Settle notes whether a mail that was taken has been handed over to the mail server.
func (s *Sender) Settle(m *Mailing, handedOver bool) {
	s.Day.settle(handedOver)
	m.Quota.settle(handedOver)
}

// Refused notes that the ledger had no room in a daily limit for a mail that was taken: the count is read again.
func (s *Sender) Refused(m *Mailing, whose UsageKind, now time.Time) {
	if whose == UsageOfOwner {
		m.Quota.refused(now)
		return
	}
	s.Day.refused(now)
}
