package delivery

import (
	"errors"
	"time"

	"gonets/internal/mailing"
	"gonets/internal/relay"
)

// breaker keeps a sender from hammering a mail server that is in trouble: no new connection until a
// wait has passed, then a single one to try.
type breaker struct {
	pause   time.Duration // after the first strike; it doubles with each further one
	strikes int
	until   time.Time // no new connection before
	probing bool      // one is being tried
	reason  *mailing.Reason
}

const (
	firstPause = 2 * time.Second
	// longestPause keeps the way back short: a mail server that is repaired is noticed within minutes.
	longestPause = 2 * time.Minute
)

// open is true while the server is in trouble.
func (b *breaker) open() bool { return b.strikes > 0 }

// wait is how long no new connection may be made; 0 when one may be tried.
func (b *breaker) wait(now time.Time) time.Duration {
	switch {
	case !b.open():
		return 0
	case b.probing:
		return longestPause // until the probe has told
	}
	return max(0, b.until.Sub(now))
}

// strike notes trouble and sets how long to leave the server alone. It returns false for trouble of
// connections that were begun together with one that has struck already.
func (b *breaker) strike(now time.Time, code, detail string) bool {
	if b.open() && !b.probing && now.Before(b.until) {
		return false
	}
	pause := min(b.pause<<min(b.strikes, 10), longestPause)
	b.strikes++
	b.probing = false
	b.until = now.Add(jitter(pause))
	b.reason = mailing.NewReason(code, detail, b.until)
	return true
}

// reset notes that the server works.
func (b *breaker) reset() { *b = breaker{pause: b.pause} }

// troubleCode is the code of the reason for a failed connection.
func troubleCode(err error) string {
	var t *relay.Trouble
	if !errors.As(err, &t) {
		return mailing.WaitServer
	}
	switch t.Stage {
	case relay.StageTLS:
		return mailing.WaitTLS
	case relay.StageLogin:
		return mailing.WaitLogin
	}
	if t.Answer.Code != 0 {
		return mailing.WaitRefusing
	}
	return mailing.WaitServer
}
