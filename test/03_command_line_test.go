package e2e

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// The exit codes of `gonets send` (docs/cli.md).
const (
	allSent    = 0
	couldNot   = 1
	someFailed = 3
	stopped    = 4
)

// json decodes what a command wrote to stdout, which must be JSON and nothing else.
func (r result) json(t *testing.T, target any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.stdout), target); err != nil {
		t.Fatalf("stdout is not JSON: %v\n%s", err, r.stdout)
	}
}

// says fails the test unless the command has a word for people on stderr that contains this.
func (r result) says(t *testing.T, words string) result {
	t.Helper()
	if !strings.Contains(strings.ToLower(r.stderr), strings.ToLower(words)) {
		t.Errorf("stderr does not speak of %q:\n%s", words, r.stderr)
	}
	return r
}

// serving are the two ways in which a command may find the service.
var serving = []struct {
	name   string
	beside bool // a running serve
}{{"beside a running serve", true}, {"alone", false}}

func Test03SendFromTheCommandLine(t *testing.T) {
	t.Parallel()
	for _, way := range serving {
		t.Run(way.name, func(t *testing.T) {
			w := newWorld(t, 3*time.Minute, outbox.Options{Rules: outbox.DemoRules})
			owner := w.user("owner@gonets.example", "owner")
			w.addClients(owner, 40, numbered)
			message := owner.message(nil)
			fine := owner.mailing(message, object{"filter": `email !~ "bounce"`})
			again := owner.mailing(message, object{"filter": `email !~ "bounce"`})
			owner.post("/api/collections/clients/records", object{"email": "bounce.ann@example.org"}).want(200)
			failing := owner.mailing(message, nil)
			if !way.beside {
				w.server.stop()
			}

			dry := w.command("send", fine, "--dry-run").wantCode(t, allSent)
			if !strings.Contains(dry.stdout, "40") {
				t.Errorf("the dry run does not say how many it would be: %s", dry.stdout)
			}
			if n := w.outbox.Total(); n != 0 {
				t.Fatalf("a dry run sent %d mails", n)
			}

			plain := w.command("send", fine).wantCode(t, allSent)
			if !strings.Contains(plain.stdout, "40 of 40") || strings.Contains(plain.stdout+plain.stderr, "\x1b") {
				t.Errorf("the result is %q, the progress %q", plain.stdout, plain.stderr)
			}
			w.command("send", fine).wantCode(t, couldNot).says(t, "completed")

			var m mailing
			w.command("send", again, "--json").wantCode(t, allSent).json(t, &m)
			if m.ID != again || m.Status != "completed" || m.Sent != 40 || m.Total != 40 {
				t.Errorf("as JSON the mailing is %+v", m)
			}
			w.command("send", failing).wantCode(t, someFailed)
			w.command("status", failing, "--json").wantCode(t, allSent).json(t, &m)
			if m.Status != "completed" || m.Sent != 40 || m.Failed != 1 {
				t.Errorf("the status is %+v", m)
			}

			if !way.beside {
				w.serve()
			}
			report := w.command("report", failing).wantCode(t, allSent).stdout
			b := books{mailing: owner.read(failing), recipients: owner.recipients(failing)}
			checkReport(t, report, &b)
			list := w.command("mailings").wantCode(t, allSent).stdout
			for _, id := range []string{fine, again, failing} {
				if !strings.Contains(list, id) {
					t.Errorf("the list does not have %s:\n%s", id, list)
				}
			}
			for address, n := range w.outbox.Counts() {
				if n != 3 {
					t.Errorf("%s got %d mails, want one of each of three mailings", address, n)
				}
			}
		})
	}
}

