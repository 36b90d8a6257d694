// Package webhook verifies and reads what mail providers report to us by HTTP: bounces, complaints and deliveries. It
// knows no database, and hands nothing on that is not proven to come from the provider.
package webhook

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"gonets/internal/bounce"
)

// Provider is who reports.
type Provider string

const (
	SES       Provider = "ses"       // Amazon SES through Amazon SNS
	SendGrid  Provider = "sendgrid"  // Twilio SendGrid
	Mailgun   Provider = "mailgun"   // Sinch Mailgun
	Postmark  Provider = "postmark"  // ActiveCampaign Postmark
	Brevo     Provider = "brevo"     // Brevo, once Sendinblue
	Mailjet   Provider = "mailjet"   // Sinch Mailjet
	SparkPost Provider = "sparkpost" // Bird SparkPost
	Generic   Provider = "generic"   // whoever speaks our own format
)

// Limits of one request.
const (
	// MaxBody is the maximum size of the body in bytes.
	MaxBody = 2 << 20
	// MaxEvents is the maximum number of events, and of reports.
	MaxEvents = 1000
	// maxAge is how old a signature of Mailgun may be, and how far it may be in the future.
	maxAge = 5 * time.Minute
	// maxID is the maximum length of an ID in bytes; longer ones are replaced by their hash.
	maxID = 200
)

// The errors of Read.
var (
	// ErrSignature: the request does not come from the provider, or is too old (401).
	ErrSignature = errors.New("the signature is wrong")
	// ErrTooLarge: the body or the number of events is past its limit (413).
	ErrTooLarge = errors.New("the request is too large")
	// ErrMalformed: the signature is right, but the body is not what the provider documents (400).
	ErrMalformed = errors.New("the report cannot be read")
	// ErrUnavailable: the certificate of the signature cannot be had now; the provider will try again (503).
	ErrUnavailable = errors.New("the certificate of the signature cannot be fetched")
)

// Hook is what we have agreed on with a provider.
type Hook struct {
	Provider Provider
	// Secret is, for SendGrid, the public key that it shows; for Mailgun, the HTTP webhook signing key; for Generic, the
	// secret of the HMAC. Postmark, Brevo, Mailjet and SparkPost sign nothing: it is "username:password" or a password
	// that they send with each request, or a token (Bearer). SES has none. Without a secret, nothing is accepted.
	Secret string
	// Topic is the ARN of the only topic of Amazon SNS that is accepted.
	Topic string
}

// Request is a request that was received.
type Request struct {
	Header http.Header
	Body   []byte
	// At is when it was received.
	At time.Time
}

// Report is what happened to an email for one recipient. Its kind is hard, soft, block, complaint, delayed or delivered.
type Report struct {
	bounce.Recipient
	// ID identifies the report among those of its hook: one with the same ID was received before. It has at most 200 bytes.
	ID string
	// MessageID is the Message-ID of the email without the angle brackets, as the provider says. Some give emails
	// another one than ours.
	MessageID string
	// ReturnPath is the envelope sender of the email; "" if the provider does not say it.
	ReturnPath string
	// At is when it happened; zero if the provider does not say it.
	At time.Time
}

// Reader reads reports. It is for any number of goroutines.
type Reader struct {
	// fetch gets a page of Amazon's.
	fetch Fetch

	mu           sync.Mutex
	certificates map[string]certificate // by address
	fetched      []time.Time            // the last fetches
}

// New makes a reader. Fetch is for Amazon's certificates and confirmations; nil means fetchAmazon.
func New(fetch Fetch) *Reader {
	if fetch == nil {
		fetch = fetchAmazon
	}
	return &Reader{fetch: fetch, certificates: make(map[string]certificate)}
}

