package delivery

import (
	"crypto/rand"
	"time"
)

// attemptIDs makes ids for attempts, 15 characters as PocketBase wants them: eight of the time in
// milliseconds, three that count, four at random. Ids that grow with time are written at the end of
// an index instead of all over it, which is twice as fast.
type attemptIDs struct {
	count  uint32
	random [4]byte
	drawn  bool
}

const base36 = "0123456789abcdefghijklmnopqrstuvwxyz"

// next returns an id that no other attempt has. The random part is of this process; within it the
// count and the time make the difference.
func (a *attemptIDs) next(now time.Time) string {
	if !a.drawn {
		var b [4]byte
		if _, err := rand.Read(b[:]); err != nil {
			panic(err) // crypto/rand never fails
		}
		for i := range b {
			a.random[i] = base36[int(b[i])%36]
		}
		a.drawn = true
	}
	var id [15]byte
	ms := uint64(now.UnixMilli())
	for i := 7; i >= 0; i-- {
		id[i] = base36[ms%36]
		ms /= 36
	}
	a.count++
	n := a.count
	for i := 10; i >= 8; i-- {
		id[i] = base36[n%36]
		n /= 36
	}
	copy(id[11:], a.random[:])
	return string(id[:])
}
