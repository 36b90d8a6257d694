package jsonlog_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gonets/internal/jsonlog"
)

type event struct {
	Time  time.Time
	Level string
	Msg   string
	Data  map[string]any
}

// events reads lines, each of which has to be one event.
func events(t *testing.T, text string) []event {
	t.Helper()
	var all []event
	for line := range strings.Lines(text) {
		var e event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		all = append(all, e)
	}
	return all
}

func TestAnEventIsOneLine(t *testing.T) {
	var out bytes.Buffer
	l := jsonlog.New(&out)
	at := time.Date(2026, 11, 27, 12, 0, 0, 5, time.FixedZone("", 3*3600))
	l.Write(at, jsonlog.LevelError, "two\nlines\x1b[2J\u202e", map[string]any{"a": 1, "text": "<b>\n"})
	l.Write(at, jsonlog.LevelInfo, "no JSON", map[string]any{"channel": make(chan int)})
	if strings.ContainsAny(out.String(), "\x1b\u202e") || !strings.Contains(out.String(), "<b>") {
		t.Errorf("%q", out.String())
	}
	got := events(t, out.String())
	if len(got) != 2 || !got[0].Time.Equal(at) || got[0].Level != "ERROR" || got[0].Msg != "two\nlines\x1b[2J\u202e" || got[0].Data["text"] != "<b>\n" {
		t.Errorf("%+v", got)
	}
	if len(got) == 2 && (got[1].Msg != "no JSON" || got[1].Data != nil) {
		t.Errorf("%+v", got[1])
	}
}

func TestLinesOfTextBecomeEvents(t *testing.T) {
	var out bytes.Buffer
	w := jsonlog.New(&out).Lines(jsonlog.LevelWarn)
	for _, part := range []string{"one\n\n  \n├─ REST", " API:  http://x/\r\n", "half", errors.New(" done").Error(), "\n", strings.Repeat("x", 70<<10)} {
		if n, err := fmt.Fprint(w, part); err != nil || n != len(part) {
			t.Errorf("%d, %v", n, err)
		}
	}
	var messages []string
	for _, e := range events(t, out.String()) {
		if e.Level != "WARN" || e.Time.IsZero() {
			t.Errorf("%+v", e)
		}
		messages = append(messages, e.Msg)
	}
	if len(messages) != 4 || messages[0] != "one" || messages[1] != "REST API:  http://x/" || messages[2] != "half done" || len(messages[3]) != 70<<10 {
		t.Errorf("%.80q", messages)
	}
}

func TestEventsOfManyDoNotMix(t *testing.T) {
	var out bytes.Buffer
	l := jsonlog.New(&out)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				l.Write(time.Now(), jsonlog.LevelInfo, strings.Repeat("m", 200), nil)
			}
		})
	}
	all.Wait()
	if n := len(events(t, out.String())); n != 800 {
		t.Errorf("%d events", n)
	}
}
