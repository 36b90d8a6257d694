package tablefile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// detectEncoding reads the whole file: only its end shows whether all of it is UTF-8.
func detectEncoding(file io.Reader) (string, encoding.Encoding, error) {
	r := bufio.NewReaderSize(file, sampleRead)
	start, err := r.Peek(sampleRead)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", nil, fmt.Errorf("read the file: %w", err)
	}
	switch {
	case len(bytes.TrimSpace(start)) == 0:
		return "", nil, Errorf("empty_file", "the file is empty")
	case bytes.HasPrefix(start, []byte("\xd0\xcf\x11\xe0")):
		return "", nil, Errorf("workbook", "the file is a workbook of an old kind, or has a password: save it as CSV in the spreadsheet program")
	case bytes.HasPrefix(start, []byte("\xff\xfe")):
		return "utf-16", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), nil
	case bytes.HasPrefix(start, []byte("\xfe\xff")):
		return "utf-16", unicode.UTF16(unicode.BigEndian, unicode.UseBOM), nil
	}
	if even, odd := zeros(start); even+odd > 0 {
		switch half := len(start) / 2; {
		case odd > half/3 && even < odd/8:
			return "utf-16", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), nil
		case even > half/3 && odd < even/8:
			return "utf-16", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), nil
		}
		return "", nil, Errorf("not_text", "the file is not a text")
	}

	valid, high, paired, err := scanBytes(r)
	switch {
	case err != nil:
		return "", nil, fmt.Errorf("read the file: %w", err)
	case valid:
		return "utf-8", encoding.Nop, nil
	case paired*2 >= high: // Cyrillic letters stand side by side, accented Latin ones alone
		return "windows-1251", charmap.Windows1251, nil
	}
	return "windows-1252", charmap.Windows1252, nil
}

func zeros(sample []byte) (even, odd int) {
	for i, b := range sample {
		if b == 0 && i%2 == 0 {
			even++
		} else if b == 0 {
			odd++
		}
	}
	return even, odd
}

// scanBytes reports whether the rest is valid UTF-8, and counts the bytes above 127 (high) and those that follow another
// one (paired).
func scanBytes(r io.Reader) (valid bool, high, paired int, err error) {
	valid = true
	buf, kept, before := make([]byte, sampleRead), 0, false
	for {
		n, err := io.ReadFull(r, buf[kept:])
		for _, b := range buf[kept : kept+n] {
			if b >= utf8.RuneSelf {
				high++
				if before {
					paired++
				}
			}
			before = b >= utf8.RuneSelf
		}
		chunk := buf[:kept+n]
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return false, 0, 0, err
		}
		for len(chunk) > 0 && (last || len(chunk) >= utf8.UTFMax) {
			c, size := utf8.DecodeRune(chunk)
			if c == utf8.RuneError && size == 1 {
				valid = false
			}
			chunk = chunk[size:]
		}
		kept = copy(buf, chunk)
		if last {
			return valid, high, paired, nil
		}
	}
}
