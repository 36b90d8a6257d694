package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"gonets/bench/contestant"
	"gonets/bench/sink"
)

// TestWhatIsCountedWasAccepted: a contestant that counts more than the sink has no rate worth printing.
func TestWhatIsCountedWasAccepted(t *testing.T) {
	for _, c := range contestant.All {
		for _, lean := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, lean %t", c.Name, lean), func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
				defer cancel()
				try := contestant.Load{Connections: 3, Size: 4600}
				var mails int
				got := serve(t, sink.Options{Lean: lean}, 0, func(address string) (err error) {
					mails, err = c.Send(ctx, address, try)
					if errors.Is(err, contestant.ErrMissing) && os.Getenv("GONETS_REQUIRE_ALL") != "1" {
						t.Skip(err)
					}
					return err
				})
				if mails == 0 || got.Mails < mails || got.Mails > mails+try.Connections {
					t.Errorf("%d mails counted, %d accepted", mails, got.Mails)
				}
			})
		}
	}
}

func TestTheSinkTellsWhoGotAMailOfTheirOwn(t *testing.T) {
	got := serve(t, sink.Options{}, 3, func(address string) error {
		nc, err := net.Dial("tcp", address)
		if err != nil {
			return err
		}
		defer nc.Close()
		talk := "EHLO bench\r\n" +
			"MAIL FROM:<a@example.org>\r\nRCPT TO:<reader1@example.com>\r\nDATA\r\nTo: <reader1@example.com>\r\n\r\n..\r\n.\r\n" +
			"MAIL FROM:<a@example.org>\r\nRCPT TO:<reader2@example.com>\r\nDATA\r\nTo: <reader3@example.com>\r\n\r\n.\r\n" +
			"MAIL FROM:<a@example.org>\r\nRCPT TO:<reader1@example.com>\r\nDATA\r\nTo: <reader1@example.com>\r\n\r\n.\r\nQUIT\r\n"
		if _, err := io.WriteString(nc, talk); err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, nc)
		return err
	})
	if want := (sink.Accepted{Mails: 3, Distinct: 1}); got != want {
		t.Errorf("the sink has %+v, want %+v", got, want)
	}
}

// serve runs a sink while send goes on, and returns what it has got.
func serve(t *testing.T, o sink.Options, recipients int, send func(address string) error) (got sink.Accepted) {
	t.Helper()
	control, stop := io.Pipe()
	out, report := io.Pipe()
	served := make(chan error, 1)
	go func() { served <- sink.Serve(o, recipients, control, report) }()
	var address string
	if _, err := fmt.Fscanln(out, &address); err != nil {
		t.Fatal(err)
	}
	if err := send(address); err != nil {
		t.Fatal(err)
	}
	_ = stop.Close()
	if _, err := fmt.Fscanln(out, &got.Mails, &got.Distinct); err != nil {
		t.Fatal(err)
	}
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	return got
}
