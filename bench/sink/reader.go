package sink

import (
	"bufio"
	"bytes"
	"net"
	"net/textproto"
	"time"
)

// reader is the sink that reads the e-mails of one connection as a mail server has to (RFC 5321 § 4.5.2): commands and lines by
// the standard library's reader, dots unescaped, every e-mail in memory when it is accepted. For numbered recipients it also
// checks that the e-mail is addressed to them.
type reader struct {
	nc      net.Conn
	latency time.Duration
	book    *guestBook

	in        *bufio.Reader
	text      *textproto.Reader
	out       []byte
	recipient []byte
	mail      bytes.Buffer
}

func (r *reader) serve() {
	defer r.nc.Close()
	r.in = bufio.NewReaderSize(r.nc, 64<<10)
	r.text = textproto.NewReader(r.in)
	r.out = append(r.out, greeting...)
	for {
		if r.flush() != nil {
			return
		}
		line, err := r.text.ReadLineBytes()
		if err != nil {
			return
		}
		verb, rest, _ := bytes.Cut(line, []byte(" "))
		switch string(verb) {
		case "EHLO":
			r.out = append(r.out, extensions...)
		case "RCPT":
			r.recipient = append(r.recipient[:0], bytes.Trim(bytes.TrimPrefix(rest, []byte("TO:")), "<>")...)
			r.out = append(r.out, fine...)
		case "DATA":
			if r.take() != nil {
				return
			}
		case "QUIT":
			r.out = append(r.out, goodbye...)
			_ = r.flush()
			return
		default:
			r.out = append(r.out, fine...)
		}
	}
}

// take reads an e-mail and accepts it.
func (r *reader) take() error {
	r.out = append(r.out, goOn...)
	if err := r.flush(); err != nil {
		return err
	}
	r.mail.Reset()
	if _, err := r.mail.ReadFrom(r.text.DotReader()); err != nil {
		return err
	}
	number := 0
	if r.book.tellsApart() && bytes.Contains(r.mail.Bytes(), r.recipient) {
		number = numberOf(r.recipient)
	}
	r.book.add(number)
	r.out = append(r.out, queued...)
	return nil
}

// flush sends the buffered answers if no further command has arrived: once for one group of commands, like the round trip of
// a network.
func (r *reader) flush() error {
	if len(r.out) == 0 || r.in.Buffered() > 0 {
		return nil
	}
	time.Sleep(r.latency)
	_, err := r.nc.Write(r.out)
	r.out = r.out[:0]
	return err
}
