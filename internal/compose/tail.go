package compose

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"gonets/internal/base64lines"
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
	plain bool        // the file is written as it is, not in base64
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
			t.add(piece{fixed: fixed, file: a})
			fixed = nil
		case a.Open != nil:
			data, err := a.read()
			if err != nil {
				return tail{}, err
			}
			fixed = base64lines.Append(fixed, data)
		default:
			fixed = base64lines.Append(fixed, a.Data)
		}
		fixed = append(fixed, around[i+1]...)
	}
	t.add(piece{fixed: fixed})
	return t, nil
}

func (t *tail) add(p piece) {
	t.pieces = append(t.pieces, p)
	t.size += int64(len(p.fixed))
	if p.file != nil && p.plain {
		t.size += p.file.Size
	} else if p.file != nil {
		t.size += base64lines.Size(p.file.Size)
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
		content, err := p.file.writeTo(w, p.plain)
		written += content
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// appendTo appends the tail to dst. Its error is that of an attachment.
func (t *tail) appendTo(dst []byte) ([]byte, error) {
	b := bytes.NewBuffer(dst)
	_, err := t.writeTo(b)
	return b.Bytes(), err
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
	var b bytes.Buffer
	_, err := a.writeTo(&b, true)
	return b.Bytes(), err
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

// writeTo reads the content and writes it as it is, or in base64 without a line end after the last line.
func (a *Attachment) writeTo(w io.Writer, plain bool) (written int64, err error) {
	r, err := a.Open()
	if err != nil {
		return 0, &AttachmentError{a.Name, err}
	}
	defer r.Close()
	c := &content{from: io.LimitReader(r, a.Size+1)}
	if plain {
		written, err = io.Copy(w, c)
	} else {
		written, err = base64lines.Copy(w, c)
	}
	if c.err == nil && err == nil && c.n != a.Size {
		c.err = errLength
	}
	if c.err != nil {
		err = &AttachmentError{a.Name, c.err}
	}
	return written, err
}

// content notes what was read, and the error of reading.
type content struct {
	from io.Reader
	n    int64
	err  error
}

func (c *content) Read(p []byte) (n int, err error) {
	if n, err = c.from.Read(p); err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	c.n += int64(n)
	return n, err
}
