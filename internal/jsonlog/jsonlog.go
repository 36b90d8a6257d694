// Package jsonlog writes events as lines of JSON, for programs that collect logs.
package jsonlog

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"time"

	"gonets/internal/printable"
)

// Levels of events, as log/slog writes them.
const (
	LevelDebug = "DEBUG"
	LevelInfo  = "INFO"
	LevelWarn  = "WARN"
	LevelError = "ERROR"
)

// event is one line.
type event struct {
	Time    string         `json:"time"` // RFC 3339 in UTC
	Level   string         `json:"level"`
	Message string         `json:"msg"`
	Data    map[string]any `json:"data,omitempty"`
}

// Log writes events, each as one line in one piece.
type Log struct {
	mu sync.Mutex
	to io.Writer
}

// New makes a log that writes to a writer.
func New(to io.Writer) *Log { return &Log{to: to} }

// Write writes an event. Data whose values have no JSON is left out.
func (l *Log) Write(at time.Time, level, message string, data map[string]any) {
	e := event{at.UTC().Format(time.RFC3339Nano), level, message, data}
	line, err := printable.JSON(e, "")
	if err != nil {
		e.Data = nil
		if line, err = printable.JSON(e, ""); err != nil {
			return // three texts always encode
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = io.WriteString(l.to, line) // there is no other place to report it
}

// longestLine is how long a line of text becomes before it is written without its end.
const longestLine = 64 << 10

// Lines makes a writer whose lines of text become events of this level. Empty lines are left out, and so is what only frames a
// line: spaces, and the branches of a drawn tree.
func (l *Log) Lines(level string) io.Writer { return &lines{log: l, level: level} }

type lines struct {
	log   *Log
	level string

	mu   sync.Mutex
	rest []byte // a line whose end is to come
}

// Write implements io.Writer.
func (w *lines) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rest = append(w.rest, p...)
	for {
		line, rest, ended := bytes.Cut(w.rest, []byte{'\n'})
		if !ended && len(line) < longestLine {
			return len(p), nil
		}
		if text := strings.Trim(string(line), " \t\r├└─"); text != "" {
			w.log.Write(time.Now(), w.level, text, nil)
		}
		w.rest = rest
	}
}
