package mailbox

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"gonets/internal/arrival"
)

// Pass is what became of the emails of a mailbox when it was read once.
type Pass struct {
	// Booked, Known, NotOurs and Later count the emails that were read, by what Take returned.
	Booked, Known, NotOurs, Later int
	// Deleted counts the emails that were deleted.
	Deleted int
	// TooLong counts the emails that POP3 would have to transfer whole, and that are longer than 64 MB.
	TooLong int
}

// Test logs in and opens the folder, and changes nothing. Every error is a *Trouble.
func Test(ctx context.Context, a Account) error {
	s, err := open(ctx, a)
	if err != nil {
		return err
	}
	s.end()
	return nil
}

// largestKept is the capacity up to which the memory of an email is kept for the next one.
const largestKept = 1 << 20

// taker hands emails on, one at a time, in memory that is used again.
type taker struct {
	ledger Ledger
	done   *Pass
	buf    []byte
}

// receive reads the beginning of an email. It is valid until the next call.
func (t *taker) receive(r io.Reader) ([]byte, error) {
	if cap(t.buf) > largestKept {
		t.buf = nil
	}
	t.buf = t.buf[:0]
	for len(t.buf) < arrival.MaxSize {
		if len(t.buf) == cap(t.buf) {
			t.buf = slices.Grow(t.buf, max(cap(t.buf), 16<<10))
		}
		n, err := r.Read(t.buf[len(t.buf):min(cap(t.buf), arrival.MaxSize)])
		t.buf = t.buf[:len(t.buf)+n]
		if err == io.EOF {
			return t.buf, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return t.buf, nil
}

// take hands an email on.
func (t *taker) take(ctx context.Context, key string, source []byte) (arrival.Outcome, error) {
	outcome, err := t.ledger.Take(ctx, arrival.Mail{Source: source, Key: key})
	if err != nil {
		return "", err
	}
	switch outcome {
	case arrival.Booked:
		t.done.Booked++
	case arrival.Known:
		t.done.Known++
	case arrival.NotOurs:
		t.done.NotOurs++
	case arrival.Later:
		t.done.Later++
	default:
		return "", fmt.Errorf("an unknown outcome %q", outcome)
	}
	return outcome, nil
}

// split divides the emails of a mailbox into those that were not read yet, and those that are to be deleted.
func split[M any](ctx context.Context, a Account, ledger Ledger, messages []M, key func(M) string) (unread, due []M, err error) {
	now := time.Now()
	for part := range slices.Chunk(messages, chunk) {
		keys := make([]string, len(part))
		for i, m := range part {
			keys[i] = key(m)
		}
		notes, err := ledger.Noted(ctx, keys)
		if err != nil {
			return nil, nil, a.trouble(StageBook, err)
		}
		for i, m := range part {
			switch note, known := notes[keys[i]]; {
			case !known:
				unread = append(unread, m)
			case a.isDue(note, now):
				due = append(due, m)
			}
		}
	}
	return unread, due, nil
}