func Test03CtrlCPausesAMailing(t *testing.T) {
	t.Parallel()
	for _, way := range serving {
		t.Run(way.name, func(t *testing.T) {
			const total = 300
			w := newWorld(t, 3*time.Minute, outbox.Options{Latency: slowly, Keep: -1})
			owner := w.user("owner@gonets.example", "owner")
			w.addClients(owner, total, numbered)
			id := owner.mailing(owner.message(nil), nil)
			if !way.beside {
				w.server.stop()
			}

			sending := w.background("send", id)
			w.mustCome(20)
			w.mustStopSoon(func() {
				sending.signal(syscall.SIGINT)
				if code := sending.wait(); code != stopped {
					t.Errorf("after Ctrl-C the exit code is %d, want %d\n%s", code, stopped, sending.stderr.String())
				}
			})
			if !way.beside {
				w.serve()
			}
			if m := owner.read(id); m.Status != "paused" || m.Uncertain != 0 {
				t.Errorf("after Ctrl-C the mailing is %+v", m)
			}
			w.restingBooks(id)

			// Sent again it goes on where it was.
			w.command("send", id).wantCode(t, allSent)
			if b := w.balancedBooks(id); b.states["sent"] != total {
				t.Errorf("in the end the states are %v", b.states)
			}
		})
	}
}

func Test03ASignalAtAnyMomentIsNeverTakenForSuccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{Latency: slowly, Keep: -1})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, 300, numbered)
	id := owner.mailing(owner.message(nil), nil)
	const killed = -1 // by the signal, before there was anything to end cleanly
	for range 10 {
		sending := w.background("send", id)
		time.Sleep(rand.N(300 * time.Millisecond)) // opening the data folder takes about as long
		sending.signal(syscall.SIGTERM)            // SIGINT is ignored from the beginning where tests run in the background
		if code := sending.wait(); code != stopped && code != killed {
			t.Fatalf("after the signal the exit code is %d, and the mailing is %s\n%s", code, owner.read(id).Status, sending.stderr.String())
		}
	}
	owner.verb(id, "cancel", nil) // or it was never launched
}

func Test03WhoeverWaitsForAnotherCommandSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{Latency: slowly, Keep: -1})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, 1500, numbered) // fifteen seconds
	message := owner.message(nil)
	long, short := owner.mailing(message, nil), owner.mailing(message, object{"filter": `email ~ "00@"`})
	w.server.stop()

	first := w.background("send", long)
	w.mustCome(20)
	second := w.background("send", short, "--json")
	eventually(w.ctx, t, "the second command says what it waits for", func() bool {
		return strings.Contains(second.stderr.String(), long)
	})
	first.signal(syscall.SIGINT)
	if code := first.wait(); code != stopped {
		t.Errorf("after Ctrl-C the exit code is %d", code)
	}
	if code := second.wait(); code != allSent {
		t.Errorf("after the first command the second ends with %d\n%s", code, second.stderr.String())
	}
	w.serve()
	if first, second := owner.read(long), owner.read(short); first.Status != "paused" || second.Status != "completed" {
		t.Errorf("in the end the one is %+v and the other %+v", first, second)
	}
}

func Test03SomebodyElseStopsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{Latency: slowly, Keep: -1})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, 300, numbered)
	id := owner.mailing(owner.message(nil), nil)
	sending := w.background("send", id)
	w.mustCome(20)
	owner.verb(id, "cancel", nil).want(200)
	if code := sending.wait(); code != stopped {
		t.Errorf("the mailing was cancelled, and the exit code is %d, want %d", code, stopped)
	}
	w.restingBooks(id)
}

func Test03TheServiceTakesOverFromACommandThatIsKilled(t *testing.T) {
	t.Parallel()
	const total = 400
	w := newWorld(t, 3*time.Minute, outbox.Options{Latency: slowly, Keep: -1})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, total, numbered)
	id := owner.mailing(owner.message(nil), nil)
	w.server.stop()

	sending := w.background("send", id)
	w.mustCome(50)
	w.serve() // serves, although the command is the one that sends
	w.mustCome(50)
	if m := owner.read(id); m.Status != "running" || m.Uncertain != 0 {
		t.Errorf("beside the command the mailing is %+v", m)
	}
	sending.kill()
	w.mustCome(50)
	owner.reaches(id, "completed")
	b := w.balancedBooks(id)
	if b.states["uncertain"] > connections || b.states["sent"]+b.states["uncertain"] != total {
		t.Errorf("in the end the states are %v", b.states)
	}
}

