// Package e2e shows what Gonets does as its users meet it: the tests build the real binary, start it in an empty
// folder, and talk HTTP and SMTP to it. They know docs/api.md and docs/cli.md, and no package of the
// application but the mail server that catches what is sent.
//
// Files are numbered in the order in which a reader meets the subjects and named after what they show.
// Nothing waits for a clock: a test waits for conditions, within one deadline of its own.
package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// scratch is a folder for the binary, removed at the end of the run.
var scratch string

func TestMain(m *testing.M) {
	// Most of the time a test waits, for mails or for a page: twice as many as there are processors keep these busy.
	if err := flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0))); err != nil {
		panic(err) // there is always such a flag
	}
	flag.Parse() // which may say another number
	code, err := inScratch(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(code)
}

func inScratch(run func() int) (int, error) {
	var err error
	if scratch, err = os.MkdirTemp("", "gonets-e2e-"); err != nil {
		return 1, err
	}
	defer os.RemoveAll(scratch)
	defer chromiums.stop()
	return run(), nil
}

// build makes the binary, once a run, and returns its path.
//
// It is called within a test, where `go test` notes which folders are read: as the tests do not import what
// they test, their cached result would otherwise outlive a change of it.
var build = sync.OnceValues(func() (string, error) {
	if err := readSources(); err != nil {
		return "", err
	}
	binary := filepath.Join(scratch, "gonets")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	command := exec.Command("go", "build", "-o", binary, ".")
	command.Dir = ".."
	if out, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build gonets: %w\n%s", err, out)
	}
	return binary, nil
})

// readSources lists every folder that the binary is built from.
func readSources() error {
	return filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		name := entry.Name()
		if path != ".." && (strings.HasPrefix(name, ".") || strings.HasSuffix(name, "_data") || name == "screenshots") {
			return fs.SkipDir
		}
		return nil
	})
}

// eventually asks again and again until holds says yes, and fails the test when ctx ends first.
// what completes "waited in vain until …".
func eventually(ctx context.Context, t *testing.T, what string, holds func() bool) {
	t.Helper()
	begun := time.Now()
	for !holds() {
		// Quick enough not to be noticed beside what was waited for already, slow enough not to be a load.
		pause := min(20*time.Millisecond+time.Since(begun)/20, 250*time.Millisecond)
		select {
		case <-ctx.Done():
			t.Fatalf("waited in vain until %s: %v", what, context.Cause(ctx))
		case <-time.After(pause):
		}
	}
}

// errTestTook is why a test's context ends early.
var errTestTook = errors.New("the test took longer than it may")

// deadline is the context of a whole test. Its time begins when the program is built: that takes a minute where nothing of it is
// cached, and the first test of a run waits for it.
func deadline(t *testing.T, limit time.Duration) context.Context {
	t.Helper()
	if _, err := build(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeoutCause(context.Background(), limit, errTestTook)
	t.Cleanup(cancel)
	return ctx
}
