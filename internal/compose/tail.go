package compose

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"sync"
)

// tail is the end of a message, the same in all mails of a letter: what follows the HTML, with the
// attachments in base64. It is never changed, so any number of mails can be written from it at once.
type tail struct {
	pieces []piece
	size   int64 // bytes, as written
}

// piece is a part of a tail: bytes that are in memory, and after them an attachment that is not.
type piece struct {
	fixed []byte
	file  *Attachment // nil = none
}

// keptAttachments is how many bytes the attachments of a letter may have together to be kept in memory,
// encoded. Larger ones are read for each mail: beside the time that it takes to transmit them, reading
// them takes next to none.
const keptAttachments = 256 << 10

// newTail puts the contents of the attachments between the pieces of a message that stand around them.
func newTail(around [][]byte, attachments []Attachment) (tail, error) {
	var total int64
	for i := range attachments {
		total += attachments[i].size()
	}
	var t tail
	fixed := around[0]
	for i := range attachments {
		a := &attachments[i]
		switch {
		case a.Open != nil && total > keptAttachments:
			t.add(piece{fixed, a})
			fixed = nil
		case a.Open != nil:
			data, err := a.read()
			if err != nil {
				return tail{}, err
			}
			fixed = appendBase64(fixed, data)
		default:
			fixed = appendBase64(fixed, a.Data)
		}
		fixed = append(fixed, around[i+1]...)
	}
	t.add(piece{fixed, nil})
	return t, nil
}

func (t *tail) add(p piece) {
	t.pieces = append(t.pieces, p)
	t.size += int64(len(p.fixed))
	if p.file != nil {
		t.size += encodedSize(p.file.Size)
	}
}

// inMemory is how many bytes of the tail are in memory.
func (t *tail) inMemory() (n int64) {
	for _, p := range t.pieces {
		n += int64(len(p.fixed))
	}
	return n
}

// writeTo writes the tail. Its error is the writer's or that of an attachment.
func (t *tail) writeTo(w io.Writer) (written int64, err error) {
	for _, p := range t.pieces {
		n, err := w.Write(p.fixed)
		written += int64(n)
		if err != nil {
			return written, err
		}
		if p.file == nil {
			continue
		}
		encoded, err := p.file.writeBase64(w)
		written += encoded
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// appendTo appends the tail to dst. Its error is that of an attachment.
func (t *tail) appendTo(dst []byte) ([]byte, error) {
	for _, p := range t.pieces {
		dst = append(dst, p.fixed...)
		if p.file == nil {
			continue
		}
		encoded := bytes.NewBuffer(dst)
		if _, err := p.file.writeBase64(encoded); err != nil {
			return dst, err
		}
		dst = encoded.Bytes()
	}
	return dst, nil
}

// size is the length of the content in bytes.
func (a *Attachment) size() int64 {
	if a.Open != nil {
		return a.Size
	}
	return int64(len(a.Data))
}

// read reads an attachment that is small enough for it.
func (a *Attachment) read() ([]byte, error) {
	r, err := a.Open()
	if err != nil {
		return nil, &AttachmentError{a.Name, err}
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, a.Size+1))
	if err == nil && int64(len(data)) != a.Size {
		err = errLength
	}
	if err != nil {
		return nil, &AttachmentError{a.Name, err}
	}
	return data, nil
}

// AttachmentError is why a mail could not be made or written although nothing is wrong with it: the content of an
// attachment could not be read.
type AttachmentError struct {
	Name string // of the attachment
	Err  error
}

func (e *AttachmentError) Error() string { return fmt.Sprintf("read attachment %q: %v", e.Name, e.Err) }

// Unwrap returns why.
func (e *AttachmentError) Unwrap() error { return e.Err }

// errLength says that a mail cannot be what was announced of it.
var errLength = errors.New("the file has another length than it had")

const (
	// bytesALine become the 76 characters of a line (RFC 2045 § 6.8).
	bytesALine = 57
	// linesABlock are read and written at once: 64 KB when encoded.
	linesABlock = 840
)

// block is the memory for one block of an attachment.
type block struct {
	raw     [linesABlock * bytesALine]byte
	encoded []byte
}

var blocks = sync.Pool{New: func() any { return &block{encoded: make([]byte, 0, linesABlock*78)} }}

// writeBase64 reads the content and writes it in base64, without a line end after the last line.
func (a *Attachment) writeBase64(w io.Writer) (written int64, err error) {
	r, err := a.Open()
	if err != nil {
		return 0, &AttachmentError{a.Name, err}
	}
	defer r.Close()
	b := blocks.Get().(*block)
	defer blocks.Put(b)
	for left := a.Size; ; {
		n, err := io.ReadFull(r, b.raw[:])
		last := err == io.EOF || err == io.ErrUnexpectedEOF
		if left -= int64(n); err == nil && left < 0 || last && left != 0 {
			return written, &AttachmentError{a.Name, errLength}
		}
		if err != nil && !last {
			return written, &AttachmentError{a.Name, err}
		}
		b.encoded = b.encoded[:0]
		if n > 0 && written > 0 {
			b.encoded = append(b.encoded, "\r\n"...)
		}
		b.encoded = appendBase64(b.encoded, b.raw[:n])
		wrote, err := w.Write(b.encoded)
		written += int64(wrote)
		if err != nil || last {
			return written, err
		}
	}
}

// appendBase64 appends data in lines of base64, without a line end after the last.
func appendBase64(dst, data []byte) []byte {
	for len(data) > bytesALine {
		dst = append(base64.StdEncoding.AppendEncode(dst, data[:bytesALine]), "\r\n"...)
		data = data[bytesALine:]
	}
	return base64.StdEncoding.AppendEncode(dst, data)
}

// encodedSize is how many bytes appendBase64 makes of so many.
func encodedSize(n int64) int64 {
	if n == 0 {
		return 0
	}
	return (n+2)/3*4 + (n-1)/bytesALine*2
}
