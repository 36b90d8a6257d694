package dkim

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

// verify has an independent library verify the signatures of an e-mail.
func verify(t *testing.T, signed string, published map[string]string) []*dkim.Verification {
	t.Helper()
	found, err := dkim.VerifyWithOptions(strings.NewReader(signed), &dkim.VerifyOptions{
		LookupTXT: func(domain string) ([]string, error) {
			record, ok := published[domain]
			if !ok {
				return nil, fmt.Errorf("looked up %s", domain)
			}
			return []string{record}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// inPieces writes a text as an e-mail does whose attachments are read from a file.
type inPieces []string

func (p inPieces) writeTo(w io.Writer) (n int64, err error) {
	for _, piece := range p {
		m, err := io.WriteString(w, piece)
		if n += int64(m); err != nil {
			return n, err
		}
	}
	return n, nil
}

// TestOddEmailsAreSignedAsReceiversReadThem signs texts of white space in all places, in pieces of any length.
func TestOddEmailsAreSignedAsReceiversReadThem(t *testing.T) {
	all, published := keys(t)
	ed, rsaKey := all["Ed25519"], all["RSA in PKCS #8"]
	ed.Selector = "s2"
	records := map[string]string{
		ed.Name():     "v=DKIM1; k=ed25519; p=" + published["Ed25519"],
		rsaKey.Name(): "v=DKIM1; k=rsa; p=" + published["RSA in PKCS #8"],
	}
	s, err := NewSigner(rsaKey, ed)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	parts := []string{"a", "bc", "Ж", " ", "  ", "\t", "\r\n", "\r\n\r\n", " \r\n", "\r\n ", ".", "=20\r\n", strings.Repeat("x", 5000)}
	text := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		return b.String()
	}
	headers := []string{
		"From: a@example.org\r\nSubject: x\r\n",
		"from : A  <a@example.org>\r\nSUBJECT:\tone\r\n two\r\n\tthree \r\nX-Other: From: no\r\nTo:b@example.org\r\n",
		"From: a@example.org\r\nFrom: b@example.org\r\nSubject:\r\nDate: today\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
	}
	for i := range 300 {
		email := headers[i%len(headers)] + "\r\n" + text(r.IntN(12))
		var pieces inPieces
		for rest := email; rest != ""; {
			n := 1 + r.IntN(len(rest))
			if i%5 == 0 {
				n = 1 // the end of the header, and every line end, in two writes
			}
			pieces, rest = append(pieces, rest[:n]), rest[n:]
		}
		signatures, err := s.Sign(pieces.writeTo)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(signatures, "\r\n") {
			if len(line) > 78 {
				t.Fatalf("a line has %d characters: %s", len(line), line)
			}
		}
		found := verify(t, signatures+email, records)
		if len(found) != 2 || found[0].Err != nil || found[1].Err != nil {
			t.Fatalf("%q:\n%s\n%v %v", email, signatures, found[0].Err, found[1].Err)
		}
	}
}

func TestASignatureDoesNotHoldForAnotherEmail(t *testing.T) {
	all, published := keys(t)
	key := all["Ed25519"]
	s, err := NewSigner(key)
	if err != nil {
		t.Fatal(err)
	}
	const email = "From: a@example.org\r\nSubject: x\r\n\r\nHello\r\n"
	signature, err := s.Sign(strings.NewReader(email).WriteTo)
	if err != nil {
		t.Fatal(err)
	}
	for name, changed := range map[string]string{
		"another body":          strings.Replace(email, "Hello", "Hullo", 1),
		"another subject":       strings.Replace(email, ": x", ": y", 1),
		"a second From":         "From: b@example.org\r\n" + email,
		"a reply address added": "Reply-To: b@example.org\r\n" + email,
	} {
		found := verify(t, signature+changed, map[string]string{key.Name(): "v=DKIM1; k=ed25519; p=" + published["Ed25519"]})
		if len(found) != 1 || found[0].Err == nil {
			t.Errorf("the signature holds for %s", name)
		}
	}
}
