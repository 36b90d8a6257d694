// Package keyedhash computes HMAC-SHA-256 (RFC 2104) of many short texts with one key.
package keyedhash

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"sync"
)

// Size is the length of a hash in bytes.
const Size = sha256.Size

// Hash computes hashes with one key. It keeps what was computed of the key alone, so that a further hash takes a fraction of
// the time of the first one, and no new memory. Safe for concurrent use.
type Hash struct {
	key   []byte
	ready sync.Pool // of *state
}

// state is one computation, with its memory.
type state struct {
	mac  hash.Hash
	text []byte
	sum  []byte
}

// New returns the hash of a key. The key must not change afterwards.
func New(key []byte) *Hash { return &Hash{key: key} }

// Sum returns the hash of the text that the parts are together.
func (h *Hash) Sum(parts ...string) (sum [Size]byte) {
	s, ok := h.ready.Get().(*state)
	if !ok {
		s = &state{mac: hmac.New(sha256.New, h.key)}
	}
	defer h.ready.Put(s)
	s.text = s.text[:0]
	for _, part := range parts {
		s.text = append(s.text, part...)
	}
	s.mac.Reset()
	s.mac.Write(s.text)
	s.sum = s.mac.Sum(s.sum[:0])
	copy(sum[:], s.sum)
	return sum
}
