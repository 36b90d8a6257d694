package bounce

import (
	"cmp"
	"encoding/json"
	"strings"
)

// notification is what Amazon SES says of an email, as Amazon SNS passes it on: as an email or over HTTP.
// https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
type notification struct {
	Message          string `json:"Message"` // of SNS, unless it passes on the bare notification: the notification as JSON
	NotificationType string `json:"notificationType"`
	EventType        string `json:"eventType"`
	Mail             struct {
		Source        string   `json:"source"`
		Destination   []string `json:"destination"`
		CommonHeaders struct {
			MessageID string `json:"messageId"`
		} `json:"commonHeaders"`
	} `json:"mail"`
	Bounce struct {
		BounceType string         `json:"bounceType"`
		Recipients []sesRecipient `json:"bouncedRecipients"`
	} `json:"bounce"`
	Complaint struct {
		FeedbackType string         `json:"complaintFeedbackType"`
		Recipients   []sesRecipient `json:"complainedRecipients"`
	} `json:"complaint"`
	Delivery struct {
		Recipients []string `json:"recipients"`
		Response   string   `json:"smtpResponse"`
	} `json:"delivery"`
	DeliveryDelay struct {
		Recipients []sesRecipient `json:"delayedRecipients"`
	} `json:"deliveryDelay"`
}

type sesRecipient struct {
	Address    string `json:"emailAddress"`
	Action     string `json:"action"`
	Status     string `json:"status"`
	Diagnostic string `json:"diagnosticCode"`
}

// readSES reads the text of a notification of Amazon SES; it is nil if the text is none.
func readSES(text string) *Report {
	if text = strings.TrimSpace(text); !strings.HasPrefix(text, "{") {
		return nil
	}
	var n notification
	if err := json.NewDecoder(strings.NewReader(unfold.Replace(text))).Decode(&n); err != nil {
		return nil
	}
	if n.Message != "" {
		return readSES(n.Message)
	}
	r := &Report{Original: Original{MessageID: messageID(n.Mail.CommonHeaders.MessageID)}}
	r.Original.To = addressesOf(n.Mail.Destination, MaxRecipients)
	r.Original.addReturnPaths(n.Mail.Source)
	switch cmp.Or(n.NotificationType, n.EventType) {
	case "Bounce":
		for _, s := range n.Bounce.Recipients {
			r.add(s.recipient(n.Bounce.BounceType))
		}
	case "Complaint":
		for _, s := range n.Complaint.Recipients {
			r.add(Recipient{Kind: Complaint, Address: firstAddress(s.Address), Diagnostic: clip(n.Complaint.FeedbackType)})
		}
	case "Delivery":
		for _, a := range n.Delivery.Recipients {
			r.add(Recipient{Kind: Delivered, Address: firstAddress(a), Action: "delivered", Diagnostic: clip(n.Delivery.Response)})
		}
	case "DeliveryDelay":
		for _, s := range n.DeliveryDelay.Recipients {
			d := s.recipient("Transient")
			d.Kind, d.Action, d.Why = Delayed, "delayed", ""
			r.add(d)
		}
	}
	if len(r.Recipients) == 0 {
		return nil
	}
	return r
}

// unfold removes the line ends that mail systems put into lines that are longer than 998 characters (RFC 5322 § 2.1.1),
// Sendmail with an exclamation mark before and a space behind. JSON needs none.
var unfold = strings.NewReplacer("!\n ", "", "\n ", "", "\n", "")

// add adds a recipient up to the limit.
func (r *Report) add(one Recipient) {
	if len(r.Recipients) < MaxRecipients {
		one.Final = cmp.Or(one.Final, one.Address)
		r.Recipients = append(r.Recipients, one)
	}
}

// recipient judges one recipient of a bounce. Without a diagnostic, what SES calls permanent is hard: it says so for
// addresses that do not exist and for those on its own list of such.
func (s *sesRecipient) recipient(bounceType string) Recipient {
	otherwise := Soft
	if bounceType == "Permanent" {
		otherwise = Hard
	}
	r := Judge(withoutType(s.Diagnostic), s.Status, 0, otherwise)
	r.Address, r.Action = firstAddress(s.Address), firstWord(s.Action)
	return r
}
