package search

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"gonets/internal/database"
)

// texts are the folded texts of many rows, a line each, in the order in which they were added. They are in a temporary
// file, where they take no memory of the process: the kernel keeps what is read often, and takes it back when it needs to.
type texts struct {
	file *os.File
	size int64    // bytes in the file, whole lines
	tail []byte   // lines that are not in the file yet
	keys []uint32 // of the lines
	// changed has the line of a key that replaces all earlier ones; nil if the row is gone.
	changed map[uint32][]byte
	// edits grows with each line that is added or replaced.
	edits int
}

const (
	// chunk is how much of the file is read and written at once.
	chunk = 256 << 10
	// longestLine is longer than any line: an address and a name are at most 255 and 200 characters long.
	longestLine = 8 << 10
)

// separator stands between the fields of a line. No word that is looked for has it.
const separator = 0

func newTexts() (*texts, error) {
	file, err := os.CreateTemp("", "gonets-search-*")
	if err != nil {
		return nil, fmt.Errorf("make a file for searching: %w", err)
	}
	// The open file stays until it is closed, however the process ends. Where the system refuses, close removes it.
	_ = os.Remove(file.Name())
	return &texts{file: file, changed: map[uint32][]byte{}}, nil
}

func (t *texts) close() error {
	err := t.file.Close()
	if e := os.Remove(t.file.Name()); e != nil && !errors.Is(e, os.ErrNotExist) {
		err = errors.Join(err, e)
	}
	return err
}

// bytes is the length of all lines.
func (t *texts) bytes() int64 { return t.size + int64(len(t.tail)) }

// lineOf folds the fields of a row into a line.
func lineOf(to []byte, fields ...string) []byte {
	for i, field := range fields {
		if i > 0 {
			to = append(to, separator)
		}
		start := len(to)
		to = database.AppendFolded(to, field)
		for at, b := range to[start:] {
			if b < ' ' { // a line end, or a separator; no word that is looked for has one
				to[start+at] = ' ' - 1
			}
		}
	}
	return append(to, '\n')
}

// add appends the line of a new key.
func (t *texts) add(key uint32, line []byte) error {
	t.edits++
	t.keys = append(t.keys, key)
	t.tail = append(t.tail, line...)
	if len(t.tail) < chunk {
		return nil
	}
	if _, err := t.file.WriteAt(t.tail, t.size); err != nil {
		return fmt.Errorf("write a file for searching: %w", err)
	}
	t.size += int64(len(t.tail))
	t.tail = t.tail[:0]
	return nil
}

// replace has a line stand for all earlier ones of a key; nil if the row is gone.
func (t *texts) replace(key uint32, line []byte) {
	t.edits++
	t.changed[key] = line
}

// find returns the keys of the lines with all words, in ascending order.
func (t *texts) find(words [][]byte) ([]uint32, error) {
	slices.SortStableFunc(words, func(a, b []byte) int { return len(b) - len(a) }) // the rarest is likely the longest
	s := scan{words: words, keys: t.keys}
	buffer := make([]byte, chunk+longestLine)
	held := 0 // the beginning of a line at the end of the last chunk
	for at := int64(0); at < t.size; {
		n, err := t.file.ReadAt(buffer[held:min(int64(len(buffer)), int64(held)+t.size-at)], at)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("read a file for searching: %w", err)
		}
		at += int64(n)
		end := bytes.LastIndexByte(buffer[:held+n], '\n') + 1
		if n == 0 || end == 0 {
			return nil, errors.New("a file for searching is damaged")
		}
		s.lines(buffer[:end])
		held = copy(buffer, buffer[end:held+n])
	}
	s.lines(t.tail)
	found := s.found
	if len(t.changed) > 0 {
		found = slices.DeleteFunc(found, func(key uint32) bool { _, replaced := t.changed[key]; return replaced })
		for key, line := range t.changed {
			if s.hasAll(line, words) {
				found = append(found, key)
			}
		}
	}
	if !slices.IsSorted(found) {
		slices.Sort(found)
	}
	return found, nil
}

// scan looks for words in lines.
type scan struct {
	words [][]byte
	keys  []uint32 // of the lines that are not read yet
	found []uint32
}

// lines reads whole lines.
func (s *scan) lines(text []byte) {
	newline := []byte{'\n'}
	counted := 0 // up to where the keys are used up
	for at := 0; at < len(text); {
		i := bytes.Index(text[at:], s.words[0])
		if i < 0 {
			break
		}
		start := at + bytes.LastIndexByte(text[at:at+i], '\n') + 1
		end := at + i + bytes.IndexByte(text[at+i:], '\n')
		s.keys = s.keys[bytes.Count(text[counted:start], newline):]
		counted, at = start, end+1
		if s.hasAll(text[start:end], s.words[1:]) {
			s.found = append(s.found, s.keys[0])
		}
	}
	s.keys = s.keys[bytes.Count(text[counted:], newline):]
}

func (s *scan) hasAll(line []byte, words [][]byte) bool {
	if line == nil {
		return false
	}
	for _, word := range words {
		if !bytes.Contains(line, word) {
			return false
		}
	}
	return true
}
