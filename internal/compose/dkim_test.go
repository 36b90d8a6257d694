package compose

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"os/exec"
	"strings"
	"testing"

	msgauth "github.com/emersion/go-msgauth/dkim"

	"gonets/internal/dkim"
)

// signing is a key in the ways that we, DNS and tests want it.
type signing struct {
	pem    string
	record string // of s1._domainkey.example.org
}

func rsaKey(t *testing.T) signing {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	return signing{string(block), "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(public)}
}

func ed25519Key(t *testing.T) signing {
	t.Helper()
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return signing{string(block), "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}
}

// signedMail is a mail with everything in it that a signature could stumble over.
func signedMail(t *testing.T, key signing) []byte {
	t.Helper()
	l := messageOf4600()
	l.Subject = "Всем, кто любит чай: " + l.Subject + strings.Repeat(" и ещё", 20)
	l.Body += "\n\n\n   \n\n"
	l.TextBody = "Hi  {{ client.full_name }} \t\n\n.\n..\nFrom here\n\n\n"
	l.Attachments = []Attachment{{Name: "Прайс.pdf", ContentType: "application/pdf", Data: make([]byte, 3000)}}
	l.DKIM = []dkim.Key{{Domain: "example.org", Selector: "s1", PrivateKey: key.pem}}
	source, err := prepare(t, l).Mail(anna(), march)
	if err != nil {
		t.Fatal(err)
	}
	receive(t, source)
	return source
}

func verify(t *testing.T, source []byte, record string) error {
	t.Helper()
	found, err := msgauth.VerifyWithOptions(bytes.NewReader(source), &msgauth.VerifyOptions{
		LookupTXT: func(name string) ([]string, error) {
			if name != "s1._domainkey.example.org" {
				t.Errorf("looked up %s", name)
			}
			return []string{record}, nil
		},
	})
	if err != nil || len(found) != 1 {
		t.Fatalf("%d signatures, %v", len(found), err)
	}
	return found[0].Err
}

func TestSignaturesHold(t *testing.T) {
	for name, key := range map[string]signing{"RSA": rsaKey(t), "Ed25519": ed25519Key(t)} {
		t.Run(name, func(t *testing.T) {
			source := signedMail(t, key)
			if err := verify(t, source, key.record); err != nil {
				t.Fatalf("%v\n%s", err, source)
			}
			signature, _, _ := strings.Cut(string(source), "\r\nDate:")
			for _, field := range []string{"From:From:", "List-Unsubscribe:List-Unsubscribe-Post", "Subject", "Message-ID"} {
				if !strings.Contains(strings.NewReplacer("\r\n", "", " ", "").Replace(signature), field) {
					t.Errorf("%s is not signed: %s", field, signature)
				}
			}
			for what, change := range map[string][2]string{
				"another subject":         {"Subject: ", "Subject: x"},
				"another unsubscribe URL": {"/u/c0ffee", "/u/decaf0"},
				"another body":            {"Hello Anna", "Hello Eve"},
				"another Reply-To":        {"hello@example.org", "eve@example.org"},
				"a second From":           {"\r\nDate:", "\r\nFrom: eve@example.org\r\nDate:"},
				"one-click taken away":    {"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", ""},
			} {
				changed := bytes.Replace(source, []byte(change[0]), []byte(change[1]), 1)
				if bytes.Equal(changed, source) {
					t.Fatalf("%s: nothing to change", what)
				}
				if verify(t, changed, key.record) == nil {
					t.Errorf("%s goes unnoticed", what)
				}
			}
		})
	}
}

// pythonWithDKIM finds the Python that has dkimpy; the first in PATH need not be Debian's. "" is none.
func pythonWithDKIM() string {
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import dkim, nacl").Run() == nil {
			return python
		}
	}
	return ""
}

// TestSignaturesHoldForAnotherImplementation asks dkimpy (Debian: python3-dkim, and python3-nacl for
// Ed25519).
func TestSignaturesHoldForAnotherImplementation(t *testing.T) {
	python := pythonWithDKIM()
	if python == "" {
		if os.Getenv("GONETS_REQUIRE_ALL") == "1" {
			t.Fatal("python3-dkim and python3-nacl are not installed")
		}
		t.Skip("python3-dkim or python3-nacl is not installed")
	}
	const script = `
import dkim, sys
record = sys.argv[1].encode()
message = sys.stdin.buffer.read()
ok = dkim.DKIM(message).verify(dnsfunc=lambda name, timeout=5: record)
sys.exit(0 if ok else "does not verify")
`
	for name, key := range map[string]signing{"RSA": rsaKey(t), "Ed25519": ed25519Key(t)} {
		t.Run(name, func(t *testing.T) {
			source := signedMail(t, key)
			check := exec.Command(python, "-c", script, key.record)
			check.Stdin = bytes.NewReader(source)
			if output, err := check.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, output)
			}
			check = exec.Command(python, "-c", script, key.record)
			check.Stdin = bytes.NewReader(bytes.Replace(source, []byte("Hello"), []byte("Hullo"), 1))
			if check.Run() == nil {
				t.Error("a changed body goes unnoticed")
			}
		})
	}
}
