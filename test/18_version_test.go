package e2e

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

// Test18TheVersionNeedsNoData tells what the program was built from, in an empty folder.
func Test18TheVersionNeedsNoData(t *testing.T) {
	t.Parallel()
	ctx, folder := deadline(t, time.Minute), t.TempDir()
	var v struct{ Version, Commit, Date, Go, Platform string }
	command(ctx, t, folder, "version", "--json").wantCode(t, 0).json(t, &v)
	plain := command(ctx, t, folder, "version").wantCode(t, 0).stdout
	if v.Version == "" || v.Go == "" || !strings.Contains(v.Platform, "/") || !strings.HasPrefix(plain, "gonets "+v.Version) {
		t.Errorf("%+v, %q", v, plain)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

// Test18EveryLineOfTheLogIsJSON reads all that a server writes from its start to its end.
func Test18EveryLineOfTheLogIsJSON(t *testing.T) {
	t.Parallel()
	w := emptyWorld(t, 2*time.Minute)
	w.command("superuser", "upsert", rootEmail, password).wantCode(t, 0)
	w.server = start(w.ctx, t, w.folder, "serve", "--dir", w.data, "--http", w.listen, "--log", "json")
	w.server.answers(w.ctx, w.nobody.base)
	const secret = "eyJhbGciOiJIUzI1NiJ9.secretsecretsecret.secret"
	w.nobody.get("/api/collections/clients/records?token=" + secret)
	eventually(w.ctx, t, "the request is in the log", func() bool { return strings.Contains(w.server.stderr.String(), "/api/collections/clients/") })
	// A second server finds the address taken.
	taken := start(w.ctx, t, w.folder, "serve", "--dir", w.data, "--http", w.listen, "--log", "json")
	if code := taken.wait(); code != couldNot {
		t.Errorf("exit code %d", code)
	}
	if code := w.server.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}

	for _, p := range []*process{w.server, taken} {
		if out := p.stdout.String(); out != "" {
			t.Errorf("on stdout: %s", out)
		}
		all := p.stderr.String()
		for line := range strings.Lines(all) {
			var e struct {
				Time       time.Time
				Level, Msg string
			}
			if err := json.Unmarshal([]byte(line), &e); err != nil || e.Time.IsZero() || e.Level == "" || e.Msg == "" {
				t.Errorf("%q is no event: %v", line, err)
			}
		}
		if strings.Contains(all, "secretsecret") {
			t.Errorf("a secret is in the log:\n%s", all)
		}
	}
	if said := w.server.stderr.String(); !strings.Contains(said, "Server started at") {
		t.Errorf("the start is missing: %s", said)
	}
	if said := taken.stderr.String(); !strings.Contains(said, `"ERROR"`) || !strings.Contains(said, "address already in use") {
		t.Errorf("why it ended is missing: %s", said)
	}
	w.command("serve", "--log", "xml").wantCode(t, couldNot).says(t, "xml")
}
