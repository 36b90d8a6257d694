package preflight

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
	"gonets/internal/denial"
	"gonets/internal/limit"
	"gonets/internal/preview"
	"gonets/internal/sender"
)

// Prepare collects what there is to check about a mailing. demo says that every e-mail is caught. The error is the
// database's, or that of the file storage.
func Prepare(ctx context.Context, app core.App, previews *preview.Reader, mailing *core.Record, demo bool) (Mailing, error) {
	now := time.Now()
	m := Mailing{
		Owner: mailing.GetString("owner"), Audience: audience.OfMailing(mailing),
		PublicURL: app.Settings().Meta.AppURL, Demo: demo,
		MailingBlocked: mailing.GetBool("blocked"),
		StartsAt:       mailing.GetDateTime("starts_at").Time(), EndsAt: mailing.GetDateTime("ends_at").Time(),
	}
	err := sender.MaySendWith(app.DB(), m.Owner, mailing.GetString("sender"))
	var denied *denial.Error
	if errors.As(err, &denied) {
		// The message is checked without its sender, whose settings the owner must not see.
		m.SenderDenied = denied.Code
		mailing = mailing.Fresh()
		mailing.Set("sender", "")
	} else if err != nil {
		return m, err
	}
	p, err := previews.Mailing(ctx, mailing, "")
	if err != nil && !errors.Is(err, preview.ErrNoMessage) {
		return m, err
	}
	m.NoMessage = err != nil
	m.Message, m.Example = p.Message, p.As
	if m.Example.UnsubscribeURL == "" {
		// The message is tried with all links that it can have; the public address has a check of its own.
		m.Example.UnsubscribeURL, m.Example.ViewURL = "https://gonets.invalid/u/", "https://gonets.invalid/v/"
	}
	if m.Attached, err = p.Attached(ctx); err != nil {
		return m, err
	}

	owner, err := app.FindRecordById("users", m.Owner)
	if err != nil {
		return m, fmt.Errorf("read the owner of mailing %s: %w", mailing.Id, err)
	}
	m.OwnerBlocked, m.OwnerUnverified = owner.GetBool("blocked"), !owner.Verified()
	m.AwaitingApproval = owner.GetBool("awaiting_approval")
	if m.OwnerQuota, err = leftToday(app, limit.UsageOfOwner, m.Owner, owner.GetInt("daily_quota"), now); err != nil {
		return m, err
	}

	if m.SenderDenied != "" {
		m.SenderLimit.Left = unlimited
		return m, nil
	}
	account, err := sender.Of(app, p.Sender)
	dailyLimit := 0
	switch m.NoMailServer = errors.As(err, &denied); {
	case m.NoMailServer:
	case err != nil:
		return m, err
	default:
		dailyLimit = account.DailyLimit
		if m.Return, err = ReturnOf(ctx, app, account); err != nil {
			return m, err
		}
	}
	m.SenderLimit, err = leftToday(app, limit.UsageOfSender, p.Sender, dailyLimit, now)
	return m, err
}

// leftToday is what a daily limit leaves of the UTC day.
func leftToday(app core.App, kind limit.UsageKind, id string, most int, now time.Time) (Allowance, error) {
	if most == 0 {
		return Allowance{Left: unlimited}, nil
	}
	used, err := limit.UsedToday(app, kind, id, now)
	return Allowance{Limit: most, Left: max(0, most-used)}, err
}
