package incoming_test

import (
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/hookstest"
	"gonets/hooks/incoming"
	"gonets/internal/feedback"
	"gonets/internal/intake"
	"gonets/internal/webhook"
)

const hookSecret = "a secret that nobody guesses"

// hookWorld has the route of webhooks. What it fetches from Amazon is answered by fetch.
func hookWorld(t *testing.T, fetch webhook.Fetch) *hookstest.World {
	t.Helper()
	return hookstest.New(t, func(app core.App) {
		incoming.BindBounceHooks(app, intake.NewHooks(app, feedback.New(app), webhook.New(fetch)))
	})
}

// addHook adds an active webhook and returns its path.
func addHook(t *testing.T, w *hookstest.World, data map[string]any) (id, path string) {
	t.Helper()
	data["active"] = true
	a := w.Expect(t, 200, hookstest.Superuser, http.MethodPost, hookstest.RecordsOf("bounce_hooks"), data)
	return a.ID(), "/hooks/" + a.Field("provider") + "/" + a.Field("key")
}

// report posts a body as a provider does.
func report(t *testing.T, w *hookstest.World, path string, body io.Reader, headers ...string) hookstest.Answer {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, body)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.HTTP.ServeHTTP(rec, r)
	if !strings.HasPrefix(rec.Header().Get("Content-Type"), "application/json") {
		t.Errorf("%s is answered as %q", path, rec.Header().Get("Content-Type"))
	}
	return hookstest.Decoded(rec)
}

func signed(body string) []string {
	h := hmac.New(sha256.New, []byte(hookSecret))
	h.Write([]byte(body))
	return []string{"Gonets-Signature", "sha256=" + hex.EncodeToString(h.Sum(nil)), "Content-Type", "application/json"}
}

// unread fails the test when it is read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func TestReportsOfProviders(t *testing.T) {
	w := hookWorld(t, nil)
	id, path := addHook(t, w, map[string]any{"provider": "generic", "secret": hookSecret})
	wrong := strings.Replace(path, "/generic/", "/mailgun/", 1)
	for _, unknown := range []string{wrong, "/hooks/generic/" + strings.Repeat("a", 40), path + "x"} {
		if a := report(t, w, unknown, unread{t}); a.Status != 404 {
			t.Errorf("%s is answered %d", unknown, a.Status)
		}
	}
	body := `{"type": "hard", "recipient": "nobody@example.net", "code": 550, "enhanced_code": "5.1.1"}`
	for name, c := range map[string]struct {
		body    string
		headers []string
		want    int
	}{
		"as it should be":           {body, signed(body), 200},
		"seen before":               {body, signed(body), 200},
		"without a signature":       {body, nil, 401},
		"with the signature of one": {`{"type": "hard"}`, signed(body), 401},
		"no report":                 {`[1, 2]`, signed(`[1, 2]`), 400},
		"no JSON":                   {`hello`, signed(`hello`), 400},
		"too long":                  {strings.Repeat(" ", webhook.MaxBody+1), nil, 413},
		"a form that is too long":   {strings.Repeat(" ", webhook.MaxBody+1), []string{"Content-Type", "multipart/form-data; boundary=x"}, 413},
	} {
		if a := report(t, w, path, strings.NewReader(c.body), c.headers...); a.Status != c.want {
			t.Errorf("%s: answered %d %s, want %d", name, a.Status, a.Text, c.want)
		}
	}
	long := "[" + strings.TrimSuffix(strings.Repeat(body+",", 900), ",") + "]" // longer than guests may send elsewhere
	if a := report(t, w, path, strings.NewReader(long), signed(long)...); a.Status != 200 || a.Body["reports"] != 900.0 {
		t.Errorf("900 reports: %d %s", a.Status, a.Text)
	}
	w.Eventually(t, "it is written that the provider has called", func() bool {
		return w.Column(t, "bounce_hooks", id, "last_seen_at") != "" && w.Column(t, "bounce_hooks", id, "last_error") == ""
	})

	w.Expect(t, 200, hookstest.Superuser, http.MethodPatch, hookstest.RecordsOf("bounce_hooks", id), map[string]any{"active": false})
	w.Eventually(t, "an inactive webhook is gone", func() bool { return report(t, w, path, strings.NewReader(body), signed(body)...).Status == 404 })
}

