package outbox

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Status says how the conversation about a caught mail ended.
type Status string

// The statuses of a mail.
const (
	statusAccepted   Status = "accepted"   // answered with 250
	statusRefused    Status = "refused"    // read to the end, then refused by a rule; not counted
	statusUnanswered Status = "unanswered" // taken and counted, but the sender never heard so
)

// caught is one e-mail as it arrived. It does not change.
type caught struct {
	id           string
	envelopeFrom string
	to           []string
	at           time.Time
	status       Status
	answer       string // "250 2.0.0 OK queued as …", "" when unanswered
	source       string
	headers      func() headers // parsed at the first use: catching must be fast
}

// store keeps the newest e-mails within two limits and counts all.
type store struct {
	keep      int // negative: none
	keepBytes int64

	mu         sync.Mutex
	lastID     int64
	kept       []*caught // oldest first
	keptBytes  int64
	total      int
	addresses  map[string]int
	messageIDs map[string]int
	waiters    []waiter
}

// waiter is one Wait: ready is closed when total reaches n.
type waiter struct {
	n     int
	ready chan struct{}
}

func newStore(keep int, keepBytes int64) *store {
	return &store{
		keep:      keep,
		keepBytes: keepBytes,
		// Fewer than one id a microsecond is used, so ids differ after a restart too.
		lastID:     time.Now().UnixMicro(),
		addresses:  make(map[string]int),
		messageIDs: make(map[string]int),
	}
}

// nextID is a new id, short like the queue ids of real servers.
func (s *store) nextID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastID++
	return strconv.FormatInt(s.lastID, 36)
}

// catch counts an e-mail and keeps it within the limits. source is copied.
func (s *store) catch(m *caught, source []byte) {
	id := messageID(source)
	if s.keep > 0 && int64(len(source)) <= s.keepBytes {
		m.source = string(source)
		m.headers = sync.OnceValue(func() headers { return parseHeaders(m.source) })
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	if m.headers != nil {
		s.kept = append(s.kept, m)
		s.keptBytes += int64(len(m.source))
		s.forgetOldest()
	}
	if m.status == statusRefused {
		return
	}
	s.total++
	for _, address := range m.to {
		s.addresses[address]++
	}
	if id != "" {
		s.messageIDs[id]++
	}
	s.wake()
}

// forgetOldest removes the oldest e-mails until the limits are met.
func (s *store) forgetOldest() {
	for len(s.kept) > s.keep || s.keptBytes > s.keepBytes {
		s.keptBytes -= int64(len(s.kept[0].source))
		s.kept[0] = nil // the array of the slice stays in memory for a while
		s.kept = s.kept[1:]
	}
}

// wake ends the waits for up to total e-mails.
func (s *store) wake() {
	waiting := s.waiters[:0]
	for _, w := range s.waiters {
		if s.total >= w.n {
			close(w.ready)
		} else {
			waiting = append(waiting, w)
		}
	}
	s.waiters = waiting
}

// Total is how many e-mails were accepted since the start or the last Clear, kept or not.
func (o *Outbox) Total() int {
	o.store.mu.Lock()
	defer o.store.mu.Unlock()
	return o.store.total
}

// Count is how many of them were for an address, in any case.
func (o *Outbox) Count(address string) int {
	o.store.mu.Lock()
	defer o.store.mu.Unlock()
	return o.store.addresses[strings.ToLower(address)]
}

// Counts is Count for every address that got a mail; the addresses are in lower case.
func (o *Outbox) Counts() map[string]int {
	o.store.mu.Lock()
	defer o.store.mu.Unlock()
	return maps.Clone(o.store.addresses)
}

// MessageIDs is how often each Message-ID was accepted, without its brackets. The Message-ID is a function of mailing and
// client, so a number above 1 is a client mailed twice.
func (o *Outbox) MessageIDs() map[string]int {
	o.store.mu.Lock()
	defer o.store.mu.Unlock()
	return maps.Clone(o.store.messageIDs)
}

// Clear deletes all e-mails and counts. Greylisting keeps its tries.
func (o *Outbox) Clear() {
	s := o.store
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept, s.keptBytes, s.total = nil, 0, 0
	clear(s.addresses)
	clear(s.messageIDs)
}

// Wait returns when Total has reached n, or with the error of ctx, which then says how many there were.
func (o *Outbox) Wait(ctx context.Context, n int) error {
	s := o.store
	w := waiter{n: n, ready: make(chan struct{})}
	s.mu.Lock()
	s.waiters = append(s.waiters, w)
	s.wake()
	s.mu.Unlock()

	select {
	case <-w.ready:
		return nil
	case <-ctx.Done():
		s.mu.Lock()
		defer s.mu.Unlock()
		for i := range s.waiters {
			if s.waiters[i].ready == w.ready {
				s.waiters = append(s.waiters[:i], s.waiters[i+1:]...)
				break
			}
		}
		return fmt.Errorf("outbox: %d of %d mails came: %w", s.total, n, context.Cause(ctx))
	}
}

// messageID finds the Message-ID (RFC 5322 § 3.6.4) without parsing the header, "" when there is none.
func messageID(source []byte) string {
	const name = "message-id:"
	for len(source) > 0 {
		var field []byte
		field, source, _ = bytes.Cut(source, []byte("\n"))
		if len(bytes.TrimSpace(field)) == 0 {
			return "" // the header ends here
		}
		if len(field) < len(name) || !strings.EqualFold(string(field[:len(name)]), name) {
			continue
		}
		value := bytes.TrimSpace(field[len(name):])
		if len(value) == 0 { // folded before the value
			value, _, _ = bytes.Cut(source, []byte("\n"))
		}
		return string(bytes.Trim(value, " \t\r<>"))
	}
	return ""
}