// Read verifies a request and returns its reports; there are none if it is about something else, such as openings. The
// error is ErrSignature, ErrTooLarge, ErrMalformed or ErrUnavailable.
func (r *Reader) Read(ctx context.Context, h Hook, q Request) ([]Report, error) {
	if len(q.Body) > MaxBody {
		return nil, ErrTooLarge
	}
	var (
		reports []Report
		err     error
	)
	switch h.Provider {
	case SES:
		reports, err = r.readSNS(ctx, h, q)
	case SendGrid:
		reports, err = readSendGrid(h, q)
	case Mailgun:
		reports, err = readMailgun(h, q)
	case Postmark:
		reports, err = readEvents(h, q, readPostmark)
	case Brevo:
		reports, err = readEvents(h, q, readBrevo)
	case Mailjet:
		reports, err = readEvents(h, q, readMailjet)
	case SparkPost:
		reports, err = readEvents(h, q, readSparkPost)
	case Generic:
		reports, err = readGeneric(h, q)
	default:
		err = fmt.Errorf("%w: unknown provider %q", ErrSignature, h.Provider)
	}
	if err != nil {
		return nil, err
	}
	if len(reports) > MaxEvents {
		return nil, ErrTooLarge
	}
	for i := range reports {
		reports[i].complete()
	}
	return reports, nil
}

// complete fills in what follows from the rest, and keeps to the limits.
func (r *Report) complete() {
	r.MessageID = strings.Trim(r.MessageID, "<> \t")
	r.ReturnPath = strings.Trim(r.ReturnPath, "<> \t")
	r.Address = strings.TrimSpace(r.Address)
	r.Final = r.Address
	if len(r.ID) > maxID {
		r.ID = hash([]byte(r.ID))
	}
	switch r.Kind {
	case bounce.Delayed, bounce.Delivered, bounce.Complaint:
		r.Action, r.Why = string(r.Kind), ""
		if r.Kind == bounce.Complaint {
			r.Action = ""
		}
	default:
		r.Action = "failed"
	}
}

// events divides a body into its events: it is an array of objects, or one object.
func events(body []byte) ([]json.RawMessage, error) {
	if trimmed := strings.TrimSpace(string(body)); strings.HasPrefix(trimmed, "{") {
		return []json.RawMessage{body}, nil
	}
	var all []json.RawMessage
	if err := json.Unmarshal(body, &all); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if len(all) > MaxEvents {
		return nil, ErrTooLarge
	}
	return all, nil
}

// readEvents reads a request of a provider that sends a secret instead of a signature. Each returns false for an
// event that is no report.
func readEvents(h Hook, q Request, each func(event json.RawMessage) (Report, bool, error)) ([]Report, error) {
	if !hasSecret(h.Secret, q.Header) {
		return nil, ErrSignature
	}
	return readEach(q.Body, each)
}

func readEach(body []byte, each func(event json.RawMessage) (Report, bool, error)) ([]Report, error) {
	all, err := events(body)
	if err != nil {
		return nil, err
	}
	var reports []Report
	for _, event := range all {
		report, ok, err := each(event)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
		}
		if !ok {
			continue
		}
		if report.ID == "" { // the provider numbers its events not at all: the same event has the same content
			report.ID = hash(event)
		}
		reports = append(reports, report)
	}
	return reports, nil
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// loose is a JSON value that is a text with one provider and a number with another, or changes between them.
type loose string

// UnmarshalJSON takes texts, numbers and truth values; null and everything else is "".
func (l *loose) UnmarshalJSON(b []byte) error {
	*l = ""
	switch {
	case len(b) > 0 && b[0] == '"':
		return json.Unmarshal(b, (*string)(l))
	case len(b) > 0 && (b[0] == '{' || b[0] == '['), string(b) == "null":
		return nil
	}
	*l = loose(b)
	return nil
}

func (l loose) int() int {
	n, _ := strconv.Atoi(string(l))
	return n
}

// time is that of a number of seconds since 1970, with or without a fraction; zero if it is none.
func (l loose) time() time.Time {
	seconds, err := strconv.ParseFloat(string(l), 64)
	if err != nil || seconds < 1 || seconds > 1<<40 {
		return time.Time{}
	}
	return time.UnixMilli(int64(seconds * 1000)).UTC()
}

// date is that of a text of RFC 3339; zero if it is none.
func (l loose) date() time.Time {
	at, _ := time.Parse(time.RFC3339Nano, string(l))
	return at.UTC()
}