func Test03WhatCannotRunSaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	owner := w.user("owner@gonets.example", "owner")
	id := owner.mailing(owner.message(nil), nil)
	for _, tc := range []struct {
		name, says string
		args       []string
	}{
		{"nobody is in the audience", "audience", []string{"send", id}},
		{"no such mailing", "nosuchmailing00", []string{"send", "nosuchmailing00"}},
		{"no mailing named", "arg", []string{"send"}},
		{"an unknown flag", "--quickly", []string{"send", id, "--quickly"}},
		{"an unknown flag and no command", "--quickly", []string{"--quickly"}},
		{"an unknown command", "snd", []string{"snd", id}},
		{"status of no such mailing", "nosuchmailing00", []string{"status", "nosuchmailing00"}},
		{"report of no such mailing", "nosuchmailing00", []string{"report", "nosuchmailing00"}},
		{"a role there is not", "boss", []string{"role", owner.email, "boss"}},
		{"a user there is not", "nobody@gonets.example", []string{"role", "nobody@gonets.example", "manager"}},
		{"a status there is not", "lost", []string{"mailings", "--status", "lost"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := w.in(t).command(tc.args...).wantCode(t, couldNot).says(t, tc.says)
			if strings.Contains(r.stdout+r.stderr, "goroutine ") {
				t.Errorf("it fell over:\n%s", r.stderr)
			}
		})
	}

	w.addClients(owner, 1, numbered)
	w.root.patch("/api/settings", object{"smtp": object{"enabled": false}}).want(200)
	w.command("send", id).wantCode(t, couldNot).says(t, "mail server")
	if m := owner.read(id); m.Status != "created" {
		t.Errorf("what could not be sent is %s now", m.Status)
	}

	missing := filepath.Join(w.folder, "mistyped")
	for _, args := range [][]string{
		{"send", id}, {"mailings"}, {"status", id}, {"report", id}, {"role", owner.email, "manager"}, {"doctor"},
	} {
		command(w.ctx, t, w.folder, append(args, "--dir", missing)...).wantCode(t, couldNot).says(t, "mistyped")
		if _, err := os.Stat(missing); err == nil {
			t.Fatalf("%s made the folder", args[0])
		}
	}
}

func Test03AManagerIsMadeOnTheCommandLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	owner, other := w.user("owner@gonets.example", "owner"), w.user("other@gonets.example", "owner")
	owner.get(users + "records/" + other.id).want(404)
	w.command("role", owner.email, "manager").wantCode(t, 0)
	owner.get(users + "records/" + other.id).want(200)
	w.command("role", " Owner@GONETS.example ", "owner").wantCode(t, 0)
	owner.get(users + "records/" + other.id).want(404)
}

func Test03TheDoctorSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	type report struct {
		OK     bool
		Checks []struct{ Code, Level, Detail string }
	}
	examine := func(code int) map[string]string {
		var r report
		w.command("doctor", "--json").wantCode(t, code).json(t, &r)
		levels := make(map[string]string)
		for _, check := range r.Checks {
			if strings.TrimSpace(check.Detail) == "" {
				t.Errorf("the doctor says nothing of %s", check.Code)
			}
			levels[check.Code] = check.Level
		}
		if r.OK != (code == 0) {
			t.Errorf("ok is %t with exit code %d", r.OK, code)
		}
		return levels
	}

	// Links to this machine lead nowhere for recipients.
	levels := examine(couldNot)
	if levels["public_address"] == "ok" || levels["mail_server"] != "ok" || levels["superuser"] != "ok" || levels["books"] != "ok" {
		t.Errorf("the doctor finds %v", levels)
	}
	plain := w.command("doctor").wantCode(t, couldNot).stdout
	for _, word := range []string{"mail_server", "public_address", "manager", "backups", "disk", "superuser", "books"} {
		if !strings.Contains(plain, word) {
			t.Errorf("the doctor does not speak of %s:\n%s", word, plain)
		}
	}

	w.root.patch("/api/settings", object{"meta": object{"appURL": "https://gonets.example.org"}}).want(200)
	w.user("manager@gonets.example", "manager")
	levels = examine(0)
	if levels["public_address"] != "ok" || levels["manager"] != "ok" {
		t.Errorf("the doctor finds %v", levels)
	}

	w.root.patch("/api/settings", object{"smtp": object{"host": "127.0.0.1", "port": 1}}).want(200)
	if levels := examine(couldNot); levels["mail_server"] != "error" {
		t.Errorf("with no mail server the doctor finds %v", levels)
	}
}
