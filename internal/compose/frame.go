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

	"gonets/internal/printable"
)

// frame is the part of a message that is the same in every mail of a mailing: constant header
// fields, MIME structure, attachments. The library writes one message with empty parts, and the frame
// is that message cut at the places where their contents belong. The places are counted while it is
// written and not looked for afterwards, so nothing that a letter says can be taken for one.
type frame struct {
	beforeText []byte // begins inside the header
	beforeHTML []byte
	after      tail
}

// newFrame writes the frame, and gives the domain of From in ASCII.
func newFrame(l Letter) (f frame, domain string, err error) {
	header, domain, err := constantHeader(l)
	if err != nil {
		return frame{}, "", err
	}
	s := structure{}
	if err := s.write(header, l); err != nil {
		return frame{}, "", fmt.Errorf("building the message: %w", err)
	}
	pieces := s.pieces()
	f.beforeText, f.beforeHTML = pieces[0], pieces[1]
	if f.after, err = newTail(pieces[2:], l.Attachments); err != nil {
		return frame{}, "", err
	}
	return f, domain, nil
}

// structure is a message whose parts are empty, and where their contents belong.
type structure struct {
	whole bytes.Buffer
	gaps  []int // of the text, the HTML and each attachment, in order
}

// pieces is what stands before, between and after the gaps.
func (s *structure) pieces() [][]byte {
	whole, from := s.whole.Bytes(), 0
	pieces := make([][]byte, 0, len(s.gaps)+1)
	for _, at := range s.gaps {
		pieces = append(pieces, whole[from:at:at])
		from = at
	}
	return append(pieces, whole[from:])
}

// write writes multipart/alternative, inside multipart/mixed when there are attachments.
func (s *structure) write(header message.Header, l Letter) error {
	if len(l.Attachments) == 0 {
		setMultipart(&header, "multipart/alternative")
		w, err := message.CreateWriter(&s.whole, header)
		if err != nil {
			return err
		}
		return s.alternatives(w)
	}
	setMultipart(&header, "multipart/mixed")
	w, err := message.CreateWriter(&s.whole, header)
	if err != nil {
		return err
	}
	var inner message.Header
	setMultipart(&inner, "multipart/alternative")
	part, err := w.CreatePart(inner)
	if err != nil {
		return err
	}
	if err := s.alternatives(part); err != nil {
		return err
	}
	for _, a := range l.Attachments {
		if err := s.part(w, attachmentHeader(a)); err != nil {
			return fmt.Errorf("attachment %q: %w", a.Name, err)
		}
	}
	return w.Close()
}

// alternatives writes the parts of the text and of the HTML.
func (s *structure) alternatives(w *message.Writer) error {
	for _, mediaType := range []string{"text/plain", "text/html"} {
		var h message.Header
		setText(&h, mediaType)
		if err := s.part(w, h); err != nil {
			return err
		}
	}
	return w.Close()
}

// part writes an empty part and notes where its content belongs.
func (s *structure) part(w *message.Writer, h message.Header) error {
	part, err := w.CreatePart(h)
	if err != nil {
		return err
	}
	s.gaps = append(s.gaps, s.whole.Len())
	return part.Close()
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

// maxFileName is the longest name of an attachment in bytes. In percent encoding it takes three times
// as much, on a line that cannot be folded.
const maxFileName = 240

func attachmentHeader(a Attachment) (h message.Header) {
	h.Set("Content-Transfer-Encoding", "base64")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fileName(a.Name)})) // RFC 2231
	h.Set("Content-Type", attachmentType(a.ContentType))
	return h
}

// fileName makes a name fit for a header. A name that is too long keeps its extension.
func fileName(s string) string {
	s = strings.NewReplacer("/", "_", "\\", "_").Replace(singleLine(printable.Clean(s)))
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
