package dkim

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Signer signs e-mails, with one key or with several: a receiver that does not know Ed25519 finds the signature by RSA then
// (RFC 8463 § 3). It is safe for concurrent use. The e-mail is read and hashed once, whatever the number of keys.
type Signer struct {
	keys   []signingKey
	states sync.Pool // of *state
}

// cores has an element for each signature that is being made, of any Signer. A signature by RSA takes a processor for a
// millisecond, in which the Go scheduler lets nobody else on it: with more of them than processors at once, everything
// else in the process, the ledger first, would wait for most of them each time.
var cores = make(chan struct{}, runtime.GOMAXPROCS(0))

// signedFields are the header fields that the signature covers. Fields that an e-mail does not have are listed too,
// so that nobody can add them; From is listed twice, so that nobody can add a second one (RFC 6376 § 8.15). RFC 8058
// § 4 requires the List-Unsubscribe fields.
var signedFields = []string{
	"From", "From", "To", "Subject", "Date", "Message-ID", "Reply-To",
	"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
	"MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Language",
}

// signingKey is a key, with what is the same in each of its signatures.
type signingKey struct {
	key  crypto.Signer
	hash crypto.Hash // what the key has to be told that it signs
	// tags are those of the field up to the value of t=, in one line, as they are hashed (RFC 6376 § 3.4.2).
	tags string
}

func newSigningKey(k Key, key crypto.Signer) signingKey {
	s := signingKey{key: key, hash: crypto.SHA256}
	algorithm := "rsa-sha256"
	if _, ok := key.Public().(ed25519.PublicKey); ok {
		// Ed25519 signs the hash as any other message (RFC 8463 § 3).
		algorithm, s.hash = "ed25519-sha256", 0
	}
	s.tags = "v=1; a=" + algorithm + "; c=relaxed/relaxed; d=" + k.Domain + "; s=" + k.Selector +
		"; h=" + strings.Join(signedFields, ": ") + "; t="
	return s
}

// Sign returns the DKIM-Signature fields of an e-mail, one a key, to be put before its first field. writeTo is the method
// WriteTo of the e-mail; unlike an io.WriterTo it allocates nothing. The error is that of writeTo, or of the signing.
func (s *Signer) Sign(writeTo func(io.Writer) (int64, error)) (string, error) {
	st := s.states.Get().(*state)
	defer s.states.Put(st)
	st.reset()
	if _, err := writeTo(st); err != nil {
		return "", err
	}
	st.finish()
	now := strconv.FormatInt(time.Now().Unix(), 10)
	var fields strings.Builder
	for i := range s.keys {
		if err := s.keys[i].sign(&fields, st, now); err != nil {
			return "", err
		}
	}
	return fields.String(), nil
}

// sign writes the field of one key.
func (k *signingKey) sign(to *strings.Builder, st *state, now string) error {
	tags := k.tags + now + "; bh=" + st.bodyHash + "; b="
	hash := sha256.New()
	hash.Write(st.canonical)
	// The field is hashed without its signature and without the line end (RFC 6376 § 3.7).
	_, _ = io.WriteString(hash, "dkim-signature:"+tags)
	cores <- struct{}{}
	signature, err := k.key.Sign(rand.Reader, hash.Sum(nil), k.hash)
	<-cores
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	fold(to, "DKIM-Signature: "+tags, base64.StdEncoding.EncodeToString(signature))
	return nil
}

// lineLength is where lines of a field are folded (RFC 5322 § 2.1.1).
const lineLength = 76

// fold writes a field in lines. It folds the text at spaces, which the receiver takes for one space again, and the value of
// b= anywhere: white space in it is ignored (RFC 6376 § 3.5).
func fold(to *strings.Builder, text, signature string) {
	column := 0
	for word := range strings.SplitSeq(text, " ") {
		switch {
		case column == 0:
		case column+1+len(word) > lineLength:
			to.WriteString("\r\n ")
			column = 1
		default:
			to.WriteByte(' ')
			column++
		}
		to.WriteString(word)
		column += len(word)
	}
	for signature != "" {
		if column >= lineLength {
			to.WriteString("\r\n ")
			column = 1
		}
		n := min(lineLength-column, len(signature))
		to.WriteString(signature[:n])
		signature, column = signature[n:], column+n
	}
	to.WriteString("\r\n")
}

// state reads one e-mail: it keeps the header and hashes the body.
type state struct {
	header    []byte
	inBody    bool
	body      body
	canonical []byte // the signed fields, as they are hashed
	bodyHash  string // in base64
}

func newState() *state { return &state{body: newBody()} }

func (s *state) reset() {
	s.header, s.canonical, s.inBody = s.header[:0], s.canonical[:0], false
	s.body.reset()
}

// Write takes the next bytes of the e-mail.
func (s *state) Write(p []byte) (int, error) {
	if s.inBody {
		return s.body.Write(p)
	}
	from := max(0, len(s.header)-3) // the end of the header may be in two writes
	s.header = append(s.header, p...)
	if end := bytes.Index(s.header[from:], []byte("\r\n\r\n")); end >= 0 {
		s.inBody = true
		end += from + 2
		_, _ = s.body.Write(s.header[end+2:])
		s.header = s.header[:end]
	}
	return len(p), nil
}

// finish ends the e-mail and hashes what all keys sign.
func (s *state) finish() {
	s.bodyHash = base64.StdEncoding.EncodeToString(s.body.sum())
	fields := fieldsOf(s.header)
	for i, name := range signedFields {
		// Of several fields of one name the last is signed first (RFC 6376 § 5.4.2).
		nth := 0
		for _, before := range signedFields[:i] {
			if before == name {
				nth++
			}
		}
		for at := len(fields) - 1; at >= 0; at-- {
			if !isNamed(fields[at], name) {
				continue
			}
			if nth == 0 {
				s.canonical = appendRelaxed(s.canonical, fields[at])
				break
			}
			nth--
		}
	}
}

// fieldsOf splits a header into its fields, each with its folded lines.
func fieldsOf(header []byte) (fields [][]byte) {
	for len(header) > 0 {
		end := 0
		for {
			i := bytes.Index(header[end:], []byte("\r\n"))
			if i < 0 {
				end = len(header)
				break
			}
			end += i + 2
			if end >= len(header) || header[end] != ' ' && header[end] != '\t' {
				break
			}
		}
		fields = append(fields, header[:end])
		header = header[end:]
	}
	return fields
}

func isNamed(field []byte, name string) bool {
	before, _, ok := bytes.Cut(field, []byte(":"))
	return ok && strings.EqualFold(string(bytes.TrimRight(before, " \t")), name)
}

// appendRelaxed appends a field in the relaxed form: the name in small letters, each white space a single one, none at the
// ends (RFC 6376 § 3.4.2).
func appendRelaxed(to, field []byte) []byte {
	name, value, _ := bytes.Cut(field, []byte(":"))
	to = append(to, bytes.ToLower(bytes.TrimRight(name, " \t"))...)
	to = append(to, ':')
	space, written := false, false
	for _, c := range value {
		switch c {
		case ' ', '\t', '\r', '\n':
			space = true
			continue
		}
		if space && written {
			to = append(to, ' ')
		}
		to, space, written = append(to, c), false, true
	}
	return append(to, "\r\n"...)
}
