package main

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

// sink is the mail server that contestants send to, as another process.
type sink struct {
	address string
	process *exec.Cmd
	stdin   io.Closer
	stdout  *bufio.Reader
}

// accepted are the counts of a sink.
type accepted struct {
	Mails int
	// Distinct is how many of the numbered recipients, reader1@… to readerN@…, got an e-mail addressed to them.
	Distinct int
}

// startSink runs this program again as the sink of a trial, which distinguishes so many recipients.
func startSink(ctx context.Context, t trial, recipients int) (*sink, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &sink{process: exec.CommandContext(ctx, self, "-sink", "-latency", t.latency.String(),
		"-recipients", strconv.Itoa(recipients), "-lean="+strconv.FormatBool(t.lean))}
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
	if _, err := fmt.Fscanln(s.stdout, &s.address); err != nil {
		return nil, errors.Join(fmt.Errorf("the sink does not tell its address: %w", err), s.process.Wait())
	}
	return s, nil
}

// stop ends the sink and returns what it has accepted.
func (s *sink) stop() (got accepted, err error) {
	_ = s.stdin.Close()
	_, err = fmt.Fscanln(s.stdout, &got.Mails, &got.Distinct)
	return got, errors.Join(err, s.process.Wait())
}

// serveSink runs in the sink's process: it prints its address, serves until control ends, and then prints its counts.
func serveSink(t trial, recipients int, control io.Reader, report io.Writer) error {
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
			serve := (&reader{nc: nc, latency: t.latency, book: book}).serve
			if t.lean {
				serve = (&catcher{nc: nc, latency: t.latency, book: book}).serve
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
