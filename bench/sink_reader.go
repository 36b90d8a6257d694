package main

import (
	"bufio"
	"bytes"
	"net"
	"net/textproto"
	"time"
)

// reader is the sink that reads one connection's mails as a mail server has to (RFC 5321 § 4.5.2): commands and lines by
// the standard library's reader, dots undone, every mail in memory when it is accepted. Of numbered recipients it also
// looks whether the mail is addressed to them.
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
			return
		default:
			r.out = append(r.out, fine...)
		}
	}
}

// take reads a mail and accepts it.
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

// flush answers what has been answered so far, if nothing more has come with it: once for all that came together, as the
// way there and back would cost.
func (r *reader) flush() error {
	if len(r.out) == 0 || r.in.Buffered() > 0 {
		return nil
	}
	time.Sleep(r.latency)
	_, err := r.nc.Write(r.out)
	r.out = r.out[:0]
	return err
}
