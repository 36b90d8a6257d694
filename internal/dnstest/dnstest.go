// Package dnstest starts a real authoritative name server (NSD) for tests, on a free port of the loopback interface.
package dnstest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// patience is how long the server may take to answer for the first time.
const patience = 30 * time.Second

// Start starts NSD with zones: the lines of their records by their names, without SOA and NS. It returns the address of the
// server. Without NSD the test is skipped, unless whoever runs it wants all tests.
func Start(t testing.TB, zones map[string]string) string {
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
	dir, port := t.TempDir(), freePort(t)
	conf := fmt.Sprintf("server:\n ip-address: 127.0.0.1@%d\n username: \"\"\n chroot: \"\"\n zonesdir: %q\n database: \"\"\n pidfile: \"\"\n"+
		" xfrdfile: \"\"\n xfrdir: %q\n zonelistfile: %q\n server-count: 1\nremote-control:\n control-enable: no\n",
		port, dir, dir, filepath.Join(dir, "zones.list"))
	var some string
	for name, lines := range zones {
		some = name
		conf += fmt.Sprintf("zone:\n name: %q\n zonefile: %q\n", name, name+".zone")
		zone := fmt.Sprintf("$ORIGIN %s.\n$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\n%s\n", name, lines)
		write(t, filepath.Join(dir, name+".zone"), zone)
	}
	write(t, filepath.Join(dir, "nsd.conf"), conf)
	var said bytes.Buffer
	server := exec.Command(nsd, "-d", "-c", filepath.Join(dir, "nsd.conf"))
	server.Stdout, server.Stderr = &said, &said
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = server.Wait() // it is ended by a signal
		close(ended)
	}()
	t.Cleanup(func() {
		_ = server.Process.Signal(os.Interrupt)
		<-ended
	})
	address := fmt.Sprintf("127.0.0.1:%d", port)
	question := new(dns.Msg)
	question.SetQuestion(dns.Fqdn(some), dns.TypeSOA)
	for end := time.Now().Add(patience); ; {
		if answer, err := dns.Exchange(question, address); err == nil && answer.Rcode == dns.RcodeSuccess {
			return address
		}
		select {
		case <-ended:
			t.Fatalf("nsd ended: %s", said.String())
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

// freePort is a port that is free for TCP and UDP.
func freePort(t testing.TB) int {
	t.Helper()
	for range 20 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		u, err := net.ListenPacket("udp", fmt.Sprintf("127.0.0.1:%d", port))
		_ = l.Close()
		if err == nil {
			_ = u.Close()
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}
