package dkim

import (
	"crypto/sha256"
	"hash"
)

// body hashes the body of an e-mail in the relaxed form (RFC 6376 § 3.4.4): white space within a line is one space, none at
// its end, and no empty lines at the end of the body.
type body struct {
	hash  hash.Hash
	ready []byte // canonical bytes that are not hashed yet
	sum32 [sha256.Size]byte

	space   bool // white space, after which nothing came yet
	cr      bool // a CR, after which nothing came yet
	lines   int  // line ends, after which nothing came yet
	written bool
}

// bodyBuffer is how many bytes are hashed at once.
const bodyBuffer = 4 << 10

func newBody() body { return body{hash: sha256.New(), ready: make([]byte, 0, bodyBuffer)} }

func (b *body) reset() {
	b.hash.Reset()
	*b = body{hash: b.hash, ready: b.ready[:0]}
}

// Write takes the next bytes of the body. A LF without a CR is a line end, too.
func (b *body) Write(p []byte) (int, error) {
	for _, c := range p {
		if c > ' ' && !b.space && b.lines == 0 && !b.cr { // most bytes
			b.put(c)
			continue
		}
		b.next(c)
	}
	return len(p), nil
}

// next takes a byte that changes the state, or comes after one that did.
func (b *body) next(c byte) {
	if b.cr {
		b.cr = false
		if c != '\n' {
			b.text('\r')
		}
	}
	switch c {
	case ' ', '\t':
		b.space = true
	case '\r':
		b.cr = true
	case '\n':
		b.space = false
		b.lines++
	default:
		b.text(c)
	}
}

// text writes a byte that is no white space, after the white space before it.
func (b *body) text(c byte) {
	for ; b.lines > 0; b.lines-- {
		b.put('\r')
		b.put('\n')
	}
	if b.space {
		b.put(' ')
		b.space = false
	}
	b.put(c)
}

func (b *body) put(c byte) {
	if len(b.ready) == cap(b.ready) {
		b.hash.Write(b.ready)
		b.ready = b.ready[:0]
	}
	b.ready = append(b.ready, c)
	b.written = true
}

// sum ends the body. One that is not empty ends with one line end.
func (b *body) sum() []byte {
	if b.cr {
		b.cr = false
		b.text('\r')
	}
	if b.written {
		b.put('\r')
		b.put('\n')
	}
	b.hash.Write(b.ready)
	return b.hash.Sum(b.sum32[:0])
}
