package compose

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"testing"

	message "github.com/emersion/go-message"
)

// message is the least that can be sent, with a body.
func draft(format Format, body string) Message {
	return Message{Subject: "Hi", Format: format, Body: body, FromEmail: "news@example.org", Language: "en"}
}

func prepare(t testing.TB, l Message) *Composer {
	t.Helper()
	c, err := Prepare(l)
	if err != nil {
		t.Fatalf("Prepare: %v", err)
	}
	return c
}

func preview(t testing.TB, l Message, a Addressee) Preview {
	t.Helper()
	p, err := prepare(t, l).Preview(a, march)
	if err != nil {
		t.Fatalf("Preview: %v", err)
	}
	return p
}

// received is a mail as the receiving side reads it.
type received struct {
	header      mail.Header
	text, html  string
	attachments map[string]string // name → content
	types       []string          // of all leaves, in order
}

// receive parses a mail with the standard library, and checks on the way what must hold for all.
func receive(t testing.TB, source []byte) received {
	t.Helper()
	checkWire(t, source)
	m, err := mail.ReadMessage(bytes.NewReader(source))
	if err != nil {
		t.Fatalf("net/mail cannot read the message: %v\n%s", err, source)
	}
	r := received{header: m.Header, attachments: map[string]string{}}
	r.part(t, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Header.Get("Content-Disposition"), m.Body)
	if entity, err := message.Read(bytes.NewReader(source)); err != nil {
		t.Errorf("go-message cannot read the message: %v", err)
	} else if err := entity.Walk(func(_ []int, e *message.Entity, err error) error {
		if err != nil {
			return err
		}
		if e.MultipartReader() == nil {
			_, err = io.Copy(io.Discard, e.Body)
		}
		return err
	}); err != nil {
		t.Errorf("go-message cannot read the parts: %v", err)
	}
	return r
}

func (r *received) part(t testing.TB, contentType, encoding, disposition string, body io.Reader) {
	t.Helper()
	mediaType, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatalf("content type %q: %v", contentType, err)
	}
	if strings.HasPrefix(mediaType, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatalf("multipart: %v", err)
			}
			r.part(t, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.Header.Get("Content-Disposition"), p)
		}
	}
	r.types = append(r.types, mediaType)
	switch encoding {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	default:
		t.Errorf("unexpected encoding %q", encoding)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		t.Fatalf("decoding %s: %v", mediaType, err)
	}
	decoded := strings.ReplaceAll(string(content), "\r\n", "\n")
	if kind, params, err := mime.ParseMediaType(disposition); err == nil && kind == "attachment" {
		r.attachments[params["filename"]] = string(content)
		return
	}
	switch mediaType {
	case "text/plain":
		r.text = decoded
	case "text/html":
		r.html = decoded
	}
}

var fieldStart = regexp.MustCompile(`^[A-Za-z-]+:( |$)`)

// checkWire checks what the wire demands: CRLF only, no long lines, ASCII, a header of fields.
func checkWire(t testing.TB, source []byte) {
	t.Helper()
	if !bytes.HasSuffix(source, []byte("\r\n")) {
		t.Errorf("the message does not end with a line end")
	}
	inHeader := true
	for line := range strings.SplitSeq(strings.TrimSuffix(string(source), "\r\n"), "\r\n") {
		if strings.ContainsAny(line, "\r\n") {
			t.Errorf("a bare CR or LF in %q", line)
		}
		if len(line) > 998 {
			t.Errorf("a line of %d bytes", len(line))
		}
		for i := 0; i < len(line); i++ {
			if b := line[i]; (b < ' ' && b != '\t') || b >= 0x7f {
				t.Errorf("byte %#x in %q", b, line)
				break
			}
		}
		if line == "" {
			inHeader = false
		}
		if inHeader && !fieldStart.MatchString(line) && !strings.HasPrefix(line, " ") {
			t.Errorf("the header has a line that is no field: %q", line)
		}
	}
}

// decoded is a header field as people read it.
func decoded(t testing.TB, value string) string {
	t.Helper()
	text, err := new(mime.WordDecoder).DecodeHeader(value)
	if err != nil {
		t.Fatalf("decoding %q: %v", value, err)
	}
	return text
}
