// Package dnstest starts a real authoritative name server (NSD) for tests, on a free port of the loopback interface.
package dnstest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"gonets/internal/porttest"
)

// patience is how long the server may take to answer for the first time.
const patience = 30 * time.Second

// Start starts NSD with zones, as Run does, and returns its address.
func Start(t testing.TB, zones map[string]string) string {
	t.Helper()
	return Run(t, zones).Address
}

// Server is an NSD that answers for zones.
type Server struct {
	Address string // 127.0.0.1:PORT

	folder  string
	process *exec.Cmd
	ended   chan struct{} // closed when the process is gone
	said    *bytes.Buffer // what it wrote, to be read after it ended
	serial  uint32        // of the SOA records that were written last
}

// Run starts NSD with zones: the lines of their records by their names, without SOA and NS. Without NSD the test is skipped, unless
// whoever runs it wants all tests.
func Run(t testing.TB, zones map[string]string) *Server {
	t.Helper()
	nsd, err := exec.LookPath("nsd")
	if err != nil {
		if nsd = "/usr/sbin/nsd"; !isThere(nsd) {
			const why = "nsd is not installed (Debian: nsd)"
			if os.Getenv("GONETS_REQUIRE_ALL") == "1" {
				t.Fatal(why)
			}
			t.Skip(why)
		}
	}
	dir, port := t.TempDir(), porttest.Free(t)
	s := &Server{Address: fmt.Sprintf("127.0.0.1:%d", port), folder: dir, ended: make(chan struct{}), said: new(bytes.Buffer)}
	conf := fmt.Sprintf("server:\n ip-address: 127.0.0.1@%d\n username: \"\"\n chroot: \"\"\n zonesdir: %q\n database: \"\"\n pidfile: \"\"\n"+
		" xfrdfile: \"\"\n xfrdir: %q\n zonelistfile: %q\n server-count: 1\nremote-control:\n control-enable: no\n",
		port, dir, dir, filepath.Join(dir, "zones.list"))
	var some string
	for name, lines := range zones {
		some = name
		conf += fmt.Sprintf("zone:\n name: %q\n zonefile: %q\n", name, name+".zone")
		s.write(t, name, lines)
	}
	write(t, filepath.Join(dir, "nsd.conf"), conf)
	s.process = exec.Command(nsd, "-d", "-c", filepath.Join(dir, "nsd.conf"))
	s.process.Stdout, s.process.Stderr = s.said, s.said
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = s.process.Wait() // it is ended by a signal
		close(s.ended)
	}()
	t.Cleanup(func() {
		_ = s.process.Process.Signal(os.Interrupt)
		<-s.ended
	})
	s.serves(t, some)
	return s
}

// Publish replaces the records of a zone that Run was given, and waits until the server answers with them.
func (s *Server) Publish(t testing.TB, zone, lines string) {
	t.Helper()
	s.write(t, zone, lines)
	if err := s.process.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	s.serves(t, zone)
}

// write writes the file of a zone, with a serial number of its own.
func (s *Server) write(t testing.TB, zone, lines string) {
	t.Helper()
	s.serial++
	write(t, filepath.Join(s.folder, zone+".zone"), fmt.Sprintf(
		"$ORIGIN %s.\n$TTL 60\n@ SOA ns hostmaster %d 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\n%s\n", zone, s.serial, lines))
}

// serves waits until the server answers for a zone as it was written last.
func (s *Server) serves(t testing.TB, zone string) {
	t.Helper()
	question := new(dns.Msg)
	question.SetQuestion(dns.Fqdn(zone), dns.TypeSOA)
	for end := time.Now().Add(patience); ; {
		if answer, err := dns.Exchange(question, s.Address); err == nil && len(answer.Answer) == 1 {
			if soa, ok := answer.Answer[0].(*dns.SOA); ok && soa.Serial == s.serial {
				return
			}
		}
		select {
		case <-s.ended:
			t.Fatalf("nsd ended: %s", s.said.String())
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(end) {
			t.Fatal("nsd does not answer")
		}
	}
}

// TXT is the line of a TXT record, in strings of at most 255 characters.
func TXT(name, text string) string {
	var quoted strings.Builder
	for len(text) > 255 {
		fmt.Fprintf(&quoted, "%q ", text[:255])
		text = text[255:]
	}
	fmt.Fprintf(&quoted, "%q", text)
	return name + " TXT " + quoted.String() + "\n"
}

func isThere(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func write(t testing.TB, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
