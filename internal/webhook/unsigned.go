package webhook

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"gonets/internal/bounce"
)

// readPostmark reads an event of Postmark. A type that is not listed is an automatic reply or the like.
// https://postmarkapp.com/developer/webhooks/bounce-webhook
// https://postmarkapp.com/developer/api/bounce-api#bounce-types
func readPostmark(event json.RawMessage) (Report, bool, error) {
	var e struct {
		RecordType, Type, Email, Recipient, MessageID string
		Description, Details                          string
		ID, BouncedAt, DeliveredAt                    loose
	}
	if err := json.Unmarshal(event, &e); err != nil {
		return Report{}, false, err
	}
	r := Report{MessageID: e.MessageID, At: e.BouncedAt.date()}
	said := cmp.Or(e.Details, e.Description)
	switch {
	case e.RecordType == "Delivery":
		r.Recipient, r.At = delivered(e.Details), e.DeliveredAt.date()
	case e.RecordType == "SpamComplaint", e.Type == "SpamComplaint":
		r.Recipient.Kind = bounce.Complaint
	case e.RecordType != "Bounce" && e.RecordType != "":
		return Report{}, false, nil
	default:
		otherwise, known := postmarkTypes[e.Type]
		if !known {
			return Report{}, false, nil
		}
		r.Recipient = bounce.Judge(said, "", 0, otherwise)
		if otherwise == bounce.Delayed || otherwise == bounce.Block {
			r.Kind = otherwise
		}
	}
	r.Address = cmp.Or(e.Email, e.Recipient)
	if e.ID != "" {
		r.ID = e.RecordType + string(e.ID)
	}
	return r, true, nil
}

var postmarkTypes = map[string]bounce.Kind{
	"HardBounce": bounce.Hard, "BadEmailAddress": bounce.Hard,
	"SoftBounce": bounce.Soft, "DnsError": bounce.Soft, "Unknown": bounce.Soft, "Undeliverable": bounce.Soft,
	"Transient":        bounce.Delayed,
	"SpamNotification": bounce.Block, "VirusNotification": bounce.Block, "Blocked": bounce.Block, "DMARCPolicy": bounce.Block,
	"ManuallyDeactivated": bounce.Block, "Unconfirmed": bounce.Block, "SMTPApiError": bounce.Block,
}

// readBrevo reads an event of Brevo, which sends one or, in batches, several.
// https://developers.brevo.com/docs/transactional-webhooks
func readBrevo(event json.RawMessage) (Report, bool, error) {
	var e struct {
		Event, Email, Reason string
		MessageID            string `json:"message-id"`
		Milliseconds         loose  `json:"ts_epoch"`
		Seconds              loose  `json:"ts_event"`
	}
	if err := json.Unmarshal(event, &e); err != nil {
		return Report{}, false, err
	}
	r := Report{MessageID: e.MessageID, At: e.Seconds.time()}
	if ms, err := strconv.ParseInt(string(e.Milliseconds), 10, 64); err == nil && ms > 1e11 {
		r.At = time.UnixMilli(ms).UTC()
	}
	switch e.Event {
	case "hard_bounce", "invalid_email":
		r.Recipient = bounce.Judge(e.Reason, "", 0, bounce.Hard)
	case "soft_bounce", "error":
		r.Recipient = bounce.Judge(e.Reason, "", 0, bounce.Soft)
	case "blocked": // not sent at all: Brevo has a list of its own
		r.Recipient = bounce.Judge(e.Reason, "", 0, bounce.Block)
		r.Kind = bounce.Block
	case "deferred":
		r.Recipient = bounce.Judge(e.Reason, "", 0, bounce.Soft)
		r.Kind = bounce.Delayed
	case "delivered":
		r.Recipient = delivered(e.Reason)
	case "spam", "complaint":
		r.Recipient.Kind = bounce.Complaint
	default:
		return Report{}, false, nil
	}
	r.Address = e.Email
	return r, true, nil
}

