package webhook_test

import (
	"net/http"
	"testing"

	"gonets/internal/bounce"
	"gonets/internal/webhook"
)

// FuzzRead reads anything as a request of every provider, with the right secret or signature where one can be made.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{"event":"hard_bounce","email":"ann@example.com","reason":"550 5.1.1 x","ts_epoch":1777635001000}`,
		`[{"msys":{"message_event":{"type":"bounce","bounce_class":"10","rcpt_to":"ann@example.com"}}}]`,
		`{"RecordType":"Bounce","Type":"HardBounce","ID":1,"Email":"ann@example.com","BouncedAt":"2026-05-01T11:30:00Z"}`,
		`[{"event":"bounce","email":"ann@example.com","error":"user unknown","time":1}]`,
		`{"type":"hard","recipient":"ann@example.com","code":"x","at":5}`,
		`{"Type":"Notification","TopicArn":"` + topic + `","SigningCertURL":"` + certPage + `","Signature":"AAAA","SignatureVersion":"2"}`,
		`{"signature":{"timestamp":"1","token":"t","signature":"00"},"event-data":{"event":"failed"}}`,
	} {
		f.Add([]byte(seed))
	}
	amazon := newAmazon(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		header := basic("gonets", secret)
		header["Gonets-Signature"] = []string{"sha256=" + mac(string(body))}
		for _, provider := range []webhook.Provider{webhook.SES, webhook.SendGrid, webhook.Mailgun, webhook.Postmark, webhook.Brevo, webhook.Mailjet, webhook.SparkPost, webhook.Generic} {
			h := webhook.Hook{Provider: provider, Secret: secret, Topic: topic}
			reports, err := webhook.New(amazon.fetch).Read(t.Context(), h, webhook.Request{Header: http.Header(header), Body: body, At: now})
			if err != nil && reports != nil {
				t.Errorf("%s: reports beside the error %v", provider, err)
			}
			if signs := provider == webhook.SES || provider == webhook.SendGrid || provider == webhook.Mailgun; signs && len(reports) > 0 {
				t.Errorf("%s: reports without a signature", provider)
			}
			for _, r := range reports {
				switch r.Kind {
				case bounce.Hard, bounce.Soft, bounce.Block, bounce.Complaint, bounce.Delayed, bounce.Delivered:
				default:
					t.Errorf("%s: kind %q", provider, r.Kind)
				}
				if r.ID == "" || len(r.ID) > 200 {
					t.Errorf("%s: ID %q", provider, r.ID)
				}
			}
		}
	})
}
