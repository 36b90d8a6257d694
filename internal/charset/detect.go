package charset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

const (
	readBytes   = 64 << 10
	sampleBytes = 16 << 10 // of the lines that are judged: those with bytes above 127
	longestLine = 2 << 10  // bytes of a line that are judged
)

// Guess is the encoding that a text is taken to be in.
type Guess struct {
	Charset
	Sure bool // no other encoding makes a similarly good text of it
}

// ErrNotText is the error of bytes that are no text.
var ErrNotText = errors.New("this is no text")

// Detect reads all of a text: only its end shows whether all of it is UTF-8. A text is UTF-8 when more characters of it are
// than are not: a byte that was damaged on the way does not make it another encoding. The error is ErrNotText for bytes
// that are none.
func Detect(r io.Reader) (Guess, error) {
	buf := make([]byte, readBytes)
	n, err := io.ReadFull(r, buf)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Guess{}, fmt.Errorf("read the text: %w", err)
	}
	start := buf[:n]
	switch {
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return Guess{utf16Marked, true}, nil
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		return Guess{plainUTF8, true}, nil
	}
	if even, odd := zeros(start); even+odd > 0 {
		switch half := len(start) / 2; { // addresses are in ASCII, so a tenth at least is
		case odd*10 > half && even*8 < odd && isUTF16(start, 1):
			return Guess{utf16Little, true}, nil
		case even*10 > half && odd*8 < even && isUTF16(start, 0):
			return Guess{utf16Big, true}, nil
		}
		return Guess{}, ErrNotText
	}

	s := scan{}
	kept := 0
	for last := err != nil; ; {
		kept = s.add(buf[:n], last)
		if last {
			break
		}
		copy(buf, buf[n-kept:n])
		n, err = io.ReadFull(r, buf[kept:])
		n += kept
		last = errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return Guess{}, fmt.Errorf("read the text: %w", err)
		}
	}
	switch {
	case s.invalid == 0:
		return Guess{plainUTF8, true}, nil
	case s.valid > s.invalid:
		return Guess{plainUTF8, s.valid > 10*s.invalid}, nil
	}
	return judge(s.sample), nil
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

// isUTF16 reports whether few of the characters are control characters; high is the place of the high byte of each.
func isUTF16(sample []byte, high int) bool {
	controls := 0
	for i := 0; i+1 < len(sample); i += 2 {
		if low := sample[i+1-high]; sample[i+high] == 0 && low < ' ' && low != '\t' && low != '\n' && low != '\r' {
			controls++
		}
	}
	return controls*100 <= len(sample)
}

// scan is what was seen of a text.
type scan struct {
	valid, invalid int // characters of several bytes in UTF-8, and bytes that are none
	sample         []byte
	line           []byte // the beginning of the last line, which goes on in the next chunk
}

// add looks at a chunk of the text and returns how many bytes at its end are for the next one: an unfinished character.
func (s *scan) add(chunk []byte, last bool) (kept int) {
	for i := 1; !last && i < utf8.UTFMax && i <= len(chunk); i++ {
		if end := chunk[len(chunk)-i:]; utf8.RuneStart(end[0]) {
			if !utf8.FullRune(end) {
				kept = i
			}
			break
		}
	}
	chunk = chunk[:len(chunk)-kept]
	s.collect(chunk, last)
	for rest := chunk; len(rest) > 0; {
		c, size := utf8.DecodeRune(rest)
		switch {
		case c == utf8.RuneError && size == 1:
			s.invalid++
		case size > 1:
			s.valid++
		default: // ASCII, mostly long
			for size < len(rest) && rest[size] < utf8.RuneSelf {
				size++
			}
		}
		rest = rest[size:]
	}
	return kept
}

// collect keeps the lines that have bytes above 127, until there are enough.
func (s *scan) collect(chunk []byte, last bool) {
	for len(chunk) > 0 && len(s.sample) < sampleBytes {
		end := bytes.IndexAny(chunk, "\r\n")
		whole := end >= 0
		if !whole {
			end = len(chunk)
		}
		s.line = append(s.line, chunk[:min(end, longestLine-len(s.line))]...)
		if !whole {
			break
		}
		s.endLine()
		chunk = chunk[end+1:]
	}
	if last {
		s.endLine()
	}
}

func (s *scan) endLine() {
	if bytes.ContainsFunc(s.line, func(r rune) bool { return r >= utf8.RuneSelf }) {
		s.sample = append(append(s.sample, s.line...), '\n')
	}
	s.line = s.line[:0]
}
