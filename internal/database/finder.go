package database

import (
	"slices"
)

// finder finds characters in a row, wherever they stand in a text.
type finder interface {
	// find returns where the text goes on after the first place where they stand, or -1.
	find(text string) int
}

func newFinder(characters []rune) finder {
	if slices.Contains(characters, anyOne) {
		return newWildFinder(characters)
	}
	return newWordFinder(characters)
}

// wordFinder finds letters by the algorithm of Knuth, Morris and Pratt, which never looks at a character of
// the text again.
type wordFinder struct {
	letters []rune
	// back[i] is how many letters still fit when the letter i does not: the longest end of those before it
	// that is a beginning as well.
	back []int32
}

func newWordFinder(letters []rune) *wordFinder {
	back := make([]int32, len(letters)+1)
	back[0] = -1
	for i, k := 0, int32(-1); i < len(letters); {
		for k >= 0 && letters[k] != letters[i] {
			k = back[k]
		}
		i, k = i+1, k+1
		back[i] = k
	}
	return &wordFinder{letters, back}
}

func (f *wordFinder) find(text string) int {
	first, fit := f.letters[0], 0
	for at := 0; at < len(text); {
		r, size := next(text[at:])
		at += size
		if fit == 0 {
			if r != first {
				continue
			}
		} else {
			for fit >= 0 && f.letters[fit] != r {
				fit = int(f.back[fit])
			}
		}
		if fit++; fit == len(f.letters) {
			return at
		}
	}
	return -1
}

// wildFinder finds characters of which some may be any. It follows all places where they may begin at the same
// time, 64 in a word (the algorithm of Baeza-Yates and Gonnet).
type wildFinder struct {
	length int
	any    []uint64          // the bits of the characters that may be any
	dense  map[rune][]uint64 // the bits of a letter, those of any included, where it stands often
	sparse map[rune][]int32  // where a letter stands that stands rarely
}

func newWildFinder(characters []rune) *wildFinder {
	words := (len(characters) + 63) / 64
	f := &wildFinder{length: len(characters), any: make([]uint64, words), dense: map[rune][]uint64{}, sparse: map[rune][]int32{}}
	for i, r := range characters {
		if r == anyOne {
			f.any[i/64] |= 1 << (i % 64)
		} else {
			f.sparse[r] = append(f.sparse[r], int32(i))
		}
	}
	// All bits of all letters would take memory in the square of the length.
	for r, places := range f.sparse {
		if len(places) < words {
			continue
		}
		bits := slices.Clone(f.any)
		for _, i := range places {
			bits[i/64] |= 1 << (i % 64)
		}
		f.dense[r] = bits
		delete(f.sparse, r)
	}
	return f
}

func (f *wildFinder) find(text string) int {
	// A bit of open says that the characters up to its own fit those of the text up to here.
	open, shifted := make([]uint64, len(f.any)), make([]uint64, len(f.any))
	last, lastBit := (f.length-1)/64, uint64(1)<<((f.length-1)%64)
	for at := 0; at < len(text); {
		r, size := next(text[at:])
		at += size
		carry := uint64(1) // they may begin here
		for i, word := range open {
			shifted[i] = word<<1 | carry
			carry = word >> 63
		}
		bits := f.any
		if dense, ok := f.dense[r]; ok {
			bits = dense
		}
		for i := range open {
			open[i] = shifted[i] & bits[i]
		}
		for _, i := range f.sparse[r] {
			open[i/64] |= shifted[i/64] & (1 << (i % 64))
		}
		if open[last]&lastBit != 0 {
			return at
		}
	}
	return -1
}