// readMailjet reads an event of Mailjet, which sends one or, grouped, several. Its errors have words of their own.
// https://dev.mailjet.com/email/guides/webhooks/
func readMailjet(event json.RawMessage) (Report, bool, error) {
	var e struct {
		Event, Email, Error, Comment string
		Reply                        string `json:"smtp_reply"`
		CustomID                     string
		Hard                         bool `json:"hard_bounce"`
		Time                         loose
	}
	if err := json.Unmarshal(event, &e); err != nil {
		return Report{}, false, err
	}
	r := Report{At: e.Time.time()}
	if strings.Contains(e.CustomID, "@") { // emails keep their Message-ID in it, if they were given it
		r.MessageID = e.CustomID
	}
	switch e.Event {
	case "bounce", "blocked":
		said := strings.TrimSpace(e.Error + " " + e.Comment)
		kind, known := mailjetErrors[e.Error]
		switch {
		case !known && e.Event == "blocked":
			kind = bounce.Block
		case !known && e.Hard:
			kind = bounce.Hard
		case !known:
			kind = bounce.Soft
		}
		r.Recipient = bounce.Judge(said, "", 0, kind)
		if known {
			r.Kind, r.Why = kind, "the provider says so"
		}
	case "sent":
		r.Recipient = delivered(e.Reply)
	case "spam":
		r.Recipient.Kind = bounce.Complaint
	default:
		return Report{}, false, nil
	}
	r.Address = e.Email
	return r, true, nil
}

var mailjetErrors = map[string]bounce.Kind{
	"user unknown": bounce.Hard, "mailbox inactive": bounce.Hard, "invalid domain": bounce.Hard, "no mail host": bounce.Hard, "typofix": bounce.Hard,
	"quota exceeded": bounce.Soft, "greylisted": bounce.Delayed,
	"relay/access denied": bounce.Block, "sender blocked": bounce.Block, "content blocked": bounce.Block, "policy issue": bounce.Block,
	"preblocked": bounce.Block, "blacklisted": bounce.Block, "duplicate in campaign": bounce.Block,
	"spam reporter": bounce.Complaint,
}

// readSparkPost reads an event of SparkPost, whose requests have an array of them.
// https://developers.sparkpost.com/api/webhooks/
// https://support.sparkpost.com/docs/deliverability/bounce-classification-codes
func readSparkPost(event json.RawMessage) (Report, bool, error) {
	var outer struct {
		Msys map[string]struct {
			Type, Reason, Address string
			ID                    string `json:"event_id"`
			Recipient             string `json:"raw_rcpt_to"`
			LowerRecipient        string `json:"rcpt_to"`
			Sender                string `json:"msg_from"`
			RawReason             string `json:"raw_reason"`
			Class                 loose  `json:"bounce_class"`
			Code                  loose  `json:"error_code"`
			Timestamp             loose
		}
	}
	if err := json.Unmarshal(event, &outer); err != nil {
		return Report{}, false, err
	}
	e, ok := outer.Msys["message_event"]
	if !ok {
		return Report{}, false, nil // openings and clicks, or a test that is empty
	}
	r := Report{ID: e.ID, ReturnPath: e.Sender, At: e.Timestamp.time()}
	judge := func(otherwise bounce.Kind) {
		r.Recipient = bounce.Judge(cmp.Or(e.RawReason, e.Reason), "", e.Code.int(), otherwise)
	}
	switch e.Type {
	case "bounce", "out_of_band":
		kind, known := sparkPostClasses[e.Class.int()]
		if !known {
			return Report{}, false, nil // automatic replies, and wishes to subscribe
		}
		judge(kind)
	case "policy_rejection", "generation_rejection", "generation_failure": // not sent at all
		judge(bounce.Block)
		r.Kind = bounce.Block
		if e.Class.int() == 10 {
			r.Kind = bounce.Hard
		}
	case "delay":
		judge(bounce.Soft)
		r.Kind = bounce.Delayed
	case "delivery":
		r.Recipient.Kind = bounce.Delivered
	case "spam_complaint":
		r.Recipient.Kind = bounce.Complaint
	default:
		return Report{}, false, nil
	}
	r.Address = cmp.Or(e.Recipient, e.LowerRecipient)
	return r, true, nil
}

var sparkPostClasses = map[int]bounce.Kind{
	10: bounce.Hard, 30: bounce.Hard,
	0: bounce.Soft, 1: bounce.Soft, 20: bounce.Soft, 21: bounce.Soft, 22: bounce.Soft, 23: bounce.Soft, 24: bounce.Soft, 40: bounce.Soft, 70: bounce.Soft,
	25: bounce.Block, 50: bounce.Block, 51: bounce.Block, 52: bounce.Block, 53: bounce.Block, 54: bounce.Block,
}
