// Package phrase finds many phrases in a text in one pass.
package phrase

import (
	"math/bits"
	"strings"
)

// Set is a set of phrases. It is safe for concurrent use.
type Set struct {
	phrases []string
	// begins has for the hash of three bytes the numbers of the phrases that begin with such bytes. It is at least four
	// times as long as there are phrases, so that most entries are empty.
	begins [][]int32
	shift  int // of the hash, for the length of begins
}

// prefix is how many bytes of a phrase are hashed. Every phrase has at least so many.
const prefix = 3

// New makes a set. It panics if a phrase has fewer than three bytes.
func New(phrases ...string) *Set {
	size := bits.Len(uint(4 * len(phrases)))
	s := &Set{phrases: phrases, begins: make([][]int32, 1<<size), shift: 32 - size}
	for i, p := range phrases {
		if len(p) < prefix {
			panic("phrase: too short: " + p)
		}
		h := s.hash(p)
		s.begins[h] = append(s.begins[h], int32(i))
	}
	return s
}

// hash is that of the first three bytes of text, by the multiplication of Fibonacci hashing (Knuth, vol. 3, § 6.4).
func (s *Set) hash(text string) uint32 {
	return (uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16) * 0x9E3779B1 >> s.shift
}

// In is true if one of the phrases is in the text. The text must be in the same case.
func (s *Set) In(text string) bool {
	for i := 0; i+prefix <= len(text); i++ {
		for _, n := range s.begins[s.hash(text[i:])] {
			if strings.HasPrefix(text[i:], s.phrases[n]) {
				return true
			}
		}
	}
	return false
}

// Place is where a phrase is in a text.
type Place struct {
	// End is behind its first occurrence, 0 if there is none.
	End int
	// Last is where its last occurrence begins.
	Last int
}

// Places are where the phrases are, in the order in which they were given to New.
func (s *Set) Places(text string) []Place {
	places := make([]Place, len(s.phrases))
	for i := 0; i+prefix <= len(text); i++ {
		for _, n := range s.begins[s.hash(text[i:])] {
			if p := s.phrases[n]; strings.HasPrefix(text[i:], p) {
				if places[n].End == 0 {
					places[n].End = i + len(p)
				}
				places[n].Last = i
			}
		}
	}
	return places
}
