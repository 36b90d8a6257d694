package relay

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// wire is the connection under a conversation: bytes out, replies in, and no wait without an end.
type wire struct {
	// nc is what we talk over: raw, or TLS over it. Closing raw never waits; TLS would say goodbye first.
	nc, raw net.Conn
	in      *bufio.Reader
	// out is what the next flush writes. It is reused from mail to mail.
	out []byte
	// said is the text of the reply last read, reused from reply to reply.
	said []byte
	// until is when the reply being waited for is overdue.
	until time.Time
	// ctx is the context of the call under way.
	ctx context.Context
	// interrupt makes the I/O under way end at once and reports on interrupted that it has.
	interrupt   func()
	interrupted chan struct{}
}

// longAgo is a deadline that has passed for certain.
var longAgo = time.Unix(1, 0)

func newWire(nc net.Conn) *wire {
	w := &wire{
		raw: nc,
		ctx: context.Background(),
		// One slot, so that interrupt never waits for whoever it interrupts.
		interrupted: make(chan struct{}, 1),
	}
	w.interrupt = func() {
		_ = w.raw.SetDeadline(longAgo)
		w.interrupted <- struct{}{}
	}
	w.use(nc)
	return w
}

// use goes on over nc, forgetting whatever came over the old connection and was not read.
func (w *wire) use(nc net.Conn) {
	w.nc = nc
	w.in = bufio.NewReaderSize(reads{w}, longestLine)
}

// attend binds what follows to ctx, until the returned function is called.
//
// Every deadline is set before ctx is looked at, and interrupt moves it into the past after ctx ended. So
// whichever comes first, nothing waits for a server after ctx has ended.
func (w *wire) attend(ctx context.Context) (release func()) {
	w.ctx = ctx
	if ctx.Done() == nil {
		return func() {}
	}
	stop := context.AfterFunc(ctx, w.interrupt)
	return func() {
		if !stop() {
			// It has begun; its deadline must not hit the next call.
			<-w.interrupted
		}
	}
}

// reads is the wire as bufio sees it: each read from the network obeys the deadline of the reply.
type reads struct{ w *wire }

func (r reads) Read(p []byte) (int, error) {
	w := r.w
	if err := w.nc.SetReadDeadline(w.until); err != nil {
		return 0, err
	}
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.nc.Read(p)
}

// flush writes all of out at once and returns how many bytes of it the network took.
func (w *wire) flush(patience time.Duration) (int, error) {
	defer func() { w.out = w.out[:0] }()
	if err := w.nc.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return 0, w.cause(err, patience)
	}
	if err := w.ctx.Err(); err != nil {
		return 0, w.cause(err, patience)
	}
	n, err := w.nc.Write(w.out)
	if err != nil {
		return n, w.cause(err, patience)
	}
	return n, nil
}

// cause says why the network failed us: the caller's context, our patience or the other side.
func (w *wire) cause(err error, patience time.Duration) error {
	switch {
	case w.ctx.Err() != nil:
		return context.Cause(w.ctx)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("nothing for %s: %w", patience, err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the server closed the connection: %w", err)
	}
	return err
}
