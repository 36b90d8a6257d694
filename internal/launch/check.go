package launch

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
	"gonets/internal/compose"
	"gonets/internal/denial"
	"gonets/internal/mailing"
	"gonets/internal/memory"
	"gonets/internal/message"
	"gonets/internal/sender"
	"gonets/internal/template"
)

var (
	errAudienceEmpty = denial.BadRequest("audience_empty", "audience",
		"nobody is in the audience of the mailing: add clients or choose another audience")
	errAudienceSuppressed = denial.BadRequest("audience_suppressed", "audience",
		"everybody in the audience of the mailing is on the stop list")
)

// check checks a mailing before it is launched or scheduled: its owner, its message, its sender,
// its audience as a rule, its end. It fails with a *denial.Error.
func (v *Verbs) check(ctx context.Context, record *core.Record, now time.Time) error {
	if err := mailing.MaySend(v.App.ConcurrentDB(), record.GetString("owner")); err != nil {
		return err
	}
	if err := sender.MaySendWith(v.App.ConcurrentDB(), record.GetString("owner"), record.GetString("sender")); err != nil {
		return err
	}
	if ends := record.GetDateTime("ends_at"); !ends.IsZero() && ends.Time().Before(now) {
		return denial.BadRequest("ended", "ends_at", "the end of the mailing has passed: move it or leave it empty")
	}
	draft, err := message.Draft(v.App, record)
	if err != nil {
		return err
	}
	m, err := draft.WithAttachments(ctx, v.App)
	if err != nil {
		return err
	}
	if strings.TrimSpace(m.Subject) == "" {
		return denial.BadRequest("no_subject", "message", "the message has no subject: write one")
	}
	share, err := memory.Of(v.App).Mails.Take(ctx, message.Bytes(m))
	if err != nil {
		return err
	}
	defer share.Release()
	if _, err := compose.Prepare(m); err != nil {
		var broken *template.Error
		if errors.As(err, &broken) {
			return denial.BadRequest("broken_template", "message", "the message cannot be written: %s", err)
		}
		return denial.BadRequest("letter_unusable", "message", "the message cannot be written: %s", err)
	}
	return refuseAudience(audience.OfMailing(record).Check(v.App, record.GetString("owner")))
}

// refuseAudience makes a *denial.Error of what is wrong with an audience. Other errors stay as they are.
func refuseAudience(err error) error {
	var invalid *audience.InvalidError
	if errors.As(err, &invalid) {
		return denial.BadRequest(invalid.Code, invalid.Field, "%s", invalid.Detail)
	}
	return err
}
