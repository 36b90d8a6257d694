// Package sink is the mail server that the benchmark sends to: it accepts every e-mail, counts it, and discards it.
package sink

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"time"
)

// The answers of sinks.
const (
	greeting   = "220 sink ESMTP\r\n"
	extensions = "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n"
	fine       = "250 2.1.0 Ok\r\n"
	goOn       = "354 go on\r\n"
	queued     = "250 2.0.0 Ok: queued\r\n"
	goodbye    = "221 2.0.0 Bye\r\n"
)

// Options are how a sink behaves.
type Options struct {
	// Latency is the time before each answer to a group of commands.
	Latency time.Duration
	// Lean makes the sink find the end of each e-mail and nothing else, instead of reading it as a mail server does.
	Lean bool
}

// Process is a sink that runs as another process.
type Process struct {
	// Address is where it listens, host:port.
	Address string

	process *exec.Cmd
	stdin   io.Closer
	stdout  *bufio.Reader
}

// Accepted are the counts of a sink.
type Accepted struct {
	Mails int
	// Distinct is how many of the numbered recipients, reader1@… to readerN@…, got an e-mail addressed to them.
	Distinct int
}

// Start runs this program again with -sink, and with the options and the number of recipients that are distinguished as flags; it has
// to call Serve then. It fails if the other process does not tell its address.
func Start(ctx context.Context, o Options, recipients int) (*Process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &Process{process: exec.CommandContext(ctx, self, "-sink", "-latency", o.Latency.String(),
		"-recipients", strconv.Itoa(recipients), "-lean="+strconv.FormatBool(o.Lean))}
	s.process.Stderr = os.Stderr
	if s.stdin, err = s.process.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := s.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.stdout = bufio.NewReader(stdout)
	if err := s.process.Start(); err != nil {
		return nil, err
	}
	if _, err := fmt.Fscanln(s.stdout, &s.Address); err != nil {
		return nil, errors.Join(fmt.Errorf("the sink does not tell its address: %w", err), s.process.Wait())
	}
	return s, nil
}

// Stop ends the sink and returns what it has accepted.
func (s *Process) Stop() (got Accepted, err error) {
	_ = s.stdin.Close()
	_, err = fmt.Fscanln(s.stdout, &got.Mails, &got.Distinct)
	return got, errors.Join(err, s.process.Wait())
}

// Serve runs in the sink's process: it prints its address, serves until control ends, and then prints its counts. It distinguishes
// so many recipients.
func Serve(o Options, recipients int, control io.Reader, report io.Writer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintln(report, listener.Addr())
	book := &guestBook{seen: make([]atomic.Bool, recipients+1)}
	go func() {
		for {
			nc, err := listener.Accept()
			if err != nil {
				return
			}
			serve := (&reader{nc: nc, latency: o.Latency, book: book}).serve
			if o.Lean {
				serve = (&catcher{nc: nc, latency: o.Latency, book: book}).serve
			}
			go serve() // it ends with its client or with the process
		}
	}()
	if _, err := io.Copy(io.Discard, control); err != nil {
		return err
	}
	_ = listener.Close()
	fmt.Fprintln(report, book.mails.Load(), book.distinct.Load())
	return nil
}

// guestBook counts the e-mails and the recipients that seen has room for.
type guestBook struct {
	mails, distinct atomic.Int64
	seen            []atomic.Bool // by number
}

// tellsApart reports whether recipients are distinguished.
func (b *guestBook) tellsApart() bool { return len(b.seen) > 1 }

func (b *guestBook) add(recipient int) {
	b.mails.Add(1)
	if 0 < recipient && recipient < len(b.seen) && !b.seen[recipient].Swap(true) {
		b.distinct.Add(1)
	}
}

// numberOf is the number in reader123@…, 0 when there is none.
func numberOf(command []byte) (n int) {
	_, after, _ := bytes.Cut(command, []byte("reader"))
	for _, digit := range after {
		if digit < '0' || digit > '9' {
			break
		}
		n = 10*n + int(digit-'0')
	}
	return n
}
