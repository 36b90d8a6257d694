package delivery

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"gonets/internal/apptest"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/smtptest"
)

// engineDir names the data folder for the process that TestEngineProcess is run as.
const engineDir = "GONETS_TEST_ENGINE_DIR"

// TestEngineProcess is no test: it is the process that the tests below start and kill.
func TestEngineProcess(t *testing.T) {
	dir := os.Getenv(engineDir)
	if dir == "" {
		t.Skip("it is started by other tests")
	}
	New(apptest.Open(t, dir)).Start(context.Background())
	_, _ = os.Stdin.Read(make([]byte, 1)) // until we are killed, or whoever started us is gone
	os.Exit(0)
}

// process is an engine in a process of its own.
type process struct{ cmd *exec.Cmd }

func (w *world) process() *process {
	w.T.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestEngineProcess$")
	cmd.Env = append(os.Environ(), engineDir+"="+w.Dir, "TMPDIR="+w.T.TempDir())
	if _, err := cmd.StdinPipe(); err != nil {
		w.T.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.T.Fatal(err)
	}
	p := &process{cmd}
	w.T.Cleanup(p.kill)
	return p
}

// kill is kill -9, and waits until the process is gone.
func (p *process) kill() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait() // it was killed
	}
}

// TestNobodyIsLostAndNobodyMailedTwiceOverKills kills the process that sends again and again, at moments
// that nobody has chosen, and in the end compares what the mail server took with the database.
func TestNobodyIsLostAndNobodyMailedTwiceOverKills(t *testing.T) {
	t.Parallel()
	const clients, connections, kills = 800, 5, 4
	refusals := []smtptest.Rule{everyTenth(smtptest.RCPT, smtptest.Say("550 5.2.1 disabled"))}
	for name, script := range map[string]smtptest.Script{
		"overlapped": {Latency: time.Millisecond, Rules: refusals},
		"lockstep":   {Latency: time.Millisecond, Rules: refusals, Lockstep: true},
	} {
		t.Run(name, func(t *testing.T) {
			seed := uint64(time.Now().UnixNano())
			t.Logf("seed %d", seed)
			rng := rand.New(rand.NewPCG(seed, seed))
			w, p := newWorld(t), smtptest.Start(t, script)
			w.NewClients(clients)
			id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": connections})})
			w.launch(New(w.App), id)
			for n := range kills {
				e := w.process()
				if _, err := p.WaitMails(t.Context(), len(p.Mails())+1+rng.IntN(clients/kills/2)); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Duration(rng.IntN(3_000)) * time.Microsecond)
				e.kill()
				w.Audit(id)
				if states := w.States(id); states[mailing.Sending] > connections {
					t.Errorf("kill %d: %v with %d connections", n, states, connections)
				}
			}
			w.start()
			done := w.untilStatus(id, mailing.Completed)
			if done.Sent+done.Failed+done.Uncertain != clients || done.Uncertain > kills*connections {
				t.Errorf("%+v", done)
			}
			t.Logf("%d sent, %d failed, %d uncertain", done.Sent, done.Failed, done.Uncertain)
			mailingtest.Once(t, p.Mails())
			w.Closes(id, p.Mails())
		})
	}
}

// everyTenth acts at such a command for about every tenth of the clients that NewClients makes.
func everyTenth(c smtptest.Command, a smtptest.Act) smtptest.Rule {
	return func(m smtptest.Moment) *smtptest.Act {
		if m.Command != c || !strings.Contains(m.To, "0@") {
			return nil
		}
		return &a
	}
}
