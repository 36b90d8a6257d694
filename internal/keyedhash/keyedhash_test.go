package keyedhash

import (
	"encoding/hex"
	"strings"
	"sync"
	"testing"
)

// TestSumIsThatOfTheStandard has the test cases 1, 2, 3 and 6 of RFC 4231.
func TestSumIsThatOfTheStandard(t *testing.T) {
	for _, c := range []struct{ key, text, sum string }{
		{strings.Repeat("\x0b", 20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
		{"Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{strings.Repeat("\xaa", 20), strings.Repeat("\xdd", 50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
		{strings.Repeat("\xaa", 131), "Test Using Larger Than Block-Size Key - Hash Key First", "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
	} {
		h := New([]byte(c.key))
		for range 3 { // what is kept of the first does not change the next
			sum := h.Sum(c.text[:3], c.text[3:])
			if got := hex.EncodeToString(sum[:]); got != c.sum {
				t.Errorf("%q: %s, want %s", c.text, got, c.sum)
			}
			h.Sum("another")
		}
	}
}

func TestManyMayComputeAtOnce(t *testing.T) {
	h := New([]byte("key"))
	want := [2][Size]byte{h.Sum("first"), h.Sum("second", "text")}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				if got := [2][Size]byte{h.Sum("first"), h.Sum("second", "text")}; got != want {
					t.Errorf("%x, want %x", got, want)
				}
			}
		})
	}
	all.Wait()
}

// BenchmarkSum: a hash with a key that is kept allocates nothing.
func BenchmarkSum(b *testing.B) {
	h := New([]byte("sixteen bytes 16"))
	b.ReportAllocs()
	for b.Loop() {
		h.Sum("mailing00000000", "client000000000")
	}
}
