package database

import (
	"testing"

	"modernc.org/libc"
)

// counted is an allocator that counts its calls, and a recycler above it.
type counted struct {
	recycler
	sizes              map[uintptr]int32
	next               uintptr
	allocated, release int
}

func newCounted() *counted {
	c := &counted{sizes: map[uintptr]int32{}}
	c.recycler.allocate = func(_ *libc.TLS, size int32) uintptr {
		c.allocated++
		c.next += 8
		c.sizes[c.next] = size
		return c.next
	}
	c.recycler.release = func(_ *libc.TLS, block uintptr) {
		c.release++
		delete(c.sizes, block)
	}
	c.sizeOf = func(_ *libc.TLS, block uintptr) int32 { return c.sizes[block] }
	return c
}

func TestAFreedBlockIsTheNextOfItsSize(t *testing.T) {
	for _, tc := range []struct {
		name        string
		first, then int32
		want        bool
	}{
		{"the same size", 4400, 4400, true},
		{"another size of the class", 4400, 8184, true},
		{"a class above", 4400, 8185, false},
		{"a class below", 4400, 4088, false},
		{"the pages of a temporary table", 88 << 10, 88 << 10, true},
		{"smaller than what is kept", 500, 500, false},
		{"larger than what is kept", 128 << 10, 128 << 10, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newCounted()
			first := c.get(nil, tc.first)
			c.put(nil, first)
			then := c.get(nil, tc.then)
			if got := then == first; got != tc.want {
				t.Errorf("recycled %t, want %t", got, tc.want)
			}
			if size := c.sizes[then]; size < tc.then {
				t.Errorf("a block of %d bytes for %d", size, tc.then)
			}
		})
	}
}

func TestABlockThatChangedItsSizeIsNotTakenForOneOfItsClass(t *testing.T) {
	c := newCounted()
	block := c.get(nil, 8000)
	c.sizes[block] = 5000 // as after a realloc that nobody rounded
	c.put(nil, block)
	if next := c.get(nil, 8000); next == block || c.sizes[next] < 8000 {
		t.Errorf("a block of %d bytes for 8000", c.sizes[next])
	}
}

func TestTheMemoryThatIsKeptIsBounded(t *testing.T) {
	c := newCounted()
	var blocks []uintptr
	for size := int32(600); size <= 256<<10; size *= 2 {
		for range 100 {
			blocks = append(blocks, c.get(nil, size))
		}
	}
	for _, block := range blocks {
		c.put(nil, block)
	}
	kept := 0
	for _, size := range c.sizes { // what was released is not there any more
		kept += int(size)
	}
	if kept == 0 || kept > 3<<20 {
		t.Errorf("%d bytes are kept", kept)
	}
}

func TestEverySizeIsRoundedUpOnce(t *testing.T) {
	for size := int32(1); size < 300<<10; size++ {
		r := rounded(size)
		if r < size || r%8 != 0 || rounded(r) != r {
			t.Fatalf("%d is rounded to %d, that to %d", size, r, rounded(r))
		}
	}
}
