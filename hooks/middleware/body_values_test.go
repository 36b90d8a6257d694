package middleware

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/pocketbase/pocketbase/tools/router"
)

// TestABodyThatWasCheckedIsReadAgain holds what the check relies on.
func TestABodyThatWasCheckedIsReadAgain(t *testing.T) {
	for _, size := range []int{1, 4096, 100_000} {
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(bytes.Repeat([]byte("x"), size)))
		r.Body = &router.RereadableReadCloser{ReadCloser: r.Body}
		if err := checkBody(r, maxBody); err != nil {
			t.Fatal(err)
		}
		var again bytes.Buffer
		if _, err := again.ReadFrom(r.Body); err != nil || again.Len() != size {
			t.Errorf("%d bytes: read %d again, %v", size, again.Len(), err)
		}
	}
}
