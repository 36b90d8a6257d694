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
	"time"
)

// sink is the mail server that contestants send to, as another process.
type sink struct {
	address string
	process *exec.Cmd
	stdin   io.Closer
	stdout  *bufio.Reader
}

// accepted is what a sink has got.
type accepted struct {
	Mails int
	// Distinct is how many recipients got one, of those that are numbered: reader1@… to readerN@….
	Distinct int
}

// startSink runs this program once more, as a sink that tells so many recipients apart.
func startSink(ctx context.Context, latency time.Duration, recipients int) (*sink, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &sink{process: exec.CommandContext(ctx, self, "-sink", "-latency", latency.String(),
		"-recipients", strconv.Itoa(recipients))}
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

// serveSink is the sink's own side: it prints its address, serves until control ends, then prints its counts.
func serveSink(latency time.Duration, recipients int, control io.Reader, report io.Writer) error {
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
			// It ends with its client or with the process.
			go (&catcher{nc: nc, latency: latency, book: book}).serve()
		}
	}()
	if _, err := io.Copy(io.Discard, control); err != nil {
		return err
	}
	_ = listener.Close()
	fmt.Fprintln(report, book.mails.Load(), book.distinct.Load())
	return nil
}

// guestBook counts the mails and, where there are places for them, the recipients of mails.
type guestBook struct {
	mails, distinct atomic.Int64
	seen            []atomic.Bool // by number
}

func (b *guestBook) add(recipient int) {
	b.mails.Add(1)
	if 0 < recipient && recipient < len(b.seen) && !b.seen[recipient].Swap(true) {
		b.distinct.Add(1)
	}
}

// numberOf is the number in RCPT TO:<reader123@…, 0 when there is none.
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

// catcher takes one connection's mails with as little work as there can be. It looks at the first letter of a command
// and for the end of a body, nothing else.
type catcher struct {
	nc      net.Conn
	latency time.Duration
	book    *guestBook
	// recipient is the number of the last RCPT's.
	recipient int
	// in is what was read and not yet understood.
	in     []byte
	out    []byte
	inBody bool
}

func (c *catcher) serve() {
	defer c.nc.Close()
	c.in = make([]byte, 0, 64<<10)
	c.out = append(c.out, "220 sink ESMTP\r\n"...)
	for {
		if len(c.out) > 0 {
			// Once for all replies to what came together, as the way there and back would cost.
			time.Sleep(c.latency)
			if _, err := c.nc.Write(c.out); err != nil {
				return
			}
			c.out = c.out[:0]
		}
		n, err := c.nc.Read(c.in[len(c.in):cap(c.in)])
		if err != nil {
			return
		}
		c.in = c.in[:len(c.in)+n]
		if !c.understand() {
			return
		}
	}
}

// understand answers all that has arrived whole, and keeps the rest. It returns false after QUIT.
func (c *catcher) understand() bool {
	rest := c.in
	for {
		if c.inBody {
			end := bytes.Index(rest, []byte("\r\n.\r\n"))
			if end < 0 {
				// Its end may be cut in two; all before is thrown away.
				rest = rest[max(0, len(rest)-4):]
				break
			}
			rest = rest[end+5:]
			c.inBody = false
			c.book.add(c.recipient)
			c.out = append(c.out, "250 2.0.0 Ok: queued\r\n"...)
			continue
		}
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			break
		}
		if rest[0] == 'R' && len(c.book.seen) > 1 {
			c.recipient = numberOf(rest[:end])
		}
		if !c.answer(rest[0]) {
			return false
		}
		rest = rest[end+1:]
	}
	c.in = c.in[:copy(c.in[:cap(c.in)], rest)]
	return true
}

// answer replies to the command that begins with a letter. It returns false for QUIT.
func (c *catcher) answer(letter byte) bool {
	switch letter {
	case 'E':
		c.out = append(c.out, "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n"...)
	case 'D':
		c.out = append(c.out, "354 go on\r\n"...)
		c.inBody = true
	case 'Q':
		return false
	default:
		c.out = append(c.out, "250 2.1.0 Ok\r\n"...)
	}
	return true
}
