package bounce_test

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"testing"

	"gonets/internal/bounce"
)

// BenchmarkRead reads the fixtures, one after the other. Its figure is for one email.
func BenchmarkRead(b *testing.B) {
	emails := emails(b)
	for i := 0; b.Loop(); i++ {
		if _, err := bounce.Read(bytes.NewReader(emails[i%len(emails)])); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBareParse only takes the same emails apart with the standard library, and understands nothing.
func BenchmarkBareParse(b *testing.B) {
	emails := emails(b)
	for i := 0; b.Loop(); i++ {
		m, err := mail.ReadMessage(bytes.NewReader(emails[i%len(emails)]))
		if err != nil {
			b.Fatal(err)
		}
		walk(m.Header.Get("Content-Type"), m.Body)
	}
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

func emails(b *testing.B) (list [][]byte) {
	for name := range fixtures {
		list = append(list, fixture(b, name))
	}
	return list
}
