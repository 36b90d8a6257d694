package sink

import (
	"bytes"
	"net"
	"time"
)

// catcher is the lean sink: it accepts the e-mails of one connection with as little work as possible. It reads only the first
// letter of a command, and finds the end of a body.
type catcher struct {
	nc      net.Conn
	latency time.Duration
	book    *guestBook
	// recipient is the number of the last RCPT.
	recipient int
	// in has the bytes that were read and not handled yet.
	in     []byte
	out    []byte
	inBody bool
}

func (c *catcher) serve() {
	defer c.nc.Close()
	c.in = make([]byte, 0, 64<<10)
	c.out = append(c.out, greeting...)
	for {
		if len(c.out) > 0 {
			// Once for all replies to one group of commands, like the round trip of a network.
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
		if !c.handle() {
			_, _ = c.nc.Write(c.out)
			return
		}
	}
}

// handle answers complete commands and e-mails, and keeps the rest. It returns false after QUIT.
func (c *catcher) handle() bool {
	rest := c.in
	for {
		if c.inBody {
			end := bytes.Index(rest, []byte("\r\n.\r\n"))
			if end < 0 {
				// Its end may be divided; everything before is discarded.
				rest = rest[max(0, len(rest)-4):]
				break
			}
			rest = rest[end+5:]
			c.inBody = false
			c.book.add(c.recipient)
			c.out = append(c.out, queued...)
			continue
		}
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			break
		}
		if rest[0] == 'R' && c.book.tellsApart() {
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
		c.out = append(c.out, extensions...)
	case 'D':
		c.out = append(c.out, goOn...)
		c.inBody = true
	case 'Q':
		c.out = append(c.out, goodbye...)
		return false
	default:
		c.out = append(c.out, fine...)
	}
	return true
}
