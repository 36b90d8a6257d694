package mimepart

import (
	"bytes"
	"mime"
	"strings"

	"gonets/internal/plaintext"
	"gonets/internal/printable"
)

// maxParts is how many parts of an email are read. Parts may be in 10 levels.
const maxParts = 1000

const maxDepth = 10

// Part is a MIME part that is no multipart.
type Part struct {
	Header Header
	// Type is the media type in lower case; text/plain if nothing is said.
	Type string

	charset string
	body    []byte // as it stands; see Content
}

// Content is the body without its transfer encoding, as far as it can be decoded.
func (p *Part) Content() []byte {
	return decodeTransfer(p.body, p.Header.Get("content-transfer-encoding"))
}

// Text is the content as UTF-8 text with line ends of \n and without control characters; HTML is made plain text. Most
// is how many bytes of the content are read.
func (p *Part) Text(most int) string {
	b := p.Content()
	s := toUTF8(b[:min(len(b), most)], p.charset)
	s = strings.ReplaceAll(s, "\r\n", "\n")
	if p.Type == "text/html" || looksLikeHTML(s) {
		s = plaintext.FromHTML(s)
	}
	return printable.Text(s)
}

// looksLikeHTML is true for HTML that is sent as plain text.
func looksLikeHTML(s string) bool {
	s = strings.ToLower(strings.TrimSpace(s[:min(len(s), 200)]))
	return strings.HasPrefix(s, "<html") || strings.HasPrefix(s, "<!doctype html")
}

// Parse reads an email, whose line ends are \n. Multiparts that are broken are plain text; emails within it are parts.
func Parse(email []byte) (Header, []*Part) {
	header, body := ParseHeader(email)
	var w walk
	w.add(header, body, 0)
	return header, w.parts
}

// walk is the way through the parts of an email.
type walk struct {
	parts []*Part
	seen  int
}

func (w *walk) add(header Header, body []byte, depth int) {
	if w.seen++; w.seen > maxParts {
		return
	}
	mediaType, params := contentType(header.Get("content-type"))
	if strings.HasPrefix(mediaType, "multipart/") && depth < maxDepth {
		pieces := split(body, params["boundary"], maxParts-w.seen)
		for _, piece := range pieces {
			h, b := Header(nil), piece
			if piece[0] != '\n' { // otherwise it has no header at all
				h, b = ParseHeader(piece)
			}
			w.add(h, b, depth+1)
		}
		if len(pieces) > 0 {
			return
		}
		mediaType = "text/plain"
	}
	w.parts = append(w.parts, &Part{header, mediaType, params["charset"], body})
}

// contentType reads a Content-Type, and finds what it needs in one that is broken.
func contentType(value string) (mediaType string, params map[string]string) {
	if value == "" {
		return "text/plain", nil
	}
	mediaType, params, err := mime.ParseMediaType(value)
	if err == nil && strings.Contains(mediaType, "/") {
		return mediaType, params
	}
	head, rest, _ := strings.Cut(value, ";")
	params = map[string]string{}
	for p := range strings.SplitSeq(rest, ";") {
		name, v, _ := strings.Cut(p, "=")
		v = strings.TrimSpace(v)
		if closed := strings.IndexByte(strings.TrimPrefix(v, `"`), '"'); strings.HasPrefix(v, `"`) && closed >= 0 {
			v = v[1 : closed+1]
		}
		params[strings.ToLower(strings.TrimSpace(name))] = strings.Trim(v, `"`)
	}
	mediaType = strings.ToLower(strings.TrimSpace(head))
	if !strings.Contains(mediaType, "/") {
		mediaType = "text/plain"
	}
	return mediaType, params
}

// split divides the body of a multipart at the lines of its boundary (RFC 2046 § 5.1.1). Without a boundary it takes the
// first line that looks like one. The closing line may be missing.
func split(body []byte, boundary string, most int) (pieces [][]byte) {
	delimiter := []byte("--" + strings.TrimRight(boundary, " "))
	if boundary == "" {
		if delimiter = guessBoundary(body); delimiter == nil {
			return nil
		}
	}
	begin := -1 // of the piece that is open
	for at := 0; at < len(body) && len(pieces) < most; {
		i := at
		if !bytes.HasPrefix(body[at:], delimiter) {
			i = bytes.Index(body[at:], append([]byte("\n"), delimiter...))
			if i < 0 {
				break
			}
			i += at + 1
		}
		end, next := lineEnd(body, i)
		tail := bytes.TrimRight(body[i+len(delimiter):end], " \t\r")
		if len(tail) != 0 && string(tail) != "--" { // a longer boundary that begins like this one
			at = next
			continue
		}
		if begin >= 0 && begin < i {
			pieces = append(pieces, body[begin:i])
		}
		begin, at = next, next
		if string(tail) == "--" {
			begin = -1
		}
	}
	if begin >= 0 && begin < len(body) && len(pieces) < most {
		pieces = append(pieces, body[begin:])
	}
	return pieces
}

// lineEnd is the end of the line that i is in, and the beginning of the next.
func lineEnd(b []byte, i int) (end, next int) {
	if n := bytes.IndexByte(b[i:], '\n'); n >= 0 {
		return i + n, i + n + 1
	}
	return len(b), len(b)
}

// guessBoundary finds the line that most likely is a boundary: --text that a header of a part follows.
func guessBoundary(body []byte) []byte {
	for at := 0; at < len(body); {
		end, next := lineEnd(body, at)
		line := bytes.TrimRight(body[at:end], " \t\r")
		following, _ := lineEnd(body, next)
		if len(line) > 4 && len(line) < 80 && bytes.HasPrefix(line, []byte("--")) && !bytes.ContainsRune(line, ' ') &&
			bytes.HasPrefix(bytes.ToLower(body[min(next, len(body)):following]), []byte("content-")) {
			return line
		}
		at = next
	}
	return nil
}
