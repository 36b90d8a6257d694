// Package mtatest starts real mail servers for tests, each in a folder of the test and on free ports of the loopback
// interface: Postfix and Exim, which pass on whatever they accept to a port of this machine, and Dovecot with mailboxes.
package mtatest

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Config is what a test wants of its server.
type Config struct {
	// Behind is the port of this machine that accepted mail is passed on to.
	Behind int
	// LMTP makes Postfix pass it on by LMTP instead of SMTP.
	LMTP bool
	// Settings are lines for the main part of the server's configuration; later ones win. {dir} stands
	// for the folder that Files are in.
	Settings []string
	// Routers and Transports are, for Exim, further ones that stand before its own.
	Routers, Transports string
	// Files are further files, by name, that settings refer to.
	Files map[string]string
}

// patience is how long a server may take to answer for the first time.
const patience = 30 * time.Second

// skip leaves out a test that needs what this machine has not, unless whoever runs it wants all of them.
func skip(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("GONETS_REQUIRE_ALL") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// folder makes a folder with the files, which a server that has given up root may read.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for _, path := range []string{filepath.Dir(dir), dir} { // a test's folder is closed to others
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.ReplaceAll(content, "{dir}", dir)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// owned makes a folder in dir that belongs to a user.
func owned(t testing.TB, dir, name, user string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("chown", user, path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// answering waits until something greets at an address.
func answering(t testing.TB, addr string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		err := greets(addr)
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the mail server does not answer: %v", err)
		}
	}
}

func greets(addr string) error {
	nc, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return err
	}
	defer nc.Close()
	if err := nc.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := nc.Read(make([]byte, 3)); err != nil {
		return err
	}
	_, err = nc.Write([]byte("QUIT\r\n"))
	return err
}

// showLog shows the log of a server when its test has failed.
func showLog(t testing.TB, path string) {
	if !t.Failed() {
		return
	}
	log, _ := os.ReadFile(path)
	t.Logf("the log of the mail server:\n%s", log)
}
