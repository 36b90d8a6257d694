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

// frame is the part of a message that is the same in every mail of a mailing: constant header fields, MIME structure,
// attachments. The library writes one message with empty parts, and the frame is that message, split at the positions of
// their contents. The positions are recorded while it is written and not searched afterwards, so no text of a message can
// be taken for one.
type frame struct {
	beforeText []byte // begins inside the header
	beforeHTML []byte
	after      tail
}

// newFrame builds the frame, and returns the domain of From in ASCII.
func newFrame(l Message) (f frame, domain string, err error) {
	header, domain, err := constantHeader(l)
	if err != nil {
		return frame{}, "", err
	}
	s := structure{}
	attachments, inline := embed(l)
	if err := s.write(header, attachments[:inline], attachments[inline:]); err != nil {
		return frame{}, "", fmt.Errorf("building the message: %w", err)
	}
	pieces := s.pieces()
	f.beforeText, f.beforeHTML = pieces[0], pieces[1]
	if f.after, err = newTail(pieces[2:], attachments); err != nil {
		return frame{}, "", err
	}
	return f, domain, nil
}

// structure is a message with empty parts, and the positions of their contents.
type structure struct {
	message bytes.Buffer
	gaps    []int // of the text, the HTML and each attachment, in order
}

// pieces are the bytes before, between and after the gaps.
func (s *structure) pieces() [][]byte {
	written, from := s.message.Bytes(), 0
	pieces := make([][]byte, 0, len(s.gaps)+1)
	for _, at := range s.gaps {
		pieces = append(pieces, written[from:at:at])
		from = at
	}
	return append(pieces, written[from:])
}

// write writes multipart/alternative, inside multipart/related when the HTML shows some of the attachments (RFC 2387),
// inside multipart/mixed when there are others.
func (s *structure) write(header message.Header, inline, attached []Attachment) error {
	kind := "multipart/mixed"
	if len(attached) == 0 {
		kind = withInline(inline)
	}
	setMultipart(&header, kind)
	w, err := message.CreateWriter(&s.message, header)
	if err != nil {
		return err
	}
	if len(attached) == 0 {
		return s.texts(w, inline)
	}
	var inner message.Header
	setMultipart(&inner, withInline(inline))
	part, err := w.CreatePart(inner)
	if err != nil {
		return err
	}
	if err := s.texts(part, inline); err != nil {
		return err
	}
	return s.files(w, attached, attachmentHeader)
}

// withInline is the type of the texts, with the images that they show.
func withInline(inline []Attachment) string {
	if len(inline) > 0 {
		return "multipart/related"
	}
	return "multipart/alternative"
}

// texts writes the texts, and the images that they show, into a part of that type.
func (s *structure) texts(w *message.Writer, inline []Attachment) error {
	if len(inline) == 0 {
		return s.alternatives(w)
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
	return s.files(w, inline, inlineHeader)
}

// files writes attachments as the last parts.
func (s *structure) files(w *message.Writer, attachments []Attachment, header func(Attachment) message.Header) error {
	for _, a := range attachments {
		if err := s.part(w, header(a)); err != nil {
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

// part writes an empty part and records the position of its content.
func (s *structure) part(w *message.Writer, h message.Header) error {
	part, err := w.CreatePart(h)
	if err != nil {
		return err
	}
	s.gaps = append(s.gaps, s.message.Len())
	return part.Close()
}

func setText(h *message.Header, mediaType string) {
	h.SetContentType(mediaType, map[string]string{"charset": "utf-8"})
	h.Set("Content-Transfer-Encoding", "quoted-printable")
}

// setMultipart chooses a boundary that no part can contain: "=_" does not occur in quoted-printable and base64 (RFC 2045
// § 6.7).
func setMultipart(h *message.Header, mediaType string) {
	var random [12]byte
	_, _ = rand.Read(random[:]) // never fails
	h.SetContentType(mediaType, map[string]string{"boundary": "=_" + hex.EncodeToString(random[:])})
}

// maxFileName is the maximum length of the name of an attachment in bytes. Percent encoding makes it three times as long,
// on a line that cannot be folded.
const maxFileName = 240

func attachmentHeader(a Attachment) message.Header { return fileHeader(a, "attachment") }

func inlineHeader(a Attachment) message.Header {
	h := fileHeader(a, "inline")
	h.Set("Content-Id", "<"+a.Name+">")
	return h
}

func fileHeader(a Attachment, disposition string) (h message.Header) {
	h.Set("Content-Transfer-Encoding", "base64")
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": fileName(a.Name)})) // RFC 2231
	h.Set("Content-Type", attachmentType(a.ContentType))
	return h
}

// fileName makes a name safe for a header. A name that is too long is shortened and keeps its extension.
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

// attachmentType is a media type without parameters. Composite types must not be encoded in base64 (RFC 2045 § 6.4), so
// they are sent as application/octet-stream.
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
