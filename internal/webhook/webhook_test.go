package webhook_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"gonets/internal/bounce"
	"gonets/internal/webhook"
)

const secret = "a secret key"

func mac(text string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}

// basic is the header of a request with a username and a password.
func basic(username, password string) http.Header {
	r := http.Request{Header: http.Header{}}
	r.SetBasicAuth(username, password)
	return r.Header
}

// line is a report on one line.
func line(r webhook.Report) string {
	at := ""
	if !r.At.IsZero() {
		at = r.At.Format(time.RFC3339)
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %d %s <%s> <%s> %s %s", r.Kind, r.Address, r.Code, r.Enhanced, r.MessageID, r.ReturnPath, at, r.Action))
}

// TestProviders reads what the providers document. Each was written by ourselves after the pages that the readers name.
func TestProviders(t *testing.T) {
	for name, c := range map[string]struct {
		provider webhook.Provider
		body     string
		want     string // reports, one a line
	}{
		"Postmark: unknown user": {webhook.Postmark, `{"RecordType":"Bounce","ID":42,"Type":"HardBounce","TypeCode":1,"MessageID":"u-1","Email":"ann@example.com",` +
			`"Details":"smtp;550 5.1.1 user unknown","BouncedAt":"2026-05-01T13:28:10.2735393+02:00"}`, "hard ann@example.com 550 5.1.1 <u-1> <> 2026-05-01T11:28:10Z failed"},
		"Postmark: blocked": {webhook.Postmark, `{"RecordType":"Bounce","ID":42,"Type":"SpamNotification","Email":"ann@example.com","Details":"no"}`, "block ann@example.com 0  <> <>  failed"},
		"Postmark: full, says the table": {
			webhook.Postmark, `{"RecordType":"Bounce","ID":42,"Type":"HardBounce","Email":"ann@example.com","Details":"552 5.2.2 mailbox full"}`,
			"soft ann@example.com 552 5.2.2 <> <>  failed",
		},
		"Postmark: away": {webhook.Postmark, `{"RecordType":"Bounce","ID":42,"Type":"AutoResponder","Email":"ann@example.com"}`, ""},
		"Postmark: complaint": {
			webhook.Postmark, `{"RecordType":"SpamComplaint","ID":42,"Type":"SpamComplaint","Email":"ann@example.com","BouncedAt":"2026-05-01T11:28:10Z"}`,
			"complaint ann@example.com 0  <> <> 2026-05-01T11:28:10Z",
		},
		"Postmark: delivered": {
			webhook.Postmark, `{"RecordType":"Delivery","Recipient":"ann@example.com","MessageID":"u-1","DeliveredAt":"2026-05-01T11:28:10Z","Details":"250 2.0.0 ok"}`,
			"delivered ann@example.com 0 2.0.0 <u-1> <> 2026-05-01T11:28:10Z delivered",
		},
		"Postmark: opened": {webhook.Postmark, `{"RecordType":"Open","Recipient":"ann@example.com"}`, ""},
		"Brevo: several in a batch": {
			webhook.Brevo, `[{"event":"hard_bounce","email":"ann@example.com","id":9,"message-id":"<a@example.org>","ts_event":1777635000,"ts_epoch":1777635001000,` +
				`"reason":" RecipientError: 550 5.5.0 Requested action not taken: mailbox unavailable."},{"event":"opened","email":"ann@example.com"},` +
				`{"event":"soft_bounce","email":"bob@example.com","reason":"452 4.2.2 over quota","ts_event":1777635000},{"event":"spam","email":"eve@example.com"},` +
				`{"event":"deferred","email":"joe@example.com","reason":"451 greylisted"},{"event":"blocked","email":"kim@example.com","reason":"blocked : due to blacklist user"}]`,
			"hard ann@example.com 550 5.5.0 <a@example.org> <> 2026-05-01T11:30:01Z failed\n" +
				"soft bob@example.com 452 4.2.2 <> <> 2026-05-01T11:30:00Z failed\ncomplaint eve@example.com 0  <> <>\n" +
				"delayed joe@example.com 451  <> <>  delayed\nblock kim@example.com 0  <> <>  failed",
		},
		"Mailjet: several in a group": {
			webhook.Mailjet, `[{"event":"bounce","time":1777635000,"MessageID":19421777835146490,"email":"ann@example.com","hard_bounce":true,"error_related_to":"recipient","error":"user unknown","comment":""},` +
				`{"event":"bounce","email":"bob@example.com","hard_bounce":false,"error_related_to":"domain","error":"greylisted"},` +
				`{"event":"blocked","email":"eve@example.com","error_related_to":"mailjet","error":"preblocked"},{"event":"spam","email":"joe@example.com","source":"JMRPP"},` +
				`{"event":"bounce","email":"kim@example.com","hard_bounce":true,"error":"something new","CustomID":"<k@example.org>"},{"event":"sent","email":"lea@example.com","smtp_reply":"250 ok"}]`,
			"hard ann@example.com 0  <> <> 2026-05-01T11:30:00Z failed\ndelayed bob@example.com 0  <> <>  delayed\nblock eve@example.com 0  <> <>  failed\n" +
				"complaint joe@example.com 0  <> <>\nhard kim@example.com 0  <k@example.org> <>  failed\ndelivered lea@example.com 0  <> <>  delivered",
		},
		"Mailjet: one alone": {webhook.Mailjet, `{"event":"bounce","email":"ann@example.com","error":"quota exceeded"}`, "soft ann@example.com 0  <> <>  failed"},
		"SparkPost": {
			webhook.SparkPost, `[{"msys":{"message_event":{"type":"bounce","bounce_class":"10","error_code":"550","event_id":"7","msg_from":"bounces+x@example.org","raw_rcpt_to":"Ann@example.com",` +
				`"rcpt_to":"ann@example.com","raw_reason":"550 5.1.1 no such user","timestamp":"1777635000"}}},{"msys":{}},{"msys":{"track_event":{"type":"open"}}},` +
				`{"msys":{"message_event":{"type":"out_of_band","bounce_class":22,"rcpt_to":"bob@example.com","reason":"mailbox full","timestamp":1777635000}}},` +
				`{"msys":{"message_event":{"type":"bounce","bounce_class":"60","rcpt_to":"away@example.com"}}},{"msys":{"message_event":{"type":"bounce","bounce_class":"51","rcpt_to":"eve@example.com"}}},` +
				`{"msys":{"message_event":{"type":"delay","rcpt_to":"joe@example.com","error_code":"421"}}},{"msys":{"message_event":{"type":"spam_complaint","rcpt_to":"kim@example.com"}}}]`,
			"hard Ann@example.com 550 5.1.1 <> <bounces+x@example.org> 2026-05-01T11:30:00Z failed\nsoft bob@example.com 0  <> <> 2026-05-01T11:30:00Z failed\n" +
				"block eve@example.com 0  <> <>  failed\ndelayed joe@example.com 421  <> <>  delayed\ncomplaint kim@example.com 0  <> <>",
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := webhook.Hook{Provider: c.provider, Secret: "gonets:" + secret}
			q := webhook.Request{Header: basic("gonets", secret), Body: []byte(c.body), At: now}
			check(t, h, q, c.want)
			q.Header = basic("gonets", "a wrong secret")
			refused(t, h, q)
			q.Header = basic("other", secret)
			refused(t, h, q)
			q.Header = http.Header{}
			refused(t, h, q)
		})
	}
}

