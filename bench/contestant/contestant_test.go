package contestant

import "testing"

func TestAPreparedMailHasItsSize(t *testing.T) {
	for size := 300; size < 500; size++ {
		if got := len(prepared(size)); got < size-2 || got > size+2 {
			t.Errorf("%d bytes, want %d", got, size)
		}
	}
}
