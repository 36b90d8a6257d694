// Package preflight checks a mailing before it is sent: what would prevent sending, and what its author should know.
package preflight

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
	"gonets/internal/compose"
	"gonets/internal/dnsrecord"
	"gonets/internal/message"
)

// Level is the severity of a check.
type Level string

// The levels. Only an Error says that the mailing should not be sent as it is.
const (
	OK      Level = "ok"
	Warning Level = "warning"
	Error   Level = "error"
)

// Codes of the checks, in the order in which they are made. The UI has a text for each; docs/api.md describes
// their details.
const (
	codePermission       = "permission"        // neither the mailing nor its owner is blocked
	codeAudienceSize     = "audience_size"     // the audience is not empty
	codeSuppressed       = "suppressed"        // how many of them are on the stop list
	codeMessage          = "message"           // there is a message, and an e-mail can be made of it
	codeTemplate         = "template"          // its templates can be read, and write values whole
	codeSubject          = "subject"           // the subject is not empty
	codeUnknownVariables = "unknown_variables" // every variable is one that clients have
	codeStartingTemplate = "starting_template" // nothing of a starting template is left to be replaced
	codeEmptyValues      = "empty_values"      // nobody gets a gap in place of a value
	codeLinks            = "links"             // every link works
	codeImages           = "images"            // every image can be loaded
	codeSize             = "size"              // the mail is not too large
	codeUnsubscribeLink  = "unsubscribe_link"  // recipients can opt out
	codePostalAddress    = "postal_address"    // the e-mail has the postal address of its owner
	codeLanguage         = "language"          // the footer has the language of the message
	codeMailServer       = "mail_server"       // there is a mail server to send with
	codeFromAddress      = "from_address"      // From can receive replies
	codePublicAddress    = "public_address"    // links in mails lead back to this instance
	codeQuota            = "quota"             // the daily limits are high enough
	codeEndsAt           = "ends_at"           // there is time left
	codeSPF              = "spf"               // the domain of the envelope sender, which is From's without a return path, says who may send for it
	codeDKIM             = "dkim"              // the key that mails are signed with is published
	codeDMARC            = "dmarc"             // From's domain says what to do with forgeries
	codeReturnPath       = "return_path"       // bounces can arrive; only if the sender has a return path
)

// Detail are the values of one check. "text" is a sentence in English; "reason" is a stable word for the problem, missing
// without one; the other keys depend on the code.
type Detail map[string]any

// Check is the result of one check.
type Check struct {
	Code   string `json:"code"`
	Level  Level  `json:"level"`
	Detail Detail `json:"detail"`
}

// Report has the results of all checks.
type Report struct {
	OK     bool    `json:"ok"` // no check is an Error
	Checks []Check `json:"checks"`
}

// unlimited is Allowance.Left without a limit.
const unlimited = -1

// Allowance is what may still be sent today.
type Allowance struct {
	Limit int // mails a UTC day; 0 = no limit
	Left  int // of it; Unlimited when there is no limit
}

// Mailing has what the checks need to know of a mailing.
type Mailing struct {
	Owner    string // id
	Audience audience.Audience

	Message   compose.Message // without its attachments
	Attached  []message.File
	NoMessage bool              // the message has no text
	Example   compose.Addressee // whom the message is tried on

	PublicURL    string // of this instance, meta.appURL
	Demo         bool   // every e-mail is caught: addresses of this machine and reserved domains are right
	NoMailServer bool
	// SenderDenied is the code of why the owner may not send with the mailing's sender, and Message is without its sender
	// then; "" when the owner may.
	SenderDenied string

	MailingBlocked, OwnerBlocked, OwnerUnverified, AwaitingApproval bool

	OwnerQuota, SenderLimit Allowance

	// Return is that of the sender.
	Return Return

	StartsAt, EndsAt time.Time // zero = at once; zero = never
}

