package e2e

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func Test17BouncesAreReadWithoutADataFolder(t *testing.T) {
	w := emptyWorld(t, 3*time.Minute)
	write := func(name, content string) string {
		path := filepath.Join(w.folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	bounced := write("bounced.eml", "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.com\nTo: bounces@news.example\nSubject: failure notice\n\n"+
		"Hi. This is the qmail-send program at mx.example.com.\n\n<ann@example.com>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"+
		"<bob@example.com>:\n198.51.100.3 does not like recipient.\nRemote host said: 552 5.2.2 over \u202equota\n")
	person := write("person.eml", "From: ann@example.com\nTo: news@news.example\nSubject: A question\n\nHello!\n")

	r := command(w.ctx, t, w.folder, "bounces", "read", bounced, filepath.Join(w.folder, "missing.eml"), person)
	r.wantCode(t, couldNot).says(t, "missing.eml")
	var got []map[string]any
	for lines := bufio.NewScanner(strings.NewReader(r.stdout)); lines.Scan(); {
		var line map[string]any
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatalf("%v: %s", err, lines.Text())
		}
		got = append(got, line)
	}
	want := []map[string]any{
		{"file": bounced, "kind": "hard", "recipient": "ann@example.com", "code": 0., "enhanced_code": "5.1.1"},
		{"file": bounced, "kind": "soft", "recipient": "bob@example.com", "code": 552., "enhanced_code": "5.2.2"},
		{"file": person, "kind": "unknown", "recipient": "", "code": 0., "enhanced_code": ""},
	}
	if len(got) != len(want) {
		t.Fatalf("%d lines, want %d:\n%s", len(got), len(want), r.stdout)
	}
	for i, line := range got {
		for field, value := range want[i] {
			if line[field] != value {
				t.Errorf("line %d: %s is %v, want %v", i+1, field, line[field], value)
			}
		}
		for _, field := range []string{"action", "diagnostic", "mailing", "client", "matched_by"} {
			if _, ok := line[field]; !ok {
				t.Errorf("line %d has no %s", i+1, field)
			}
		}
	}
	if strings.Contains(r.stdout, "\u202e") {
		t.Error("what turns the direction of a terminal's text is written as it stands")
	}
	command(w.ctx, t, w.folder, "bounces", "read").wantCode(t, couldNot)
	command(w.ctx, t, w.folder, "bounces").wantCode(t, 0)
	for _, folder := range []string{w.data, filepath.Join(w.folder, "pb_data")} {
		if _, err := os.Stat(folder); err == nil {
			t.Errorf("%s was created", folder)
		}
	}
}
