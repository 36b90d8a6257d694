// Package progress shows on a terminal or in a log how far a mailing is.
package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// Counts are the counters of a mailing.
type Counts struct {
	Status                         string
	Total, Left, Failed, Uncertain int // recipients; Left have no final state yet
}

// Display shows how far a mailing is.
type Display interface {
	// Show is called a few times a second. reason is what the mailing waits for, "" while it sends.
	Show(c Counts, reason string)
	// End ends the display.
	End()
}

// New is a bar on a terminal, plain lines otherwise.
func New(f *os.File) Display {
	if IsTerminal(f) && os.Getenv("TERM") != "dumb" {
		return &bar{out: f, began: time.Now()}
	}
	return &lines{out: f}
}

// IsTerminal reports whether a writer is a terminal.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Reasons writes to w what a mailing waits for, and nothing else.
func Reasons(w io.Writer) Display { return &reasons{out: w} }

type reasons struct {
	out  io.Writer
	last string
}

func (r *reasons) Show(_ Counts, reason string) {
	if reason != "" && reason != r.last {
		fmt.Fprintf(r.out, "waits: %s\n", reason)
	}
	r.last = reason
}

func (r *reasons) End() {}

// barWidth is the width of the bar in characters; the whole line fits into 80 columns.
const barWidth = 28

// bar draws one line again and again.
type bar struct {
	out   io.Writer
	began time.Time
	first int // recipients that were done when it began
	drawn bool
}

func (b *bar) Show(c Counts, reason string) {
	done := c.Total - c.Left
	if !b.drawn {
		b.drawn, b.first = true, done
	}
	share := 1.0
	if c.Total > 0 {
		share = float64(done) / float64(c.Total)
	}
	full := int(share * barWidth)
	rate := float64(done-b.first) / max(time.Since(b.began).Seconds(), 0.001)
	fmt.Fprintf(b.out, "\r\x1b[K%s%s %3.0f%%  %d/%d  %.0f/s%s",
		strings.Repeat("█", full), strings.Repeat("░", barWidth-full), 100*share, done, c.Total, rate, problems(c))
	if reason != "" {
		fmt.Fprintf(b.out, "  waits: %.40s", reason)
	}
}

func (b *bar) End() {
	if b.drawn {
		fmt.Fprintln(b.out)
	}
}

// problems are the counts that need attention.
func problems(c Counts) string {
	s := ""
	if c.Failed > 0 {
		s += fmt.Sprintf("  failed %d", c.Failed)
	}
	if c.Uncertain > 0 {
		s += fmt.Sprintf("  uncertain %d", c.Uncertain)
	}
	return s
}

// lines writes one line for every tenth of the recipients and for every reason to wait.
type lines struct {
	out    io.Writer
	begun  bool
	tenths int
	last   string
}

func (l *lines) Show(c Counts, reason string) {
	done := c.Total - c.Left
	tenths := 10
	if c.Total > 0 {
		tenths = 10 * done / c.Total
	}
	if l.begun && tenths == l.tenths && reason == l.last {
		return
	}
	fmt.Fprintf(l.out, "%s %d of %d%s", c.Status, done, c.Total, problems(c))
	if reason != "" {
		fmt.Fprintf(l.out, "  waits: %s", reason)
	}
	fmt.Fprintln(l.out)
	l.begun, l.tenths, l.last = true, tenths, reason
}

func (l *lines) End() {}