// defaultTimeout bounds all DNS look-ups together.
const defaultTimeout = 3 * time.Second

// Checker checks mailings. The zero value makes no DNS look-ups.
type Checker struct {
	Resolver dnsrecord.Resolver // nil = the checks of the sender's domain are skipped
	Timeout  time.Duration      // of those checks; 0 = DefaultTimeout
	Now      func() time.Time
}

// Check makes all checks. A failed check is no error: the error is the database's.
func (c *Checker) Check(ctx context.Context, app core.App, m Mailing) (Report, error) {
	domain := make(chan []Check, 1)
	if m.SenderDenied == "" {
		go func() { domain <- c.checkDomain(ctx, identity{m.Message.FromEmail, m.Message.DKIM, m.Return}) }()
	} else {
		domain <- nil
	}

	checks := []Check{checkPermission(m)}
	people, count, err := checkAudience(ctx, app, m)
	if err != nil {
		return Report{}, err
	}
	checks = append(checks, people...)

	ofMessage, message, err := c.message(app, m)
	if err != nil {
		return Report{}, err
	}
	checks = append(checks, ofMessage...)
	if message != nil {
		gaps, err := checkGaps(ctx, app, m, message.composer, message.unknown)
		if err != nil {
			return Report{}, err
		}
		checks = append(checks, gaps)
	}
	checks = append(checks, checkMailServer(m))
	if m.SenderDenied == "" {
		checks = append(checks, checkFromAddress(m))
	}
	checks = append(checks, checkPublicAddress(m), checkQuota(m, count), c.checkEndsAt(m))
	checks = append(checks, <-domain...)

	report := Report{OK: true, Checks: checks}
	for _, check := range checks {
		report.OK = report.OK && check.Level != Error
	}
	return report, nil
}

func (c *Checker) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

// found makes a check without a problem.
func found(code string, detail Detail, text string, args ...any) Check {
	return fault(code, OK, "", detail, text, args...)
}

// fault makes a check with the reason of its problem.
func fault(code string, level Level, reason string, detail Detail, text string, args ...any) Check {
	if detail == nil {
		detail = Detail{}
	}
	if reason != "" {
		detail["reason"] = reason
	}
	detail["text"] = fmt.Sprintf(text, args...)
	return Check{Code: code, Level: level, Detail: detail}
}

// checkAudience counts the audience and returns how many will be mailed.
func checkAudience(ctx context.Context, app core.App, m Mailing) ([]Check, int, error) {
	var count audience.Count
	err := m.Audience.Check(app, m.Owner)
	if err == nil {
		count, err = m.Audience.Count(ctx, app, m.Owner)
	}
	var invalid *audience.InvalidError
	if errors.As(err, &invalid) {
		return []Check{fault(codeAudienceSize, Error, invalid.Code, Detail{"field": invalid.Field}, "%s", invalid.Detail)}, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	mailed := count.Count - count.Suppressed
	detail := Detail{"count": count.Count, "suppressed": count.Suppressed, "capped": count.Capped}
	var size Check
	switch {
	case count.Count == 0:
		size = fault(codeAudienceSize, Error, "empty", detail, "nobody is in the audience")
	case mailed == 0:
		size = fault(codeAudienceSize, Error, "all_suppressed", detail, "everybody in the audience is on the stop list")
	case count.Capped:
		size = found(codeAudienceSize, detail, "more than %d will get it", mailed)
	default:
		size = found(codeAudienceSize, detail, "%d will get it", mailed)
	}
	if count.Suppressed == 0 {
		return []Check{size, found(codeSuppressed, Detail{"count": 0}, "nobody in the audience is on the stop list")}, mailed, nil
	}
	stopped := fault(codeSuppressed, Warning, "some_suppressed", Detail{"count": count.Suppressed, "capped": count.Capped},
		"%d in the audience are on the stop list and will be skipped", count.Suppressed)
	return []Check{size, stopped}, mailed, nil
}
