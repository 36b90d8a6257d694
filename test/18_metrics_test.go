package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// Test18PrometheusScrapesTheFigures runs a real Prometheus beside a server that sends a mailing.
func Test18PrometheusScrapesTheFigures(t *testing.T) {
	t.Parallel()
	prometheus := tool(t, "prometheus")
	w := newWorld(t, 3*time.Minute, outbox.Options{Rules: outbox.DemoRules})
	w.server.stop()
	figures := freeAddress(t)
	w.server = start(w.ctx, t, w.folder, "serve", "--dir", w.data, "--http", w.listen, "--metrics", figures)
	w.server.answers(w.ctx, w.nobody.base)
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, 40, numbered)
	id := owner.mailing(owner.message(nil), nil)
	owner.verb(id, "send", nil).want(202)
	owner.reaches(id, "completed")

	folder, at := t.TempDir(), freeAddress(t)
	config := fmt.Sprintf("global: {scrape_interval: 200ms, scrape_timeout: 200ms}\nscrape_configs:\n- job_name: gonets\n  static_configs: [{targets: [%q]}]\n", figures)
	file := filepath.Join(folder, "prometheus.yml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	var said output
	p := exec.CommandContext(w.ctx, prometheus, "--config.file", file, "--storage.tsdb.path", filepath.Join(folder, "data"),
		"--web.listen-address", at, "--log.level", "warn")
	p.Stdout, p.Stderr = &said, &said
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.Process.Kill()
		_ = p.Wait()
		if t.Failed() {
			t.Log(ends(said.String()))
		}
	})

	for query, want := range map[string]string{
		`up{job="gonets"}`:                                                    "1",
		`gonets_ready`:                                                        "1",
		`gonets_sending`:                                                      "1",
		`gonets_recipients{state="sent"}`:                                     "40",
		`gonets_recipients{state="sending"}`:                                  "0",
		`sum(gonets_recipients)`:                                              "40",
		`gonets_oldest_waiting_seconds`:                                       "0",
		`gonets_backup_age_seconds`:                                           "+Inf",
		`gonets_breaker_open{sender="default"}`:                               "0",
		`gonets_attempts_total{sender="default",class="success"}`:             "40",
		`sum(gonets_attempts_total)`:                                          "40",
		`gonets_ledger_batch_seconds_count > bool 0`:                          "1",
		`histogram_quantile(1, gonets_ledger_batch_entries_bucket) >= bool 1`: "1",
		`gonets_ledger_batch_entries_sum >= bool 80`:                          "0", // a result and the next claim are one entry
		`gonets_ledger_batch_entries_sum >= bool 41`:                          "1",
		`gonets_database_bytes > bool 100000`:                                 "1",
		`go_goroutines > bool 1`:                                              "1",
		`count(gonets_build_info{version!=""})`:                               "1",
	} {
		last := ""
		eventually(w.ctx, t, query+" is "+want, func() bool {
			last = fetched(w.ctx, "http://"+at+"/api/v1/query?query="+url.QueryEscape(query))
			var r struct {
				Data struct {
					Result []struct{ Value [2]any }
				}
			}
			return json.Unmarshal([]byte(last), &r) == nil && len(r.Data.Result) == 1 && r.Data.Result[0].Value[1] == want
		})
	}
	// Prometheus finds nothing to say against the figures of Gonets itself.
	lint := exec.CommandContext(w.ctx, tool(t, "promtool"), "check", "metrics")
	lint.Stdin = strings.NewReader(fetched(w.ctx, "http://"+figures+"/metrics"))
	if out, err := lint.CombinedOutput(); strings.Contains(string(out), "gonets_") || strings.Contains(string(out), "error while linting") {
		t.Errorf("promtool check metrics: %v\n%s", err, out)
	}
	// It is at its own address, and nowhere else.
	w.nobody.get("/metrics").want(404)
	if text := fetched(w.ctx, "http://"+figures+"/api/health"); !strings.Contains(text, "404") {
		t.Errorf("the address of the figures answers %q", text)
	}
	other := start(w.ctx, t, w.folder, "serve", "--dir", w.data, "--http", freeAddress(t), "--metrics", figures)
	if code := other.wait(); code != couldNot || !strings.Contains(other.stderr.String(), "--metrics") {
		t.Errorf("at an address that is taken: code %d, %s", code, other.stderr.String())
	}
	w.command("serve", "--metrics", "nonsense").wantCode(t, couldNot).says(t, "--metrics")
}

// Test18TheAlertRulesAreRight has promtool read the rules, and try them on figures that were made up.
func Test18TheAlertRulesAreRight(t *testing.T) {
	t.Parallel()
	promtool := tool(t, "promtool")
	for _, args := range [][]string{
		{"check", "rules", "gonets.rules.yml"},
		{"check", "config", "prometheus.yml"},
		{"test", "rules", "gonets.rules.test.yml"},
	} {
		c := exec.CommandContext(deadline(t, time.Minute), promtool, args...)
		c.Dir = filepath.Join("..", "packaging", "prometheus")
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// tool is a program of another package. Without it the test is skipped.
func tool(t *testing.T, name string) string {
	t.Helper()
	for _, file := range []string{name, "/usr/sbin/" + name} { // which not everybody has in PATH
		if path, err := exec.LookPath(file); err == nil {
			return path
		}
	}
	if os.Getenv(requireAll) == "1" {
		t.Fatalf("%s is not installed, and %s is set", name, requireAll)
	}
	t.Skipf("%s is not installed", name)
	return ""
}

// fetched reads a page; "" when there is none.
func fetched(ctx context.Context, address string) string {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return ""
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return ""
	}
	return string(body)
}
