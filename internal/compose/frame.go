package compose

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"mime"
	"path"
	"strings"

	"github.com/emersion/go-message"
)

// frame is the part of a message that is the same in every mail of a mailing: constant header
// fields, MIME structure, attachments. The library writes one message with marks in place of the two
// texts, and the frame is what stands around the marks.
type frame struct {
	beforeText []byte // begins inside the header
	beforeHTML []byte
	after      []byte
}

func (f *frame) sizeHint() int {
	return len(f.beforeText) + len(f.beforeHTML) + len(f.after) + 8<<10
}

// The marks. They hold no character that quoted-printable would change.
const (
	textMark = "GONETS.TEXT.HERE"
	htmlMark = "GONETS.HTML.HERE"
)

// newFrame writes the frame, and gives the domain of From in ASCII.
func newFrame(l Letter) (f frame, domain string, err error) {
	header, domain, err := constantHeader(l)
	if err != nil {
		return frame{}, "", err
	}
	var b bytes.Buffer
	if err := writeStructure(&b, header, l); err != nil {
		return frame{}, "", fmt.Errorf("building the message: %w", err)
	}
	whole := b.Bytes()
	before, after, _ := bytes.Cut(whole, []byte(textMark))
	f.beforeText = before
	f.beforeHTML, f.after, _ = bytes.Cut(after, []byte(htmlMark))
	return f, domain, nil
}

// writeStructure writes multipart/alternative, inside multipart/mixed when there are attachments.
func writeStructure(b *bytes.Buffer, header message.Header, l Letter) error {
	if len(l.Attachments) == 0 {
		setMultipart(&header, "multipart/alternative")
		w, err := message.CreateWriter(b, header)
		if err != nil {
			return err
		}
		return fillAlternatives(w)
	}
	setMultipart(&header, "multipart/mixed")
	w, err := message.CreateWriter(b, header)
	if err != nil {
		return err
	}
	var inner message.Header
	setMultipart(&inner, "multipart/alternative")
	part, err := w.CreatePart(inner)
	if err != nil {
		return err
	}
	if err := fillAlternatives(part); err != nil {
		return err
	}
	for _, a := range l.Attachments {
		if err := attach(w, a); err != nil {
			return fmt.Errorf("attachment %q: %w", a.Name, err)
		}
	}
	return w.Close()
}

func setText(h *message.Header, mediaType string) {
	h.SetContentType(mediaType, map[string]string{"charset": "utf-8"})
	h.Set("Content-Transfer-Encoding", "quoted-printable")
}

// setMultipart picks a boundary that no part can contain: "=_" cannot come out of quoted-printable or
// base64 (RFC 2045 § 6.7).
func setMultipart(h *message.Header, mediaType string) {
	var random [12]byte
	_, _ = rand.Read(random[:]) // never fails
	h.SetContentType(mediaType, map[string]string{"boundary": "=_" + hex.EncodeToString(random[:])})
}

// fillAlternatives writes two parts with a mark each.
func fillAlternatives(w *message.Writer) error {
	for _, alternative := range []struct{ mediaType, mark string }{{"text/plain", textMark}, {"text/html", htmlMark}} {
		var h message.Header
		setText(&h, alternative.mediaType)
		part, err := w.CreatePart(h)
		if err != nil {
			return err
		}
		if _, err := part.Write([]byte(alternative.mark)); err != nil {
			return err
		}
		if err := part.Close(); err != nil {
			return err
		}
	}
	return w.Close()
}

// maxFileName is the longest name of an attachment in bytes. In percent encoding it takes three times
// as much, on a line that cannot be folded.
const maxFileName = 240

func attach(w *message.Writer, a Attachment) error {
	var h message.Header
	h.Set("Content-Transfer-Encoding", "base64")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fileName(a.Name)})) // RFC 2231
	h.Set("Content-Type", attachmentType(a.ContentType))
	part, err := w.CreatePart(h)
	if err != nil {
		return err
	}
	if _, err := part.Write(a.Data); err != nil {
		return err
	}
	return part.Close()
}

// fileName makes a name fit for a header. A name that is too long keeps its extension.
func fileName(s string) string {
	s = strings.NewReplacer("/", "_", "\\", "_").Replace(singleLine(cleanText(s)))
	if len(s) > maxFileName {
		extension := path.Ext(s)
		if len(extension) > 20 {
			extension = ""
		}
		s = strings.ToValidUTF8(s[:maxFileName-len(extension)], "") + extension
	}
	if s == "" {
		return "attachment"
	}
	return s
}

// attachmentType is a media type without parameters. Composite types must not be in base64
// (RFC 2045 § 6.4), so they go as what they are: bytes.
func attachmentType(s string) string {
	mediaType, _, err := mime.ParseMediaType(s)
	if err != nil || !strings.Contains(mediaType, "/") || strings.HasPrefix(mediaType, "multipart/") || strings.HasPrefix(mediaType, "message/") {
		return "application/octet-stream"
	}
	if formatted := mime.FormatMediaType(mediaType, nil); formatted != "" && len(formatted) < 128 {
		return formatted
	}
	return "application/octet-stream"
}
