package bounce_test

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"testing"

	"gonets/internal/bounce"
)

// BenchmarkRead reads the fixtures from their files, one after the other. Its figures are for one email.
func BenchmarkRead(b *testing.B) {
	benchmark(b, func(email []byte) { bounce.Parse(email) })
}

// BenchmarkBareParse only takes the same emails apart with the standard library, and understands nothing.
func BenchmarkBareParse(b *testing.B) {
	benchmark(b, func(email []byte) {
		if m, err := mail.ReadMessage(bytes.NewReader(email)); err == nil {
			walk(m.Header.Get("Content-Type"), m.Body)
		}
	})
}

func benchmark(b *testing.B, read func([]byte)) {
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		email, err := os.ReadFile(files[i%len(files)])
		if err != nil {
			b.Fatal(err)
		}
		read(email)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "emails/s")
}

func walk(contentType string, body io.Reader) {
	mediaType, params, _ := mime.ParseMediaType(contentType)
	if mediaType == "" || params["boundary"] == "" {
		_, _ = io.Copy(io.Discard, body)
		return
	}
	for r := multipart.NewReader(body, params["boundary"]); ; {
		p, err := r.NextPart()
		if err != nil {
			return // the end, or broken
		}
		walk(p.Header.Get("Content-Type"), p)
	}
}
