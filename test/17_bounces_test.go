package e2e

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
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

func Test17BouncesTakeEffectBesideARunningServe(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, 3, numbered)
	sender := w.root.post("/api/collections/senders/records", object{
		"name": "News", "from_email": "news@gonets.example", "host": "127.0.0.1", "port": w.outbox.Port(), "tls": "none", "access": "everyone",
		"return_path": "bounces@gonets.example", "return_path_style": "minus",
	}).want(200).id()
	id := owner.mailing(owner.message(nil), object{"sender": sender})
	w.command("send", id).wantCode(t, allSent)
	from := w.mails(numbered(1), 1).EnvelopeFrom
	if !strings.HasPrefix(from, "bounces-") {
		t.Fatalf("the envelope sender is %s", from)
	}
	file := filepath.Join(w.folder, "bounced.eml")
	if err := os.WriteFile(file, []byte("Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.com\nTo: "+from+"\nSubject: failure notice\n\n"+
		"Hi. This is the qmail-send program at mx.example.com.\n\n<"+numbered(1)+">:\nSorry, no mailbox here by that name. (#5.1.1)\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	for n, matched := range []string{"token", ""} { // the second time it was read before
		r := w.command("bounces", "read", "--apply", file).wantCode(t, 0)
		var line map[string]any
		r.json(t, &line)
		if line["matched_by"] != matched || n == 0 && (line["mailing"] != id || line["client"] == "") {
			t.Errorf("%v", line)
		}
	}
	b := w.balancedBooks(id)
	if b.mailing.Bounced != 1 || b.mailing.Sent != 2 || b.recipients[numbered(1)].State != "bounced" || b.recipients[numbered(1)].Enhanced != "5.1.1" {
		t.Errorf("%+v, %+v", b.mailing, b.recipients[numbered(1)])
	}
	if status, _ := owner.standing(numbered(1)); status != "bounced" {
		t.Errorf("the client is %s", status)
	}
	if r := w.command("status", id).wantCode(t, 0); !strings.Contains(r.stdout, "bounced    1\n") {
		t.Error(r.stdout)
	}
	command(w.ctx, t, w.folder, "bounces", "read", "--apply", "--dir", filepath.Join(w.folder, "none"), file).wantCode(t, couldNot).says(t, "no data folder")
}
