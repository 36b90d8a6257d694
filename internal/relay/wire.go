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

// wire writes commands to a connection and reads replies from it. Every wait has a deadline.
type wire struct {
	// nc is raw, or TLS over it. Closing raw never waits; closing TLS would write to the connection.
	nc, raw net.Conn
	in      *bufio.Reader
	// out is the data of the next flush. Its memory is reused.
	out []byte
	// text is the text of the reply last read, reused from reply to reply.
	text []byte
	// until is the deadline of the current reply.
	until time.Time
	// ctx is the context of the current call.
	ctx context.Context
	// interrupt ends the current I/O at once, and then sends to interrupted.
	interrupt   func()
	interrupted chan struct{}
}

// past is a deadline in the past.
var past = time.Unix(1, 0)

func newWire(nc net.Conn) *wire {
	w := &wire{
		raw: nc,
		ctx: context.Background(),
		// One slot, so that interrupt never waits for its receiver.
		interrupted: make(chan struct{}, 1),
	}
	w.interrupt = func() {
		_ = w.raw.SetDeadline(past)
		w.interrupted <- struct{}{}
	}
	w.use(nc)
	return w
}

// use replaces the connection by nc. Data of the old connection that was not read is dropped.
func (w *wire) use(nc net.Conn) {
	w.nc = nc
	w.in = bufio.NewReaderSize(deadlineReader{w}, longestLine)
}

// bind binds what follows to ctx, until the returned function is called.
//
// Every deadline is set before ctx is checked, and interrupt sets it to the past after ctx has ended. So in either order
// nothing waits for a server after ctx has ended.
func (w *wire) bind(ctx context.Context) (release func()) {
	w.ctx = ctx
	if ctx.Done() == nil {
		return func() {}
	}
	stop := context.AfterFunc(ctx, w.interrupt)
	return func() {
		if !stop() {
			// interrupt has begun; its deadline must not affect the next call.
			<-w.interrupted
		}
	}
}

// deadlineReader is the wire as bufio sees it: each read from the network obeys the deadline of the reply.
type deadlineReader struct{ w *wire }

func (r deadlineReader) Read(p []byte) (int, error) {
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
func (w *wire) flush(timeout time.Duration) (int, error) {
	defer func() { w.out = w.out[:0] }()
	if err := w.nc.SetWriteDeadline(time.Now().Add(timeout)); err != nil {
		return 0, w.cause(err, timeout)
	}
	if err := w.ctx.Err(); err != nil {
		return 0, w.cause(err, timeout)
	}
	n, err := w.nc.Write(w.out)
	if err != nil {
		return n, w.cause(err, timeout)
	}
	return n, nil
}

// cause returns the reason for a network error: the caller's context, the timeout or the server.
func (w *wire) cause(err error, timeout time.Duration) error {
	switch {
	case w.ctx.Err() != nil:
		return context.Cause(w.ctx)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("nothing for %s: %w", timeout, err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the server closed the connection: %w", err)
	}
	return err
}
