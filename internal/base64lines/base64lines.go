// Package base64lines is base64 in lines, as e-mails have it (RFC 2045 § 6.8).
package base64lines

import (
	"encoding/base64"
	"errors"
	"io"
	"sync"
)

const (
	// bytesPerLine are encoded as the 76 characters of a line.
	bytesPerLine = 57
	// linesPerBlock are read and written at once: 64 KB when encoded.
	linesPerBlock = 840
	// BytesPerBlock are what Copy reads at once.
	BytesPerBlock = linesPerBlock * bytesPerLine
)

// Append appends data in lines, without a line end after the last.
func Append(dst, data []byte) []byte {
	for len(data) > bytesPerLine {
		dst = append(base64.StdEncoding.AppendEncode(dst, data[:bytesPerLine]), "\r\n"...)
		data = data[bytesPerLine:]
	}
	return base64.StdEncoding.AppendEncode(dst, data)
}

// Size is the number of bytes that Append makes of n bytes.
func Size(n int64) int64 {
	if n == 0 {
		return 0
	}
	return (n+2)/3*4 + (n-1)/bytesPerLine*2
}

// block is the memory for one block.
type block struct {
	raw     [BytesPerBlock]byte
	encoded []byte
}

var blocks = sync.Pool{New: func() any { return &block{encoded: make([]byte, 0, linesPerBlock*78)} }}

// Copy reads all of r and writes it to w in lines, without a line end after the last. The error is that of reading or of writing.
func Copy(w io.Writer, r io.Reader) (written int64, err error) {
	b := blocks.Get().(*block)
	defer blocks.Put(b)
	for {
		n, err := io.ReadFull(r, b.raw[:])
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return written, err
		}
		b.encoded = b.encoded[:0]
		if n > 0 && written > 0 {
			b.encoded = append(b.encoded, "\r\n"...)
		}
		b.encoded = Append(b.encoded, b.raw[:n])
		wrote, err := w.Write(b.encoded)
		written += int64(wrote)
		if err != nil || last {
			return written, err
		}
	}
}
