package tablefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"gonets/internal/charset"
)

// encodingOf is the encoding of that name, or the one that the text seems to be in. It reads the file to its end.
func encodingOf(file io.ReadSeeker, name string) (charset.Guess, error) {
	start := make([]byte, 4<<10)
	n, err := io.ReadFull(file, start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return charset.Guess{}, fmt.Errorf("read the file: %w", err)
	}
	start = start[:n]
	switch {
	case len(bytes.TrimSpace(start)) == 0 && n < cap(start):
		return charset.Guess{}, Errorf("empty_file", "the file is empty")
	case bytes.HasPrefix(start, []byte("\xd0\xcf\x11\xe0")):
		return charset.Guess{}, Errorf("workbook", "the file is a workbook of an old kind, or has a password: save it as CSV in the spreadsheet program")
	}
	if name != "" {
		c, ok := charset.Named(name)
		if !ok {
			return charset.Guess{}, &Error{Field: "encoding", Code: "unknown_encoding", Detail: fmt.Sprintf("there is no encoding %q", name)}
		}
		return charset.Guess{Charset: c, Sure: true}, nil
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return charset.Guess{}, fmt.Errorf("read the file: %w", err)
	}
	guess, err := charset.Detect(file)
	if errors.Is(err, charset.ErrNotText) {
		return charset.Guess{}, Errorf("not_text", "the file is not a text")
	}
	return guess, err
}
