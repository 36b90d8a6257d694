package bounce

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"iter"
)

// Emails are the emails in r: those of an mbox (RFC 4155), or the only one. No more than MaxSize bytes of each are kept.
// After an error, which is one of r, there are no more.
func Emails(r io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		lines := bufio.NewReaderSize(r, 64<<10)
		begin, _ := lines.Peek(len(fromLine))
		isMbox := bytes.Equal(begin, fromLine)
		var email []byte
		whole, empty := true, false // the last line was read to its end, and was empty
		for {
			piece, err := lines.ReadSlice('\n')
			if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
				yield(nil, fmt.Errorf("read the email: %w", err))
				return
			}
			if isMbox && whole && empty && isFromLine(piece) {
				if !yield(email, nil) {
					return
				}
				email = nil
			}
			email = append(email, piece[:min(len(piece), MaxSize-len(email))]...)
			empty = whole && len(bytes.TrimRight(piece, "\r\n")) == 0
			whole = err != bufio.ErrBufferFull
			if err == io.EOF {
				yield(email, nil)
				return
			}
		}
	}
}

var fromLine = []byte("From ")

// isFromLine is true for the line that an email in an mbox begins with: it ends with a time and a year.
func isFromLine(line []byte) bool {
	if !bytes.HasPrefix(line, fromLine) || len(line) > 300 {
		return false
	}
	words := bytes.Fields(line)
	if len(words) < 6 {
		return false
	}
	year := words[len(words)-1]
	return len(year) == 4 && digits(string(year), 0) == 4 && bytes.Count(line, []byte(":")) >= 2
}
