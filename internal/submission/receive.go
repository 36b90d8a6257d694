package submission

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
)

// held is how many bytes of an e-mail are kept in memory, with its header, and in the database later; the rest is a file.
const held = 64 << 10

// errDisk is the error of an e-mail whose temporary file cannot be written.
var errDisk = errors.New("write a temporary file")

// email is an e-mail as it came, with CRLF line ends.
type email struct {
	head     []byte // its beginning, or all of it
	rest     *os.File
	eightBit bool // it has bytes above 127
	sum      hash.Hash
}

// remove removes the temporary file.
func (m *email) remove() {
	if m.rest != nil {
		_ = m.rest.Close()
		_ = os.Remove(m.rest.Name())
	}
}

// receive reads an e-mail. It fails with the error of r, and with errDisk. The e-mail is to be removed, also after an error.
func receive(r io.Reader) (*email, error) {
	m := &email{sum: sha256.New()}
	// 32 KB at a time go to the file.
	out := bufio.NewWriterSize(m, 32<<10)
	lines := lineEnds{to: out}
	if _, err := io.Copy(&lines, r); err != nil {
		return m, err
	}
	if err := lines.end(); err != nil {
		return m, err
	}
	return m, out.Flush()
}

// Write keeps what comes next of the e-mail.
func (m *email) Write(p []byte) (int, error) {
	m.eightBit = m.eightBit || bytes.ContainsFunc(p, func(r rune) bool { return r > 0x7f })
	m.sum.Write(p)
	n := min(len(p), held-len(m.head))
	m.head = append(m.head, p[:n]...)
	if n == len(p) {
		return n, nil
	}
	if m.rest == nil {
		f, err := os.CreateTemp("", "gonets-submission-*.eml")
		if err != nil {
			return n, fmt.Errorf("%w: %w", errDisk, err)
		}
		m.rest = f
	}
	wrote, err := m.rest.Write(p[n:])
	if err != nil {
		return n + wrote, fmt.Errorf("%w: %w", errDisk, err)
	}
	return len(p), nil
}

// lineEnds writes CR alone and LF alone as CRLF: SMTP knows no other line end (RFC 5321 § 2.3.8), and servers disagree on where
// such a line ends.
type lineEnds struct {
	to *bufio.Writer
	cr bool // the last byte was CR, which is not written yet
	in bool // the last line has not ended
}

func (l *lineEnds) Write(p []byte) (int, error) {
	for _, c := range p {
		var err error
		switch {
		case c == '\n':
			_, err = l.to.WriteString("\r\n")
			l.cr, l.in = false, false
		case l.cr:
			_, err = l.to.WriteString("\r\n")
			l.cr, l.in = false, false
			if c != '\r' && err == nil {
				err, l.in = l.to.WriteByte(c), true
			}
			l.cr = c == '\r'
		case c == '\r':
			l.cr = true
		default:
			err, l.in = l.to.WriteByte(c), true
		}
		if err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// end ends the last line.
func (l *lineEnds) end() (err error) {
	if l.cr || l.in {
		_, err = l.to.WriteString("\r\n")
	}
	return err
}
