package main

import (
	"context"
	"fmt"
	"io"
	"testing"
	"time"
)

// TestWhatIsCountedWasAccepted: a contestant that counts more than the sink has no rate worth printing.
func TestWhatIsCountedWasAccepted(t *testing.T) {
	for _, c := range contestants {
		t.Run(c.name, func(t *testing.T) {
			control, stop := io.Pipe()
			out, report := io.Pipe()
			served := make(chan error, 1)
			go func() { served <- serveSink(0, 0, control, report) }()
			var address string
			if _, err := fmt.Fscanln(out, &address); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			try := trial{connections: 3, length: 200 * time.Millisecond, size: 4600}
			mails, err := c.send(ctx, address, try)
			if err != nil {
				t.Fatal(err)
			}
			_ = stop.Close()
			var accepted, distinct int
			if _, err := fmt.Fscanln(out, &accepted, &distinct); err != nil {
				t.Fatal(err)
			}
			if err := <-served; err != nil {
				t.Fatal(err)
			}
			if mails == 0 || accepted < mails || accepted > mails+try.connections {
				t.Errorf("%d mails counted, %d accepted", mails, accepted)
			}
		})
	}
}

func TestAPreparedMailHasItsSize(t *testing.T) {
	for size := 300; size < 500; size++ {
		if got := len(prepared(size)); got < size-2 || got > size+2 {
			t.Errorf("%d bytes, want %d", got, size)
		}
	}
}
