package webhook

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"gonets/internal/bounce"
)

// readSendGrid reads events of SendGrid, an array, signed by ECDSA over the time and the body.
// https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
// https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
func readSendGrid(h Hook, q Request) ([]Report, error) {
	signed := append([]byte(q.Header.Get("X-Twilio-Email-Event-Webhook-Timestamp")), q.Body...)
	if !isECDSA(q.Header.Get("X-Twilio-Email-Event-Webhook-Signature"), h.Secret, signed) {
		return nil, ErrSignature
	}
	return readEach(q.Body, func(event json.RawMessage) (Report, bool, error) {
		var e struct {
			Event, Email, Reason, Response, Status, Type string
			MessageID                                    string `json:"smtp-id"`
			ID                                           string `json:"sg_event_id"`
			Timestamp                                    loose
		}
		if err := json.Unmarshal(event, &e); err != nil {
			return Report{}, false, err
		}
		r := Report{ID: e.ID, MessageID: e.MessageID, At: e.Timestamp.time()}
		said := cmp.Or(e.Reason, e.Response)
		switch e.Event {
		case "bounce":
			otherwise := bounce.Hard
			if e.Type == "blocked" {
				otherwise = bounce.Block
			}
			r.Recipient = bounce.Judge(said, e.Status, 0, otherwise)
		case "dropped": // not sent at all: SendGrid has a list of its own
			r.Recipient = bounce.Judge(said, e.Status, 0, bounce.Block)
			switch {
			case strings.Contains(said, "Bounced Address"), strings.HasPrefix(said, "Invalid"):
				r.Kind = bounce.Hard
			case strings.Contains(said, "Spam Reporting Address"):
				r.Kind = bounce.Complaint
			}
		case "deferred":
			r.Recipient = bounce.Judge(said, e.Status, 0, bounce.Soft)
			r.Kind = bounce.Delayed
		case "delivered":
			r.Recipient = delivered(said)
		case "spamreport":
			r.Recipient.Kind = bounce.Complaint
		default:
			return Report{}, false, nil
		}
		r.Address = e.Email
		return r, true, nil
	})
}

func delivered(said string) bounce.Recipient {
	r := bounce.Judge(said, "", 0, bounce.Soft)
	r.Kind = bounce.Delivered
	return r
}

// readMailgun reads an event of Mailgun, which is signed by HMAC over a time and a token in the body. The rest of the body is
// not signed.
// https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
// https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads
func readMailgun(h Hook, q Request) ([]Report, error) {
	var body struct {
		Signature struct{ Timestamp, Token, Signature loose }
		Data      json.RawMessage `json:"event-data"`
	}
	if err := json.Unmarshal(q.Body, &body); err != nil {
		return nil, fmt.Errorf("%w: it is not readable", ErrSignature)
	}
	s := body.Signature
	if !isHMAC(string(s.Signature), h.Secret, []byte(s.Timestamp+s.Token)) {
		return nil, ErrSignature
	}
	if age := q.At.Sub(s.Timestamp.time()); age > maxAge || age < -maxAge {
		return nil, fmt.Errorf("%w: it is of %s", ErrSignature, s.Timestamp.time().Format(time.RFC3339))
	}
	reports, err := readEach(body.Data, readMailgunEvent)
	for i := range reports {
		// The token is used once; the id is unique within a day only.
		reports[i].ID = string(s.Token)
	}
	return reports, err
}

func readMailgunEvent(event json.RawMessage) (Report, bool, error) {
	var e struct {
		Event, Severity, Reason, Recipient string
		Timestamp                          loose
		Envelope                           struct{ Sender string }
		Message                            struct {
			Headers struct {
				MessageID string `json:"message-id"`
			}
		}
		Status struct {
			Code                 loose
			Enhanced             string `json:"enhanced-code"`
			Message, Description string
		} `json:"delivery-status"`
	}
	if err := json.Unmarshal(event, &e); err != nil {
		return Report{}, false, err
	}
	r := Report{MessageID: e.Message.Headers.MessageID, ReturnPath: e.Envelope.Sender, At: e.Timestamp.time()}
	judge := func(otherwise bounce.Kind) {
		r.Recipient = bounce.Judge(cmp.Or(e.Status.Message, e.Status.Description), e.Status.Enhanced, e.Status.Code.int(), otherwise)
	}
	switch {
	case e.Event == "failed" && e.Severity == "temporary":
		judge(bounce.Soft)
		r.Kind = bounce.Delayed
	case e.Event == "failed" && e.Reason == "suppress-complaint":
		judge(bounce.Complaint)
		r.Kind = bounce.Complaint
	case e.Event == "failed" && e.Reason == "suppress-bounce":
		judge(bounce.Hard)
		r.Kind = bounce.Hard
	case e.Event == "failed" && e.Reason == "suppress-unsubscribe", e.Event == "rejected":
		judge(bounce.Block)
		r.Kind = bounce.Block
	case e.Event == "failed" && e.Reason == "bounce":
		judge(bounce.Hard)
	case e.Event == "failed":
		judge(bounce.Soft)
	case e.Event == "delivered":
		r.Recipient = delivered(e.Status.Message)
	case e.Event == "complained":
		r.Recipient.Kind = bounce.Complaint
	default:
		return Report{}, false, nil
	}
	r.Address = e.Recipient
	return r, true, nil
}

// readGeneric reads our own format: one object or an array of objects, signed by HMAC over the body.
func readGeneric(h Hook, q Request) ([]Report, error) {
	given, ok := strings.CutPrefix(q.Header.Get("Gonets-Signature"), "sha256=")
	if !ok || !isHMAC(given, h.Secret, q.Body) {
		return nil, ErrSignature
	}
	return readEach(q.Body, func(event json.RawMessage) (Report, bool, error) {
		var e struct {
			ID, Type, Recipient, Diagnostic string
			MessageID                       string `json:"message_id"`
			ReturnPath                      string `json:"return_path"`
			Code                            loose
			Enhanced                        string `json:"enhanced_code"`
			At                              loose
		}
		if err := json.Unmarshal(event, &e); err != nil {
			return Report{}, false, err
		}
		r := Report{ID: e.ID, MessageID: e.MessageID, ReturnPath: e.ReturnPath, At: e.At.date()}
		r.Recipient = bounce.Judge(e.Diagnostic, e.Enhanced, e.Code.int(), bounce.Soft)
		switch kind := bounce.Kind(e.Type); kind {
		case bounce.Hard, bounce.Soft, bounce.Block, bounce.Complaint, bounce.Delayed, bounce.Delivered:
			r.Kind = kind
		case "bounce": // the sender does not know: our table decides
		default:
			return Report{}, false, fmt.Errorf("unknown type %q", e.Type)
		}
		if r.Address = e.Recipient; e.Recipient == "" && e.MessageID == "" && e.ReturnPath == "" {
			return Report{}, false, errors.New("neither recipient nor message_id nor return_path")
		}
		return r, true, nil
	})
}
