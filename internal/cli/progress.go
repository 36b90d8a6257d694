package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// progress shows how far a mailing is.
type progress interface {
	// show is called a few times a second; waits says what the mailing waits for, "" when it gets on.
	show(m *mailingLine, waits string)
	end()
}

// newProgress is a bar on a terminal, plain lines otherwise.
func newProgress(f *os.File) progress {
	if isTerminal(f) && os.Getenv("TERM") != "dumb" {
		return &bar{out: f, began: time.Now()}
	}
	return &lines{out: f}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// waits writes nothing but what a mailing waits for: the answer is for a program, but whoever wonders why
// there is none finds out.
type waits struct {
	out  io.Writer
	said string
}

func (w *waits) show(_ *mailingLine, why string) {
	if why != "" && why != w.said {
		fmt.Fprintf(w.out, "waits: %s\n", why)
	}
	w.said = why
}

func (w *waits) end() {}

// barWidth is how many characters the bar itself has; the whole line fits 80 columns.
const barWidth = 28

// bar draws one line over and over.
type bar struct {
	out   io.Writer
	began time.Time
	first int // how many were done when it began
	drawn bool
}

func (b *bar) show(m *mailingLine, why string) {
	done := m.Total - m.left()
	if !b.drawn {
		b.drawn, b.first = true, done
	}
	share := 1.0
	if m.Total > 0 {
		share = float64(done) / float64(m.Total)
	}
	full := int(share * barWidth)
	rate := float64(done-b.first) / max(time.Since(b.began).Seconds(), 0.001)
	fmt.Fprintf(b.out, "\r\x1b[K%s%s %3.0f%%  %d/%d  %.0f/s%s",
		strings.Repeat("█", full), strings.Repeat("░", barWidth-full), 100*share, done, m.Total, rate, troubles(m))
	if why != "" {
		fmt.Fprintf(b.out, "  waits: %.40s", why)
	}
}

func (b *bar) end() {
	if b.drawn {
		fmt.Fprintln(b.out)
	}
}

// troubles are the counts that ask for attention.
func troubles(m *mailingLine) string {
	s := ""
	if m.Failed > 0 {
		s += fmt.Sprintf("  failed %d", m.Failed)
	}
	if m.Uncertain > 0 {
		s += fmt.Sprintf("  uncertain %d", m.Uncertain)
	}
	return s
}

// lines writes a line for every tenth of the way and for every reason to wait: a log, not a film.
type lines struct {
	out    io.Writer
	begun  bool
	tenths int
	reason string
}

func (l *lines) show(m *mailingLine, why string) {
	done := m.Total - m.left()
	tenths := 10
	if m.Total > 0 {
		tenths = 10 * done / m.Total
	}
	if l.begun && tenths == l.tenths && why == l.reason {
		return
	}
	fmt.Fprintf(l.out, "%s %d of %d%s", m.Status, done, m.Total, troubles(m))
	if why != "" {
		fmt.Fprintf(l.out, "  waits: %s", why)
	}
	fmt.Fprintln(l.out)
	l.begun, l.tenths, l.reason = true, tenths, why
}

func (l *lines) end() {}
