package outbox

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestStartListensOnLoopbackOnly(t *testing.T) {
	for _, tc := range []struct {
		name, addr string
		ok         bool
	}{
		{"no address means a free port of 127.0.0.1", "", true},
		{"another address of 127.0.0.0/8", "127.0.0.5:0", true},
		{"IPv6 loopback", "[::1]:0", true},
		{"all interfaces, IPv4", "0.0.0.0:0", false},
		{"all interfaces, IPv6", "[::]:0", false},
		{"all interfaces, no host", ":0", false},
		{"an address of a network", "192.168.1.10:0", false},
		{"a name, which may resolve to anything", "localhost:0", false},
		{"no port", "127.0.0.1", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o, err := Start(context.Background(), Options{Addr: tc.addr})
			if !tc.ok {
				if !errors.Is(err, errNotLoopback) {
					t.Fatalf("error %v, want ErrNotLoopback", err)
				}
				return
			}
			if err != nil {
				if strings.HasPrefix(tc.addr, "[::1]") {
					t.Skipf("no IPv6 here: %v", err)
				}
				t.Fatal(err)
			}
			defer o.Close()
			if o.Port() == 0 || !strings.HasSuffix(o.Addr(), fmt.Sprintf(":%d", o.Port())) {
				t.Fatalf("Addr %s, Port %d", o.Addr(), o.Port())
			}
		})
	}
}

func TestStartSaysThatAPortIsTaken(t *testing.T) {
	o := start(t, Options{})
	if second, err := Start(context.Background(), Options{Addr: o.Addr()}); err == nil {
		second.Close()
		t.Fatal("two servers on one port")
	} else if !strings.Contains(err.Error(), o.Addr()) {
		t.Fatalf("error %q does not name %s", err, o.Addr())
	}
}

func TestCloseLeavesNoGoroutine(t *testing.T) {
	before := runtime.NumGoroutine()
	o := start(t, Options{Latency: time.Hour})

	idle := dial(t, o)
	inBody := dial(t, o)
	inBody.write(envelope("b@example.org"))
	inBody.want("250 ", "250 ", "354 ")
	inBody.write("Subject: half a mail\r\n")
	waiting := dial(t, o)
	waiting.write(envelope("c@example.org"))
	waiting.want("250 ", "250 ", "354 ")
	waiting.write("Subject: waits for the latency\r\n\r\n.\r\n")
	chunked := dial(t, o)
	chunked.write("MAIL FROM:<a@example.org>\r\nRCPT TO:<d@example.org>\r\nBDAT 4\r\nabcd")
	chunked.want("250 ", "250 ", "250 ")

	closed := make(chan error, 2) // both closers can leave
	for range 2 {
		go func() { closed <- o.Close() }()
	}
	for range 2 {
		select {
		case err := <-closed:
			if err != nil {
				t.Fatal(err)
			}
		case <-soon(t).Done():
			t.Fatal("Close hangs")
		}
	}
	idle.wantEnd()
	if o.Total() != 0 {
		t.Fatalf("%d mails taken that were never answered", o.Total())
	}
	// go-smtp's own end of a BDAT pipe goes a moment after its reader.
	eventually(t, "the server's goroutines have ended", func() bool { return runtime.NumGoroutine() <= before })
}

func TestTheContextOfStartClosesTheOutbox(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	o, err := Start(ctx, Options{})
	if err != nil {
		t.Fatal(err)
	}
	client := dial(t, o)
	cancel()
	client.wantEnd()
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestManyClientsAtOnceAreCountedExactly(t *testing.T) {
	const clients, each = 8, 150
	o := start(t, Options{Keep: 100})
	var wg sync.WaitGroup
	for i := range clients {
		client := dial(t, o)
		wg.Go(func() {
			client.write(envelope(fmt.Sprintf("c%d-0@example.org", i)))
			for n := range each {
				client.want("250 2.", "250 2.", "354 ")
				client.write(smallMail(fmt.Sprintf("%d-%d", i, n), "Hello", "Hi") + ".\r\n" + envelope(fmt.Sprintf("c%d-%d@example.org", i, n+1)))
				client.want("250 2.0.0 OK queued as ")
			}
		})
	}
	wg.Wait()
	if err := o.Wait(soon(t), clients*each); err != nil {
		t.Fatal(err)
	}
	if o.Total() != clients*each || len(o.Counts()) != clients*each || len(o.MessageIDs()) != clients*each {
		t.Fatalf("total %d, addresses %d, Message-IDs %d; want %d each", o.Total(), len(o.Counts()), len(o.MessageIDs()), clients*each)
	}
	if got := o.List(0, 1000, "").TotalItems; got != 100 {
		t.Fatalf("%d mails kept, want 100", got)
	}
}

// eventually waits for a condition that nothing announces.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for ctx := soon(t); !holds(); {
		select {
		case <-ctx.Done():
			t.Fatalf("waited in vain until %s", what)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// BenchmarkCounting shows what an overlapped client gets out of one connection when nothing is kept.
func BenchmarkCounting(b *testing.B) {
	for _, tc := range []struct {
		name string
		keep int
	}{{"counting only", -1}, {"keeping the newest", 0}} {
		b.Run(tc.name, func(b *testing.B) {
			o := start(b, Options{Keep: tc.keep})
			mail := smallMail("1", "Hello", strings.Repeat(strings.Repeat("x", 76)+"\r\n", 56)) + ".\r\n" + envelope("a@example.org")
			client := dial(b, o)
			_ = client.conn.SetDeadline(time.Time{})
			client.write(envelope("a@example.org"))
			client.want("250", "250", "354")
			b.SetBytes(int64(len(mail)))
			for b.Loop() {
				client.write(mail)
				client.want("250", "250", "250", "354")
			}
		})
	}
}
