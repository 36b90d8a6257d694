package submission

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"strings"

	"github.com/emersion/go-smtp"

	"gonets/internal/address"
	"gonets/internal/mimepart"
)

// maxHops is how many servers an e-mail may have passed (RFC 5321 § 6.3): it may have come from here.
const maxHops = 50

// errHeader refuses what does not begin with a header.
var errHeader = refusal(554, smtp.EnhancedCode{5, 6, 0}, "The e-mail does not begin with a header of at most %d KB (RFC 5322 section 2.2)", held>>10)

// field is one field of a header.
type field struct {
	name string // in lower case
	raw  []byte // with its name and its line ends
}

// value is the field without its name, in one line.
func (f field) value() string {
	_, value, _ := bytes.Cut(f.raw, []byte(":"))
	return strings.TrimSpace(strings.ReplaceAll(string(value), "\r\n", ""))
}

// header are the fields of an e-mail in their order.
type header []field

// splitHeader cuts an e-mail with CRLF line ends, or its beginning, into its header and what follows the empty line, which is part
// of a beginning. It is strict, so that no program reads another field than is checked here. It fails with errHeader.
func splitHeader(head []byte, whole bool) (h header, body []byte, err error) {
	for len(head) > 0 {
		at := bytes.Index(head, []byte("\r\n"))
		if at < 0 { // longer than what is held
			return nil, nil, errHeader
		}
		line := head[:at+2]
		head = head[at+2:]
		switch {
		case at == 0:
			return h, head, nil
		case bytes.IndexByte(line, 0) >= 0:
			return nil, nil, errHeader
		case line[0] == ' ' || line[0] == '\t':
			if len(h) == 0 {
				return nil, nil, errHeader
			}
			last := &h[len(h)-1]
			last.raw = last.raw[:len(last.raw)+len(line)] // it follows in the same memory
			continue
		}
		name, _, found := bytes.Cut(line, []byte(":"))
		name = bytes.TrimRight(name, " \t")
		if !found || len(name) == 0 || bytes.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return nil, nil, errHeader
		}
		h = append(h, field{strings.ToLower(string(name)), line})
	}
	if !whole || len(h) == 0 {
		return nil, nil, errHeader
	}
	return h, nil, nil // an e-mail without a body
}

// all are the fields of a name.
func (h header) all(name string) (fields []field) {
	for _, f := range h {
		if f.name == name {
			fields = append(fields, f)
		}
	}
	return fields
}

func (h header) has(name string) bool { return len(h.all(name)) > 0 }

// subject is the subject, decoded; "" if there is none.
func (h header) subject() string {
	if fields := h.all("subject"); len(fields) > 0 {
		return mimepart.DecodeWords(fields[0].value())
	}
	return ""
}

// onlyAddress is the address in a field that may be there once, with one address. It is "" if the field is not there.
func (h header) onlyAddress(name string) (string, error) {
	fields := h.all(name)
	if len(fields) == 0 {
		return "", nil
	}
	shown := strings.ToUpper(name[:1]) + name[1:]
	if len(fields) > 1 {
		return "", refusal(550, smtp.EnhancedCode{5, 7, 1}, "The e-mail has %d fields %s: it must have one", len(fields), shown)
	}
	// Names are not looked at, so they may be in any character set.
	words := &mime.WordDecoder{CharsetReader: func(_ string, r io.Reader) (io.Reader, error) { return r, nil }}
	parser := mail.AddressParser{WordDecoder: words}
	list, err := parser.ParseList(fields[0].value())
	if err != nil || len(list) != 1 {
		return "", refusal(550, smtp.EnhancedCode{5, 7, 1}, "%s must have one address: %.200q", shown, fields[0].value())
	}
	normal, err := address.Normalize(list[0].Address)
	if err != nil {
		return "", refusal(550, smtp.EnhancedCode{5, 7, 1}, "%s is no e-mail address: %.200q", shown, list[0].Address)
	}
	return normal, nil
}

// dropped are the fields that do not go out: the hidden recipients, and what servers that deliver add (RFC 5321 § 4.4).
var dropped = map[string]bool{"bcc": true, "resent-bcc": true, "return-path": true}

// joined is the e-mail, or its beginning, with fields put before the others.
func (h header) joined(before string, body []byte) []byte {
	var b bytes.Buffer
	b.WriteString(before)
	for _, f := range h {
		if !dropped[f.name] {
			b.Write(f.raw)
		}
	}
	fmt.Fprint(&b, "\r\n")
	b.Write(body)
	return b.Bytes()
}