// check reads a request twice: the reports must be the same, with the same IDs, of which none is there twice.
func check(t *testing.T, h webhook.Hook, q webhook.Request, want string) {
	t.Helper()
	r := webhook.New(nil)
	reports, err := r.Read(t.Context(), h, q)
	if err != nil {
		t.Fatal(err)
	}
	again, err := r.Read(t.Context(), h, q)
	if err != nil || fmt.Sprint(again) != fmt.Sprint(reports) {
		t.Errorf("the same request gave %v and %v, %v", reports, again, err)
	}
	var lines []string
	ids := map[string]bool{}
	for _, report := range reports {
		lines = append(lines, line(report))
		if report.ID == "" || ids[report.ID] {
			t.Errorf("the ID is %q", report.ID)
		}
		ids[report.ID] = true
	}
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func refused(t *testing.T, h webhook.Hook, q webhook.Request) {
	t.Helper()
	if reports, err := webhook.New(nil).Read(t.Context(), h, q); !errors.Is(err, webhook.ErrSignature) || reports != nil {
		t.Errorf("got %v, %v", reports, err)
	}
}

func TestSecrets(t *testing.T) {
	body := []byte(`{"event":"spam","email":"ann@example.com"}`)
	for name, c := range map[string]struct {
		secret string
		header http.Header
		good   bool
	}{
		"a password alone":        {secret, basic("whoever", secret), true},
		"a token":                 {secret, http.Header{"Authorization": {"Bearer " + secret}}, true},
		"a wrong token":           {secret, http.Header{"Authorization": {"Bearer other"}}, false},
		"a token of another kind": {secret, http.Header{"Authorization": {"Digest " + secret}}, false},
		"no secret is set":        {"", basic("", ""), false},
		"an empty token":          {"", http.Header{"Authorization": {"Bearer "}}, false},
	} {
		_, err := webhook.New(nil).Read(t.Context(), webhook.Hook{Provider: webhook.Brevo, Secret: c.secret}, webhook.Request{Header: c.header, Body: body})
		if (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSendGrid(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	body := `[{"email":"ann@example.com","timestamp":1777635000,"smtp-id":"<a@example.org>","event":"bounce","sg_event_id":"1","reason":"550 5.1.1 unknown user","status":"5.1.1","type":"bounce"},` +
		`{"email":"bob@example.com","event":"bounce","sg_event_id":"2","reason":"rejected","status":"5.7.1","type":"blocked"},{"email":"eve@example.com","event":"open","sg_event_id":"3"},` +
		`{"email":"joe@example.com","event":"deferred","sg_event_id":"4","response":"400 try again later","attempt":"5"},{"email":"kim@example.com","event":"dropped","sg_event_id":"5","reason":"Bounced Address","status":"5.0.0"},` +
		`{"email":"lea@example.com","event":"spamreport","sg_event_id":"6"},{"email":"max@example.com","event":"delivered","sg_event_id":"7","response":"250 OK"}]`
	want := "hard ann@example.com 550 5.1.1 <a@example.org> <> 2026-05-01T11:30:00Z failed\nblock bob@example.com 0 5.7.1 <> <>  failed\ndelayed joe@example.com 400  <> <>  delayed\n" +
		"hard kim@example.com 0 5.0.0 <> <>  failed\ncomplaint lea@example.com 0  <> <>\ndelivered max@example.com 0  <> <>  delivered"
	sum := sha256.Sum256([]byte("1777635000" + body))
	signature, err := ecdsa.SignASN1(rand.Reader, key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	header.Set("X-Twilio-Email-Event-Webhook-Signature", base64.StdEncoding.EncodeToString(signature))
	header.Set("X-Twilio-Email-Event-Webhook-Timestamp", "1777635000")
	q := webhook.Request{Header: header, Body: []byte(body), At: now}
	h := webhook.Hook{Provider: webhook.SendGrid, Secret: base64.StdEncoding.EncodeToString(der)}
	check(t, h, q, want)
	check(t, webhook.Hook{Provider: webhook.SendGrid, Secret: string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))}, q, want)
	refused(t, webhook.Hook{Provider: webhook.SendGrid, Secret: "no key"}, q)
	refused(t, webhook.Hook{Provider: webhook.SendGrid}, q)
	q.Body = []byte(strings.Replace(body, "ann@", "eve@", 1))
	refused(t, h, q)
	q.Body = []byte(body)
	header.Set("X-Twilio-Email-Event-Webhook-Timestamp", "1777635001")
	refused(t, h, q)
}

func TestMailgun(t *testing.T) {
	stamp := fmt.Sprint(now.Unix())
	body := func(stamp, token, event string) []byte {
		return fmt.Appendf(nil, `{"signature":{"timestamp":%q,"token":%q,"signature":%q},"event-data":%s}`, stamp, token, mac(stamp+token), event)
	}
	event := func(more string) string {
		return `{"id":"x","timestamp":1777635000.5,"recipient":"ann@example.com","envelope":{"sender":"bounces+x@example.org"},"message":{"headers":{"message-id":"a@example.org"}},` + more + `}`
	}
	h := webhook.Hook{Provider: webhook.Mailgun, Secret: secret}
	for name, c := range map[string]struct{ event, want string }{
		"permanent":       {`"event":"failed","severity":"permanent","reason":"bounce","delivery-status":{"code":550,"enhanced-code":"5.1.1","message":"user unknown"}`, "hard ann@example.com 550 5.1.1"},
		"without words":   {`"event":"failed","severity":"permanent","reason":"bounce","delivery-status":{"code":605,"message":""}`, "hard ann@example.com 0 "},
		"blocked as spam": {`"event":"failed","severity":"permanent","reason":"generic","delivery-status":{"code":554,"message":"554 5.7.1 blocked as spam"}`, "block ann@example.com 554 5.7.1"},
		"temporary":       {`"event":"failed","severity":"temporary","reason":"generic","delivery-status":{"code":452,"enhanced-code":"","message":"4.2.2 full"}`, "delayed ann@example.com 452 4.2.2"},
		"complained":      {`"event":"complained"`, "complaint ann@example.com 0 "},
		"delivered":       {`"event":"delivered","delivery-status":{"code":250,"message":"OK"}`, "delivered ann@example.com 0 "},
		"suppressed":      {`"event":"failed","severity":"permanent","reason":"suppress-unsubscribe"`, "block ann@example.com 0 "},
	} {
		t.Run(name, func(t *testing.T) {
			q := webhook.Request{Body: body(stamp, "token", event(c.event)), At: now}
			reports, err := webhook.New(nil).Read(t.Context(), h, q)
			if err != nil || len(reports) != 1 || !strings.HasPrefix(line(reports[0]), c.want) {
				t.Fatalf("got %+v, %v, want %s", reports, err, c.want)
			}
			if r := reports[0]; r.ID != "token" || r.MessageID != "a@example.org" || r.ReturnPath != "bounces+x@example.org" || r.At.Unix() != 1777635000 {
				t.Errorf("got %+v", r)
			}
		})
	}
	one := event(`"event":"complained"`)
	for _, age := range []time.Duration{-6 * time.Minute, 6 * time.Minute, 24 * time.Hour} { // a request that was recorded
		refused(t, h, webhook.Request{Body: body(stamp, "token", one), At: now.Add(age)})
	}
	if _, err := webhook.New(nil).Read(t.Context(), h, webhook.Request{Body: body(stamp, "token", one), At: now.Add(4 * time.Minute)}); err != nil {
		t.Errorf("after 4 minutes: %v", err)
	}
	refused(t, h, webhook.Request{Body: []byte(strings.Replace(string(body(stamp, "token", one)), `"token":"token"`, `"token":"other"`, 1)), At: now})
	refused(t, webhook.Hook{Provider: webhook.Mailgun, Secret: "other"}, webhook.Request{Body: body(stamp, "token", one), At: now})
	refused(t, h, webhook.Request{Body: []byte("no JSON"), At: now})
}

func TestGeneric(t *testing.T) {
	h := webhook.Hook{Provider: webhook.Generic, Secret: secret}
	signed := func(body string) webhook.Request {
		return webhook.Request{Header: http.Header{"Gonets-Signature": {"sha256=" + mac(body)}}, Body: []byte(body), At: now}
	}
	one := `{"type":"hard","recipient":"ann@example.com","message_id":"<a@example.org>","code":550,"enhanced_code":"5.1.1","diagnostic":"user unknown","at":"2026-05-01T11:30:00Z"}`
	check(t, h, signed(one), "hard ann@example.com 550 5.1.1 <a@example.org> <> 2026-05-01T11:30:00Z failed")
	check(t, h, signed(`[`+one+`,{"type":"bounce","recipient":"bob@example.com","diagnostic":"552 5.2.2 mailbox full"},{"type":"complaint","return_path":"bounces+x@example.org"}]`),
		"hard ann@example.com 550 5.1.1 <a@example.org> <> 2026-05-01T11:30:00Z failed\nsoft bob@example.com 552 5.2.2 <> <>  failed\ncomplaint  0  <> <bounces+x@example.org>")
	for _, body := range []string{`{"type":"hard"}`, `{"type":"odd","recipient":"ann@example.com"}`, `[1]`, `"x"`, ``, `{"type":`} {
		if _, err := webhook.New(nil).Read(t.Context(), h, signed(body)); !errors.Is(err, webhook.ErrMalformed) {
			t.Errorf("%s: %v", body, err)
		}
	}
	q := signed(one)
	q.Body = []byte(strings.Replace(one, "ann@", "eve@", 1))
	refused(t, h, q)
	q = signed(one)
	q.Header = http.Header{"Gonets-Signature": {mac(one)}}
	refused(t, h, q)
	refused(t, webhook.Hook{Provider: webhook.Generic}, signed(one))
	refused(t, webhook.Hook{Provider: "other", Secret: secret}, signed(one))
}

func TestLimits(t *testing.T) {
	h := webhook.Hook{Provider: webhook.Brevo, Secret: secret}
	event := `{"event":"spam","email":"ann@example.com"},`
	for name, body := range map[string]string{
		"a long body":     strings.Repeat(" ", webhook.MaxBody+1),
		"too many events": "[" + strings.Repeat(event, webhook.MaxEvents) + strings.TrimSuffix(event, ",") + "]",
	} {
		if _, err := webhook.New(nil).Read(t.Context(), h, webhook.Request{Header: basic("x", secret), Body: []byte(body)}); !errors.Is(err, webhook.ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	long := webhook.Hook{Provider: webhook.Generic, Secret: secret}
	body := `{"id":"` + strings.Repeat("x", 5000) + `","type":"hard","recipient":"ann@example.com","diagnostic":"` + strings.Repeat("y", 5000) + `"}`
	reports, err := webhook.New(nil).Read(t.Context(), long, webhook.Request{Header: http.Header{"Gonets-Signature": {"sha256=" + mac(body)}}, Body: []byte(body)})
	if err != nil || len(reports) != 1 || len(reports[0].ID) > 200 || len([]rune(reports[0].Diagnostic)) > bounce.MaxDiagnostic {
		t.Errorf("got %v", err)
	}
}
