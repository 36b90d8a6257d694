package workbook

import (
	"encoding/xml"
	"errors"
	"io"

	"golang.org/x/text/encoding/htmlindex"
)

// part is one XML document of a workbook, token by token. No token is longer than a row may be, so that
// neither a text nor a comment, an attribute or an entity fills the memory.
type part struct {
	archive *archive
	from    io.ReadCloser
	xml     *xml.Decoder
	depth   int

	buf       []byte
	pos, end  int
	tokenLeft int
	err       error // of unpacking; it stays
	stopped   error // why no more is read; it stays
}

// tokenSpare is what a token may have beside its text: names and entities.
const tokenSpare = 64 << 10

func newPart(a *archive, from io.ReadCloser) *part {
	p := &part{archive: a, from: from, buf: make([]byte, 32<<10)}
	p.xml = xml.NewDecoder(p)
	p.xml.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		encoding, err := htmlindex.Get(label)
		if err != nil {
			return nil, err
		}
		return encoding.NewDecoder().Reader(in), nil
	}
	return p
}

// close gives back the decompressor. Its error says nothing: what it is about has been read.
func (p *part) close() { _ = p.from.Close() }

// ReadByte implements io.ByteReader, by which the decoder reads.
func (p *part) ReadByte() (byte, error) {
	if p.tokenLeft--; p.tokenLeft < 0 {
		p.stopped = ErrLongRow
		return 0, p.stopped
	}
	if p.pos == p.end {
		if err := p.fill(); err != nil {
			return 0, err
		}
	}
	b := p.buf[p.pos]
	p.pos++
	return b, nil
}

// Read implements io.Reader, for decoders of other encodings than UTF-8.
func (p *part) Read(into []byte) (int, error) {
	if len(into) == 0 {
		return 0, nil
	}
	b, err := p.ReadByte() // one at a time, so that they are counted for the right token
	if err != nil {
		return 0, err
	}
	into[0] = b
	return 1, nil
}

func (p *part) fill() error {
	if p.err != nil {
		return p.err
	}
	if p.stopped != nil {
		return p.stopped
	}
	n, err := 0, error(nil)
	for n == 0 && err == nil {
		n, err = p.from.Read(p.buf)
	}
	if p.stopped = p.archive.unpack(n); p.stopped != nil {
		return p.stopped
	}
	if n == 0 {
		p.err = err
		return p.err
	}
	p.pos, p.end = 0, n
	return nil
}

// next returns the next token; io.EOF after the end of the outermost element. The token is good until
// the next call.
func (p *part) next() (xml.Token, error) {
	p.tokenLeft = p.archive.limits.Row + tokenSpare
	token, err := p.xml.RawToken()
	if err != nil {
		return nil, p.why(err)
	}
	switch token.(type) {
	case xml.StartElement:
		if p.depth++; p.depth > maxDepth {
			return nil, ErrBroken
		}
		if err := p.archive.element(); err != nil {
			return nil, err
		}
	case xml.EndElement:
		p.depth--
	case xml.Directive: // no writer makes one; what it is for is entities
		return nil, ErrBroken
	}
	return token, nil
}

// why is the error of the package for one of the decoder.
func (p *part) why(err error) error {
	if p.stopped != nil {
		return p.stopped
	}
	if errors.Is(err, io.EOF) && errors.Is(p.err, io.EOF) && p.depth == 0 {
		return io.EOF
	}
	return ErrBroken
}

// nextElement returns the next beginning of an element, wherever it is.
func (p *part) nextElement() (xml.StartElement, error) {
	for {
		token, err := p.next()
		if err != nil {
			return xml.StartElement{}, err
		}
		if element, is := token.(xml.StartElement); is {
			return element, nil
		}
	}
}

// attribute is the value of an attribute by its local name: prefixes differ between writers.
func attribute(element xml.StartElement, name string) string {
	for _, a := range element.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
