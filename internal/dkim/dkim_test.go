package dkim

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

// keys makes a key of each kind, and the value of p= that belongs to it.
func keys(t testing.TB) (keys map[string]Key, published map[string]string) {
	t.Helper()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys, published = map[string]Key{}, map[string]string{}
	add := func(name, kind string, der, public []byte, err error) {
		if err != nil {
			t.Fatal(err)
		}
		keys[name] = Key{"example.org", "s1", string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))}
		published[name] = base64.StdEncoding.EncodeToString(public)
	}
	pkix, err := x509.MarshalPKIXPublicKey(rsaKey.Public())
	if err != nil {
		t.Fatal(err)
	}
	add("RSA in PKCS #1", "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey), pkix, nil)
	der, err := x509.MarshalPKCS8PrivateKey(rsaKey)
	add("RSA in PKCS #8", "PRIVATE KEY", der, x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey), err)
	der, err = x509.MarshalPKCS8PrivateKey(edKey)
	add("Ed25519", "PRIVATE KEY", der, public, err)
	return keys, published
}

func TestSignaturesHold(t *testing.T) {
	keys, published := keys(t)
	for name, key := range keys {
		s, err := NewSigner(key)
		if err != nil {
			t.Fatal(err)
		}
		const email = "From: a@example.org\r\nSubject: x\r\n\r\nHello  \r\n\r\n"
		signature, err := s.Sign(strings.NewReader(email).WriteTo)
		if err != nil {
			t.Fatal(err)
		}
		algorithm := "rsa"
		if name == "Ed25519" {
			algorithm = "ed25519"
		}
		found, err := dkim.VerifyWithOptions(strings.NewReader(signature+email), &dkim.VerifyOptions{
			LookupTXT: func(domain string) ([]string, error) {
				if domain != key.Name() {
					t.Errorf("looked up %s", domain)
				}
				return []string{"v=DKIM1; k=" + algorithm + "; p=" + published[name]}, nil
			},
		})
		if err != nil || len(found) != 1 || found[0].Err != nil {
			t.Errorf("%s: %v %v", name, found, err)
		}
	}
}

func TestAnEmailIsSignedWithEveryKey(t *testing.T) {
	keys, published := keys(t)
	a, b := keys["RSA in PKCS #8"], keys["Ed25519"]
	b.Selector = "s2"
	s, err := NewSigner(a, b)
	if err != nil {
		t.Fatal(err)
	}
	const email = "From: a@example.org\r\nSubject: x\r\n\r\nHello\r\n"
	signatures, err := s.Sign(strings.NewReader(email).WriteTo)
	if err != nil {
		t.Fatal(err)
	}
	found, err := dkim.VerifyWithOptions(strings.NewReader(signatures+email), &dkim.VerifyOptions{
		LookupTXT: func(domain string) ([]string, error) {
			if domain == b.Name() {
				return []string{"v=DKIM1; k=ed25519; p=" + published["Ed25519"]}, nil
			}
			return []string{"v=DKIM1; k=rsa; p=" + published["RSA in PKCS #8"]}, nil
		},
	})
	if err != nil || len(found) != 2 || found[0].Err != nil || found[1].Err != nil {
		t.Errorf("%v %+v", err, found)
	}
}

func TestAKeyIsComparedWithThePublishedOne(t *testing.T) {
	keys, published := keys(t)
	for name, key := range keys {
		for other, public := range published {
			isSame := name == other || strings.HasPrefix(name, "RSA") && strings.HasPrefix(other, "RSA")
			if key.IsPublishedAs(public) != isSame {
				t.Errorf("%s and %s published: %v", name, other, !isSame)
			}
		}
		if folded := published[name][:20] + "\n " + published[name][20:]; !key.IsPublishedAs(folded) {
			t.Errorf("%s is not found in a folded record", name)
		}
	}
	if (Key{}).IsPublishedAs("") {
		t.Error("no key is published as nothing")
	}
}

func TestKeysThatCannotSignAreRefused(t *testing.T) {
	all, _ := keys(t)
	good := all["Ed25519"].PrivateKey
	for name, key := range map[string]Key{
		"no PEM":          {"example.org", "s1", "MC4CAQAwBQYDK2VwBCIEI"},
		"a public key":    {"example.org", "s1", strings.ReplaceAll(good, "PRIVATE", "PUBLIC")[:60]},
		"half a key":      {"example.org", "s1", "-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n-----END PRIVATE KEY-----\n"},
		"no domain":       {"", "s1", good},
		"no selector":     {"example.org", "", good},
		"a line in there": {"example.org", "s1\r\nX: y", good},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := NewSigner(key); err == nil || !strings.Contains(err.Error(), "DKIM") {
				t.Errorf("%v", err)
			}
		})
	}
}

// FuzzPublished compares a key with any text that a domain may publish.
func FuzzPublished(f *testing.F) {
	keys, published := keys(f)
	for _, public := range published {
		f.Add(public)
	}
	f.Add("")
	f.Add("MCowBQYDK2VwAyEA")
	f.Fuzz(func(t *testing.T, public string) {
		der, _ := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(public), ""))
		for name, key := range keys {
			own, _ := base64.StdEncoding.DecodeString(published[name])
			if name == "Ed25519" && key.IsPublishedAs(public) != (string(der) == string(own)) {
				t.Errorf("%q was taken for the key, or not", public)
			}
			key.IsPublishedAs(public)
		}
	})
}