// TestAStrangerCannotUseUpAWebhook has requests that wait in the middle of their bodies. Only those who know the key count
// against its limit.
func TestAStrangerCannotUseUpAWebhook(t *testing.T) {
	w := hookWorld(t, nil)
	_, path := addHook(t, w, map[string]any{"provider": "generic", "secret": hookSecret})
	_, other := addHook(t, w, map[string]any{"provider": "generic", "secret": hookSecret})
	release := make(chan struct{})
	slow := func(path string) (begun chan struct{}, status chan int) {
		begun, status = make(chan struct{}), make(chan int, 1)
		body := io.MultiReader(strings.NewReader("{"), waiting{begun, release})
		go func() {
			rec := httptest.NewRecorder()
			w.HTTP.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, path, body))
			status <- rec.Code
		}()
		return begun, status
	}
	for range 3 * intake.MaxAtOnce {
		_, status := slow("/hooks/generic/" + strings.Repeat("g", 40))
		if got := <-status; got != 404 {
			t.Fatalf("a guess is answered %d", got)
		}
	}
	var under []chan int
	for range intake.MaxAtOnce {
		begun, status := slow(path)
		<-begun
		under = append(under, status)
	}
	if a := report(t, w, path, strings.NewReader("{}"), signed("{}")...); a.Status != 429 {
		t.Errorf("one too many is answered %d", a.Status)
	}
	if a := report(t, w, other, strings.NewReader("[]"), signed("[]")...); a.Status != 200 {
		t.Errorf("another webhook is answered %d %s", a.Status, a.Text)
	}
	close(release)
	for _, status := range under {
		if got := <-status; got != 401 {
			t.Errorf("a slow request is answered %d", got)
		}
	}
	if a := report(t, w, path, strings.NewReader("[]"), signed("[]")...); a.Status != 200 {
		t.Errorf("afterwards it is answered %d %s", a.Status, a.Text)
	}
}

// waiting is a body that says when it is read, and ends when it is released.
type waiting struct{ begun, release chan struct{} }

func (b waiting) Read([]byte) (int, error) {
	close(b.begun)
	<-b.release
	return 0, io.EOF
}

