package workbook

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

// heldStrings is how many bytes of shared texts are held in memory before they go to a temporary file.
const heldStrings = 4 << 20

// sharedStrings are the texts that cells refer to by number (§ 18.4). Cells refer to them mostly in their
// order, so they are read no further than a cell has asked for.
type sharedStrings struct {
	archive *archive
	name    string
	part    *part // nil before the first use
	ended   bool

	ends []uint32 // where each text ends among the bytes of all
	held []byte   // bytes of texts that are not in the file
	file *os.File // what came before those; nil while there is little
	kept int64    // bytes in the file

	window      []byte // a piece of the file
	windowStart int64
}

func newSharedStrings(a *archive, name string) *sharedStrings {
	return &sharedStrings{archive: a, name: name}
}

func (s *sharedStrings) close() error {
	if s.part != nil {
		s.part.close()
	}
	if s.file == nil {
		return nil
	}
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}

// at returns a text; "" for a number that none has.
func (s *sharedStrings) at(n int) (string, error) {
	for n >= len(s.ends) && !s.ended {
		if err := s.readOne(); err != nil {
			return "", err
		}
	}
	if n < 0 || n >= len(s.ends) {
		return "", nil
	}
	start, end := int64(0), int64(s.ends[n])
	if n > 0 {
		start = int64(s.ends[n-1])
	}
	if start >= s.kept {
		return unescape(string(s.held[start-s.kept : end-s.kept])), nil
	}
	return s.fromFile(start, end)
}

// fromFile reads a text through a window, because what cells ask for is near what they asked for before.
func (s *sharedStrings) fromFile(start, end int64) (string, error) {
	if start < s.windowStart || end > s.windowStart+int64(len(s.window)) {
		s.window = append(s.window[:0], make([]byte, max(64<<10, end-start))...)
		n, err := s.file.ReadAt(s.window, start)
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read the texts of a workbook: %w", err)
		}
		s.window, s.windowStart = s.window[:n], start
	}
	return unescape(string(s.window[start-s.windowStart : end-s.windowStart])), nil
}

// readOne reads the next text.
func (s *sharedStrings) readOne() (err error) {
	if s.part == nil {
		if s.part, err = s.archive.open(s.name); errors.Is(err, errNoPart) {
			s.ended = true
			return nil
		}
		if err != nil {
			return err
		}
	}
	for {
		element, err := s.part.nextElement()
		if errors.Is(err, io.EOF) {
			s.ended = true
			return nil
		}
		if err != nil {
			return err
		}
		if element.Name.Local == "si" {
			break
		}
	}
	if len(s.ends) == s.archive.limits.Strings {
		return ErrTooLarge
	}
	before := len(s.held)
	if s.held, err = s.part.text(s.held, "si", s.archive.limits.Row); err != nil {
		return err
	}
	s.ends = append(s.ends, uint32(s.kept+int64(before)+int64(len(s.held)-before))) // Unpacked is less than 4 GB
	if len(s.held) >= heldStrings {
		return s.toFile()
	}
	return nil
}

func (s *sharedStrings) toFile() (err error) {
	if s.file == nil {
		if s.file, err = os.CreateTemp("", "gonets-strings-*"); err != nil {
			return fmt.Errorf("keep the texts of a workbook: %w", err)
		}
	}
	n, err := s.file.Write(s.held)
	if err != nil {
		return fmt.Errorf("keep the texts of a workbook: %w", err)
	}
	s.kept += int64(n)
	s.held = s.held[:0]
	return nil
}

// text appends the text of an element that has just begun, up to its end: its <t> and those of its runs,
// without how they are pronounced (§ 18.4.6).
func (p *part) text(to []byte, element string, limit int) ([]byte, error) {
	depth, limit := p.depth, len(to)+limit
	inText, spoken := false, 0
	for {
		token, err := p.next()
		if err != nil {
			return nil, unexpected(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch {
			case t.Name.Local == "rPh" && spoken == 0:
				spoken = p.depth
			case t.Name.Local == "t" && spoken == 0:
				inText = true
			}
		case xml.EndElement:
			if p.depth < depth {
				if t.Name.Local != element {
					return nil, ErrBroken
				}
				return to, nil
			}
			inText = false
			if p.depth < spoken {
				spoken = 0
			}
		case xml.CharData:
			if !inText {
				continue
			}
			if to = append(to, t...); len(to) > limit {
				return nil, ErrLongRow
			}
		}
	}
}

// unexpected is the error of a part that ends inside an element.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return ErrBroken
	}
	return err
}

var escaped = regexp.MustCompile(`_x[0-9a-fA-F]{4}_`)

// unescape writes out the characters that XML cannot hold (§ 22.9.2.19).
func unescape(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	return escaped.ReplaceAllStringFunc(text, func(found string) string {
		code, err := strconv.ParseUint(found[2:6], 16, 16)
		if err != nil || utf16.IsSurrogate(rune(code)) {
			return ""
		}
		return string(rune(code))
	})
}
