package e2e

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gonets/internal/porttest"
)

// process is a running gonets.
type process struct {
	t       *testing.T
	command *exec.Cmd
	stdout  output
	stderr  output
	ended   chan struct{} // closed when the process is gone
}

// output collects what a process writes while others read it.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// authoritiesFile is what the certificates that gonets trusts are in, in place of those of the system, if its folder has such a file.
const authoritiesFile = "authorities.pem"

// start runs gonets in folder; the process does not outlive the test or ctx.
func start(ctx context.Context, t *testing.T, folder string, args ...string) *process {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(ctx, binary, args...)
	command.Dir = folder
	command.Env = append(os.Environ(), "HOME="+folder)
	authorities := filepath.Join(folder, authoritiesFile)
	if _, err := os.Stat(authorities); err == nil {
		command.Env = append(command.Env, "SSL_CERT_FILE="+authorities)
	}
	return begin(t, command)
}

// begin starts gonets as a command says; the process does not outlive the test.
func begin(t *testing.T, command *exec.Cmd) *process {
	t.Helper()
	p := &process{t: t, command: command, ended: make(chan struct{})}
	args := strings.Join(command.Args[1:], " ")
	command.Stdout, command.Stderr = &p.stdout, &p.stderr
	if err := command.Start(); err != nil {
		t.Fatalf("start gonets %s: %v", args, err)
	}
	go func() {
		defer close(p.ended)
		_ = command.Wait() // the exit code is read from ProcessState
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("gonets %s\n--- stdout\n%s--- stderr\n%s", args, ends(p.stdout.String()), ends(p.stderr.String()))
		}
	})
	return p
}

// kill ends the process as a power cut would (SIGKILL), if it still runs.
func (p *process) kill() {
	_ = p.command.Process.Kill()
	<-p.ended
}

// signal asks the process for something.
func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.command.Process.Signal(s); err != nil {
		p.t.Fatalf("send %v: %v", s, err)
	}
}

// stop asks the process to end (SIGTERM), waits until it has, and returns its exit code.
func (p *process) stop() int {
	p.t.Helper()
	p.signal(syscall.SIGTERM)
	return p.wait()
}

// wait returns the exit code of a process that ends by itself, -1 when a signal ended it. It is bounded by
// the context of start.
func (p *process) wait() int {
	<-p.ended
	return p.command.ProcessState.ExitCode()
}

// running reports whether the process has not ended.
func (p *process) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// answers waits until the process serves HTTP at base.
func (p *process) answers(ctx context.Context, base string) {
	p.t.Helper()
	eventually(ctx, p.t, base+" answers", func() bool {
		p.t.Helper()
		if !p.running() {
			p.t.Fatalf("gonets ended with code %d before it answered at %s", p.wait(), base)
		}
		return healthy(ctx, base)
	})
}

// healthy reports whether a gonets serves HTTP at base.
func healthy(ctx context.Context, base string) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/api/health", nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// result is what a command that has ended leaves.
type result struct {
	code           int
	stdout, stderr string
}

// command runs gonets in folder to its end.
func command(ctx context.Context, t *testing.T, folder string, args ...string) result {
	t.Helper()
	p := start(ctx, t, folder, args...)
	code := p.wait()
	if ctx.Err() != nil {
		t.Fatalf("gonets %s: %v", strings.Join(args, " "), context.Cause(ctx))
	}
	return result{code: code, stdout: p.stdout.String(), stderr: p.stderr.String()}
}

// freeAddress is a loopback address nobody listens on just now.
func freeAddress(t *testing.T) string {
	t.Helper()
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(porttest.Free(t)))
}

// ends are the beginning of a long output, where a crash says what happened, and its end.
func ends(s string) string {
	const enough = 6 << 10
	if len(s) > 2*enough {
		return s[:enough] + "\n…\n" + s[len(s)-enough:]
	}
	return s
}