// TestASubscriptionOfAmazonIsConfirmed takes the request to confirm a subscription, and a bounce, as Amazon SNS signs them.
func TestASubscriptionOfAmazonIsConfirmed(t *testing.T) {
	const (
		topic = "arn:aws:sns:eu-west-1:123456789012:bounces"
		page  = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
	)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	hookstest.Must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	hookstest.Must(t, err)
	var fetched []string
	w := hookWorld(t, func(_ context.Context, address string) ([]byte, error) {
		fetched = append(fetched, address)
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
	})
	id, path := addHook(t, w, map[string]any{"provider": "ses", "topic": topic})
	sign := func(m map[string]string, fields ...string) string {
		text := ""
		for _, name := range fields {
			text += name + "\n" + m[name] + "\n"
		}
		sum := sha256.Sum256([]byte(text))
		signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
		hookstest.Must(t, err)
		m["SignatureVersion"], m["Signature"], m["SigningCertURL"] = "2", base64.StdEncoding.EncodeToString(signature), page
		raw, err := json.Marshal(m)
		hookstest.Must(t, err)
		return string(raw)
	}
	subscription := map[string]string{
		"Type": "SubscriptionConfirmation", "MessageId": "1", "Token": "tok", "TopicArn": topic, "Message": "Confirm", "Timestamp": "2026-05-01T12:00:00.000Z",
		"SubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=tok&TopicArn=" + topic,
	}
	body := sign(subscription, "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
	if a := report(t, w, path, strings.NewReader(strings.ReplaceAll(body, ":bounces", ":others")), "Content-Type", "text/plain"); a.Status != 401 || len(fetched) > 0 {
		t.Errorf("another topic is answered %d, and %q was fetched", a.Status, fetched)
	}
	if said := w.Column(t, "bounce_hooks", id, "last_error"); !strings.Contains(said, "topic") {
		t.Errorf("the last error is %q", said)
	}
	if a := report(t, w, path, strings.NewReader(body), "Content-Type", "text/plain; charset=UTF-8"); a.Status != 200 {
		t.Fatalf("answered %d %s", a.Status, a.Text)
	}
	if !slices.ContainsFunc(fetched, func(address string) bool { return strings.Contains(address, "ConfirmSubscription") }) {
		t.Errorf("not confirmed, fetched %q", fetched)
	}
	bounce := fmt.Sprintf(`{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"General","bouncedRecipients":[{"emailAddress":%q,"action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 unknown"}]},"mail":{"source":"news@example.org","messageId":"m"}}`, "nobody@example.net")
	notice := map[string]string{"Type": "Notification", "MessageId": "2", "TopicArn": topic, "Message": bounce, "Timestamp": "2026-05-01T12:00:00.000Z"}
	body = sign(notice, "Message", "MessageId", "Timestamp", "TopicArn", "Type")
	for range 2 {
		if a := report(t, w, path, strings.NewReader(body), "Content-Type", "text/plain; charset=UTF-8"); a.Status != 200 || a.Body["reports"] != 1.0 {
			t.Errorf("a bounce is answered %d %s", a.Status, a.Text)
		}
	}
}

// TestAWebhookIsTriedAtThePublicAddress serves by HTTP, so that the service can call itself.
func TestAWebhookIsTriedAtThePublicAddress(t *testing.T) {
	w := hookWorld(t, nil)
	id, path := addHook(t, w, map[string]any{"provider": "generic", "secret": hookSecret})
	server := httptest.NewServer(w.HTTP)
	t.Cleanup(server.Close)
	elsewhere := httptest.NewServer(http.RedirectHandler("https://other.example/", http.StatusMovedPermanently))
	t.Cleanup(elsewhere.Close)
	closed := httptest.NewServer(nil)
	closed.Close()
	test := "/api/gonets/bounce_hooks/" + id + "/test"
	for base, c := range map[string]struct {
		ok   bool
		says string
	}{
		server.URL + "/":        {true, "Only this machine"},
		elsewhere.URL:           {false, "sends requests on"},
		server.URL + "/nowhere": {false, "answers 404"},
		closed.URL:              {false, "cannot be reached"},
		"":                      {false, "is not known"},
	} {
		settings := w.App.Settings()
		settings.Meta.AppURL = base
		hookstest.Must(t, w.App.SaveNoValidate(settings))
		a := w.Expect(t, 200, hookstest.Superuser, http.MethodPost, test, nil)
		said := a.Field("error")
		if a.Body["ok"] != c.ok || !strings.Contains(said, c.says) || a.Field("address") != strings.TrimSuffix(base, "/")+path {
			t.Errorf("%q: %s", base, a.Text)
		}
		if strings.Contains(said, strings.TrimPrefix(path, "/hooks/generic/")) {
			t.Errorf("%q: the words have the key: %s", base, said)
		}
	}
	if said := w.Column(t, "bounce_hooks", id, "last_error"); said != "" {
		t.Errorf("the test has made the last error %q", said)
	}
	for i, want := range (hookstest.Verdicts{401, 401, 403, 403, 403, 200}) {
		w.Expect(t, want, hookstest.Everybody[i], http.MethodPost, test, nil)
	}
	w.Expect(t, 200, hookstest.Superuser, http.MethodPatch, hookstest.RecordsOf("bounce_hooks", id), map[string]any{"active": false})
	w.Expect(t, 404, hookstest.Superuser, http.MethodPost, test, nil)
}
