package compose

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"sync"
)

// tail is the end of a message, the same in all mails of a message: everything after the HTML, with the attachments in
// base64. It is never changed, so several goroutines can write mails from it at once.
type tail struct {
	pieces []piece
	size   int64 // bytes, as written
}

// piece is a part of a tail: bytes in memory, followed by an attachment that is not in memory.
type piece struct {
	fixed []byte
	file  *Attachment // nil = none
}

// maxKeptAttachments is the maximum length of all attachments of a message in bytes to be kept in memory, encoded. Larger
// ones are read for each mail, which takes little time compared with transmitting them.
const maxKeptAttachments = 256 << 10

// newTail inserts the contents of the attachments between the pieces of a message around them.
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
		case a.Open != nil && total > maxKeptAttachments:
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

// read reads an attachment that is kept in memory.
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

// AttachmentError is the error of a mail that could not be made or written because the content of an attachment could not
// be read.
type AttachmentError struct {
	Name string // of the attachment
	Err  error
}

func (e *AttachmentError) Error() string { return fmt.Sprintf("read attachment %q: %v", e.Name, e.Err) }

// Unwrap returns the cause.
func (e *AttachmentError) Unwrap() error { return e.Err }

// errLength is the error of an attachment that does not have the announced size.
var errLength = errors.New("the file has another length than it had")

const (
	// bytesPerLine are encoded as the 76 characters of a line (RFC 2045 § 6.8).
	bytesPerLine = 57
	// linesPerBlock are read and written at once: 64 KB when encoded.
	linesPerBlock = 840
)

// block is the memory for one block of an attachment.
type block struct {
	raw     [linesPerBlock * bytesPerLine]byte
	encoded []byte
}

var blocks = sync.Pool{New: func() any { return &block{encoded: make([]byte, 0, linesPerBlock*78)} }}

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
	for len(data) > bytesPerLine {
		dst = append(base64.StdEncoding.AppendEncode(dst, data[:bytesPerLine]), "\r\n"...)
		data = data[bytesPerLine:]
	}
	return base64.StdEncoding.AppendEncode(dst, data)
}

// encodedSize is the number of bytes that appendBase64 makes of n bytes.
func encodedSize(n int64) int64 {
	if n == 0 {
		return 0
	}
	return (n+2)/3*4 + (n-1)/bytesPerLine*2
}
