package webhook_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"gonets/internal/bounce"
	"gonets/internal/webhook"
)

const (
	topic    = "arn:aws:sns:eu-west-1:123456789012:bounces"
	certPage = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
)

var now = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// amazon signs as Amazon SNS does, and answers what is fetched from it.
type amazon struct {
	key     *rsa.PrivateKey
	page    []byte
	mu      sync.Mutex
	fetched []string
	err     error
}

var signer = sync.OnceValues(func() (*amazon, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sns.amazonaws.com"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	return &amazon{key: key, page: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}, nil
})

func newAmazon(t testing.TB) *amazon {
	t.Helper()
	a, err := signer()
	if err != nil {
		t.Fatal(err)
	}
	return &amazon{key: a.key, page: a.page}
}

func (a *amazon) fetch(_ context.Context, address string) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fetched = append(a.fetched, address)
	return a.page, a.err
}

// sign signs a message. The names of what is signed are written out here once more, so that both would have to be wrong.
func (a *amazon) sign(t testing.TB, version string, m map[string]string) []byte {
	t.Helper()
	names := []string{"Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"}
	if m["Type"] != "Notification" {
		names = []string{"Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"}
	}
	var text strings.Builder
	for _, name := range names {
		if value, ok := m[name]; ok {
			text.WriteString(name + "\n" + value + "\n")
		}
	}
	kind, sum := crypto.SHA256, sha256.Sum256([]byte(text.String()))
	digest := sum[:]
	if version == "1" {
		old := sha1.Sum([]byte(text.String()))
		kind, digest = crypto.SHA1, old[:]
	}
	signature, err := rsa.SignPKCS1v15(rand.Reader, a.key, kind, digest)
	if err != nil {
		t.Fatal(err)
	}
	m["SignatureVersion"], m["Signature"] = version, base64.StdEncoding.EncodeToString(signature)
	if m["SigningCertURL"] == "" {
		m["SigningCertURL"] = certPage
	}
	return marshal(t, m)
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// notification is a message of SNS with a bounce of SES.
func notification() map[string]string {
	return map[string]string{
		"Type": "Notification", "MessageId": "m-1", "TopicArn": topic, "Timestamp": "2026-05-01T11:59:58.123Z",
		"Message": `{"notificationType":"Bounce","mail":{"source":"bounces+x@example.org","commonHeaders":{"messageId":"<a@example.org>"}},` +
			`"bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"ann@example.com","action":"failed","status":"5.1.1",` +
			`"diagnosticCode":"smtp; 550 5.1.1 user unknown"},{"emailAddress":"bob@example.com","action":"failed","status":"5.2.2","diagnosticCode":"smtp; 552 5.2.2 mailbox full"}]}}`,
	}
}

func subscription() map[string]string {
	return map[string]string{
		"Type": "SubscriptionConfirmation", "MessageId": "m-2", "TopicArn": topic, "Timestamp": "2026-05-01T11:59:58.123Z", "Token": "t&oken",
		"Message": "You have chosen to subscribe", "SubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=other",
	}
}

var ses = webhook.Hook{Provider: webhook.SES, Topic: topic}

func TestSESThroughSNS(t *testing.T) {
	for _, version := range []string{"1", "2"} {
		a := newAmazon(t)
		r := webhook.New(a.fetch)
		for range 2 { // the second time, the certificate is known
			reports, err := r.Read(t.Context(), ses, webhook.Request{Body: a.sign(t, version, notification()), At: now})
			if err != nil || len(reports) != 2 {
				t.Fatalf("version %s: %+v, %v", version, reports, err)
			}
			one, two := reports[0], reports[1]
			if one.Kind != bounce.Hard || one.Address != "ann@example.com" || one.Code != 550 || one.Enhanced != "5.1.1" || one.MessageID != "a@example.org" ||
				one.ReturnPath != "bounces+x@example.org" || one.ID != "m-1" || !one.At.Equal(time.Date(2026, 5, 1, 11, 59, 58, 123e6, time.UTC)) {
				t.Errorf("the first is %+v", one)
			}
			if two.Kind != bounce.Soft || two.ID != "m-1/1" {
				t.Errorf("the second is %+v", two)
			}
		}
		if len(a.fetched) != 1 || a.fetched[0] != certPage {
			t.Errorf("fetched %q", a.fetched)
		}
	}
}

// A subscription is confirmed at Amazon's address for the topic of the hook, and nowhere else.
func TestSubscriptionIsConfirmed(t *testing.T) {
	a := newAmazon(t)
	if _, err := webhook.New(a.fetch).Read(t.Context(), ses, webhook.Request{Body: a.sign(t, "2", subscription()), At: now}); err != nil {
		t.Fatal(err)
	}
	want := "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t%26oken&TopicArn=" + url.QueryEscape(topic)
	if len(a.fetched) != 2 || a.fetched[1] != want {
		t.Errorf("fetched %q", a.fetched)
	}
}

func TestForgedNotifications(t *testing.T) {
	for name, change := range map[string]func(m map[string]string){
		"another message":     func(m map[string]string) { m["Message"] = strings.ReplaceAll(m["Message"], "ann@", "eve@") },
		"another time":        func(m map[string]string) { m["Timestamp"] = "2026-05-02T00:00:00Z" },
		"a subject":           func(m map[string]string) { m["Subject"] = "x" },
		"another type":        func(m map[string]string) { m["Type"] = "UnsubscribeConfirmation" },
		"another topic":       func(m map[string]string) { m["TopicArn"] = "arn:aws:sns:eu-west-1:666666666666:bounces" },
		"no signature":        func(m map[string]string) { m["Signature"] = "" },
		"a broken signature":  func(m map[string]string) { m["Signature"] = "%" },
		"the wrong version":   func(m map[string]string) { m["SignatureVersion"] = "1" },
		"an unknown version":  func(m map[string]string) { m["SignatureVersion"] = "3" },
		"an empty message":    func(m map[string]string) { clear(m) },
		"certificate by HTTP": func(m map[string]string) { m["SigningCertURL"] = strings.Replace(certPage, "https", "http", 1) },
	} {
		t.Run(name, func(t *testing.T) {
			a := newAmazon(t)
			m := notification()
			a.sign(t, "2", m)
			change(m)
			reports, err := webhook.New(a.fetch).Read(t.Context(), ses, webhook.Request{Body: marshal(t, m), At: now})
			if !errors.Is(err, webhook.ErrSignature) || reports != nil {
				t.Errorf("got %v, %v", reports, err)
			}
		})
	}
}

// Whoever chooses where the certificate is from signs what he likes. Nothing is fetched from another address.
func TestCertificatesOfOthers(t *testing.T) {
	for _, address := range []string{
		"https://evil.example/SimpleNotificationService-0.pem",
		"https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0.pem",
		"https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0.pem",
		"https://evil.s3.amazonaws.com/SimpleNotificationService-0.pem",
		"https://sns.evil.amazonaws.com/SimpleNotificationService-0.pem",
		"https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem", // another region
		"https://sns.eu-west-1.amazonaws.com.cn/SimpleNotificationService-0.pem",
		"https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-0.pem",
		"https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem?x=1",
		"https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem#x",
		"https://sns.eu-west-1.amazonaws.com/a/../SimpleNotificationService-0.pem",
		"https://sns.eu-west-1.amazonaws.com/?Action=GetTopicAttributes&x=.pem",
		"https://sns.eu-west-1.amazonaws.com\\@evil.example/SimpleNotificationService-0.pem",
		"https://SNS.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem",
		"//sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem", "",
	} {
		a := newAmazon(t)
		m := notification()
		m["SigningCertURL"] = address
		body := a.sign(t, "2", m)
		if address == "" {
			m["SigningCertURL"] = ""
			body = marshal(t, m)
		}
		if _, err := webhook.New(a.fetch).Read(t.Context(), ses, webhook.Request{Body: body, At: now}); !errors.Is(err, webhook.ErrSignature) || len(a.fetched) > 0 {
			t.Errorf("%q: %v, fetched %q", address, err, a.fetched)
		}
	}
}

// A signed message of our own topic that has another address for the confirmation: it is not asked.
func TestConfirmationElsewhere(t *testing.T) {
	for _, address := range []string{"https://evil.example/", "http://sns.eu-west-1.amazonaws.com/", "https://sns.us-east-1.amazonaws.com/"} {
		a := newAmazon(t)
		m := subscription()
		m["SubscribeURL"] = address
		_, err := webhook.New(a.fetch).Read(t.Context(), ses, webhook.Request{Body: a.sign(t, "2", m), At: now})
		if !errors.Is(err, webhook.ErrSignature) || len(a.fetched) != 1 {
			t.Errorf("%s: %v, fetched %q", address, err, a.fetched)
		}
	}
}

func TestCertificateThatCannotBeHad(t *testing.T) {
	a := newAmazon(t)
	body := a.sign(t, "2", notification())
	a.err = errors.New("no route to host")
	r := webhook.New(a.fetch)
	for range 20 {
		if _, err := r.Read(t.Context(), ses, webhook.Request{Body: body, At: now}); !errors.Is(err, webhook.ErrUnavailable) {
			t.Fatalf("got %v", err)
		}
	}
	if len(a.fetched) != 10 {
		t.Errorf("it was fetched %d times in a minute", len(a.fetched))
	}
	a = newAmazon(t)
	a.page = []byte("no certificate")
	if _, err := webhook.New(a.fetch).Read(t.Context(), ses, webhook.Request{Body: body, At: now}); !errors.Is(err, webhook.ErrUnavailable) {
		t.Errorf("no certificate: %v", err)
	}
	a = newAmazon(t)
	if _, err := webhook.New(a.fetch).Read(t.Context(), ses, webhook.Request{Body: body, At: now.AddDate(1, 0, 0)}); !errors.Is(err, webhook.ErrSignature) {
		t.Errorf("an expired certificate: %v", err)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	asked := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer elsewhere.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/redirect":
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		case "/long":
			_, _ = w.Write(bytes.Repeat([]byte("x"), webhook.MaxPage+1))
		default:
			_, _ = w.Write([]byte("page"))
		}
	}))
	defer server.Close()
	if page, err := webhook.FetchAmazon(t.Context(), server.URL+"/good"); err != nil || string(page) != "page" {
		t.Errorf("a page: %q, %v", page, err)
	}
	for _, path := range []string{"/redirect", "/long"} {
		if page, err := webhook.FetchAmazon(t.Context(), server.URL+path); err == nil {
			t.Errorf("%s gave %d bytes", path, len(page))
		}
	}
	if asked {
		t.Error("a redirect was followed")
	}
}

func TestTopics(t *testing.T) {
	for arn, want := range map[string]bool{
		topic: true, "arn:aws-cn:sns:cn-north-1:123456789012:x": true, "arn:aws-us-gov:sns:us-gov-west-1:123456789012:x": true,
		"": false, "arn:aws:sqs:eu-west-1:123456789012:x": false, "arn:aws:sns:eu-west-1.evil:123456789012:x": false, topic + "\n": false,
	} {
		if webhook.IsTopic(arn) != want {
			t.Errorf("%q: %v", arn, !want)
		}
	}
}
