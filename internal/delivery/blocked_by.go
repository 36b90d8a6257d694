package delivery

import (
	"fmt"
	"os"
	"path/filepath"
)

// blockedBy is what keeps a process from sending: an error, or without one another process that has the
// lock.
type blockedBy struct{ err error }

// BlockedBy says what keeps this process from sending although it was started, in English; "" when
// nothing does. That another process has the engine is as it should be while that one sends: whoever
// follows a mailing says so when it does not get on.
func (e *Engine) BlockedBy() string {
	if r := e.unwritable.Load(); r != nil {
		return "the books cannot be written: " + r.Detail
	}
	switch h := e.blocked.Load(); {
	case h == nil:
		return ""
	case h.err != nil:
		return h.err.Error()
	}
	return holder(e.app.DataDir())
}

// sign writes into the lock file which process holds it, and the one mailing that it sends, if it is only
// one. It is for people: a file that cannot be written keeps nobody from sending.
func (l *lock) sign(only string) {
	_ = os.WriteFile(l.file.Path(), fmt.Appendf(nil, "%d %s\n", os.Getpid(), only), 0o644)
}

// holder says who has the lock, by what it has written into it.
func holder(dataDir string) string {
	raw, _ := os.ReadFile(filepath.Join(dataDir, lockFile)) // one that cannot be read says as little as an empty one
	var (
		pid  int
		only string
	)
	switch n, _ := fmt.Sscan(string(raw), &pid, &only); n {
	case 0:
		return "another process has the engine of this data folder"
	case 1:
		return fmt.Sprintf("process %d has the engine of this data folder, and does not send at the moment", pid)
	}
	return fmt.Sprintf("process %d has the engine of this data folder, and sends mailing %s first", pid, only)
}
