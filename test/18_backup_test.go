package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// Test18ABackupIsTriedBesideTheServer tries one that was made in the middle of a mailing, while the server goes on.
func Test18ABackupIsTriedBesideTheServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{Latency: slowly, Keep: -1})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, 200, numbered)
	id := owner.mailing(owner.message(nil), nil)
	owner.verb(id, "send", nil).want(202)
	w.mustCome(20)
	w.root.post("/api/backups", object{"name": "middle.zip"}).want(204)

	if r := w.command("backups", "list").wantCode(t, 0); !strings.Contains(r.stdout, "middle.zip") {
		t.Errorf("the list is %q", r.stdout)
	}
	var trial struct {
		OK                bool
		Clients, Mailings int
		Problems          []string
	}
	w.command("backups", "try", "middle.zip", "--json").wantCode(t, 0).json(t, &trial)
	if !trial.OK || trial.Clients != 200 || trial.Mailings != 1 {
		t.Errorf("%+v", trial)
	}
	w.root.post("/api/gonets/backups/middle.zip/try", nil).want(200).into(&trial)
	if !trial.OK {
		t.Errorf("the server says %+v", trial)
	}

	path := filepath.Join(w.data, "backups", "middle.zip")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, raw[:len(raw)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if r := w.command("backups", "try", "middle.zip").wantCode(t, couldNot); !strings.Contains(r.stdout, "cannot be restored") {
		t.Errorf("half a backup: %q", r.stdout)
	}
	w.command("backups", "try", "other.zip").wantCode(t, couldNot).says(t, "no such backup")
	owner.reaches(id, "completed")
}

// Test18TheManualPageNamesEveryCommand compares it with what the program says of itself.
func Test18TheManualPageNamesEveryCommand(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "packaging", "man", "gonets.1"))
	if err != nil {
		t.Fatal(err)
	}
	help := command(deadline(t, time.Minute), t, t.TempDir(), "--help").wantCode(t, 0).stdout
	_, commands, _ := strings.Cut(help, "Available Commands:\n")
	commands, _, _ = strings.Cut(commands, "\n\n")
	n := 0
	for line := range strings.Lines(commands) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if n++; !strings.Contains(string(page), name) {
			t.Errorf("the page does not name %q", name)
		}
	}
	if n < 10 {
		t.Errorf("only %d commands:\n%s", n, help)
	}
}

// Test18TheCompletionsNeedNoData asks as a shell does, in an empty folder.
func Test18TheCompletionsNeedNoData(t *testing.T) {
	t.Parallel()
	ctx, folder := deadline(t, time.Minute), t.TempDir()
	if r := command(ctx, t, folder, "completion", "bash").wantCode(t, 0); !strings.Contains(r.stdout, "gonets") {
		t.Errorf("%.200s", r.stdout)
	}
	if r := command(ctx, t, folder, "__complete", "doctor", "--re").wantCode(t, 0); !strings.Contains(r.stdout, "--ready") {
		t.Errorf("%q", r.stdout)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}
