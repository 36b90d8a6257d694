package database

import (
	"math/bits"
	"sync"

	"modernc.org/libc"
)

// blocks are the larger blocks of SQLite's memory that are kept for the next use.
var blocks recycler

// The functions that SQLite calls (SQLITE_CONFIG_MALLOC); sizes are in bytes.
func allocate(tls *libc.TLS, size int32) uintptr { return blocks.get(tls, size) }
func release(tls *libc.TLS, block uintptr)       { blocks.put(tls, block) }
func roundUp(_ *libc.TLS, size int32) int32      { return rounded(size) }

// recycler keeps some of the blocks that are freed, by size. Together they are below 3 MB.
type recycler struct {
	// allocate, release and sizeOf are the functions of the allocator below. sizeOf is the size that a block was allocated with.
	allocate func(*libc.TLS, int32) uintptr
	release  func(*libc.TLS, uintptr)
	sizeOf   func(*libc.TLS, uintptr) int32

	mu   sync.Mutex
	kept [largestClass + 1][]uintptr
}

// A class is a power of two; its blocks have that size less the header that SQLite puts before each of them.
const (
	smallestClass = 10 // 1 KB: smaller blocks are in the slots of the connections
	largestClass  = 17 // 128 KB: the pages of a temporary table are 88 KB
	headerSize    = 8

	// As many blocks of a class are kept as have mostKept bytes, but no more than mostBlocks.
	mostKept   = 512 << 10
	mostBlocks = 32
)

// classOf is the class that blocks of a size belong to; ok is false for sizes that are not kept.
func classOf(size int32) (class int, ok bool) {
	class = bits.Len(uint(size + headerSize - 1))
	return class, smallestClass <= class && class <= largestClass
}

// rounded is the size that is allocated for a size that is asked for.
func rounded(size int32) int32 {
	if class, ok := classOf(size); ok {
		return 1<<class - headerSize
	}
	return (size + 7) &^ 7 // as SQLite does
}

// get returns a block of at least so many bytes, 0 when there is no memory.
func (r *recycler) get(tls *libc.TLS, size int32) uintptr {
	if class, ok := classOf(size); ok {
		if block := r.take(class); block != 0 {
			return block
		}
	}
	return r.allocate(tls, rounded(size))
}

// take returns a kept block, 0 when there is none.
func (r *recycler) take(class int) (block uintptr) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.kept[class]); n > 0 {
		block, r.kept[class] = r.kept[class][n-1], r.kept[class][:n-1]
	}
	return block
}

// put keeps a block or frees it.
func (r *recycler) put(tls *libc.TLS, block uintptr) {
	if !r.keep(block, r.sizeOf(tls, block)) {
		r.release(tls, block)
	}
}

// keep reports whether the block is kept. One that was made smaller or larger may have another size than its class.
func (r *recycler) keep(block uintptr, size int32) bool {
	class, ok := classOf(size)
	if !ok || size != rounded(size) {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.kept[class]) >= min(mostBlocks, mostKept>>class) {
		return false
	}
	r.kept[class] = append(r.kept[class], block)
	return true
}
