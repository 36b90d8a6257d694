package api

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
	"gonets/internal/delivery"
	"gonets/internal/demo"
	"gonets/internal/denial"
	"gonets/internal/message"
	"gonets/internal/preflight"
	"gonets/internal/preview"
	"gonets/internal/sender"
)

// preflight answers GET /api/gonets/mailings/{id}/preflight.
func (l *letters) preflight(e *core.RequestEvent) error {
	mailing, err := visible(e)
	if err != nil {
		return err
	}
	m, err := l.prepared(e, mailing)
	if err != nil {
		return e.InternalServerError("", err)
	}
	share, err := room(e.Request.Context(), e, message.Bytes(m.Letter))
	if err != nil {
		return err
	}
	defer share.Release()
	report, err := l.checker.Check(e.Request.Context(), e.App, m)
	if err != nil {
		return e.InternalServerError("", err)
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, report)
}

// prepared collects what there is to check.
func (l *letters) prepared(e *core.RequestEvent, mailing *core.Record) (preflight.Mailing, error) {
	ctx, now := e.Request.Context(), time.Now()
	m := preflight.Mailing{
		Owner: mailing.GetString("owner"), Audience: audience.OfMailing(mailing),
		PublicURL:      e.App.Settings().Meta.AppURL,
		Demo:           demo.OutboxOf(e.App) != nil,
		MailingBlocked: mailing.GetBool("blocked"),
		StartsAt:       mailing.GetDateTime("starts_at").Time(), EndsAt: mailing.GetDateTime("ends_at").Time(),
	}
	err := sender.MaySendWith(e.App.DB(), m.Owner, mailing.GetString("sender"))
	var denied *denial.Error
	if errors.As(err, &denied) {
		// The letter is looked over without its sender, whose settings are not for the owner to see.
		m.SenderDenied = denied.Code
		mailing = mailing.Fresh()
		mailing.Set("sender", "")
	} else if err != nil {
		return m, err
	}
	p, err := l.previews.Mailing(ctx, mailing, "")
	if err != nil && !errors.Is(err, preview.ErrNoMessage) {
		return m, err
	}
	m.NoMessage = err != nil
	m.Letter, m.Example = p.Letter, p.As
	if m.Example.UnsubscribeURL == "" {
		// The letter is tried with all that it could have; the public address has a check of its own.
		m.Example.UnsubscribeURL, m.Example.ViewURL = "https://gonets.invalid/u/", "https://gonets.invalid/v/"
	}
	if m.AttachmentBytes, err = p.AttachmentBytes(ctx); err != nil {
		return m, err
	}

	owner, err := e.App.FindRecordById("users", m.Owner)
	if err != nil {
		return m, fmt.Errorf("read the owner of mailing %s: %w", mailing.Id, err)
	}
	m.OwnerBlocked, m.OwnerUnverified = owner.GetBool("blocked"), !owner.Verified()
	m.AwaitingApproval = owner.GetBool("awaiting_approval")
	if m.OwnerQuota, err = leftToday(e.App, delivery.UsageOfOwner, m.Owner, owner.GetInt("daily_quota"), now); err != nil {
		return m, err
	}

	if m.SenderDenied != "" {
		m.SenderLimit.Left = preflight.Unlimited
		return m, nil
	}
	account, err := sender.Of(e.App, p.Sender)
	dailyLimit := 0
	switch m.NoMailServer = errors.As(err, &denied); {
	case m.NoMailServer:
	case err != nil:
		return m, err
	default:
		dailyLimit = account.DailyLimit
	}
	m.SenderLimit, err = leftToday(e.App, delivery.UsageOfSender, p.Sender, dailyLimit, now)
	return m, err
}

// leftToday is what a daily limit leaves of the UTC day.
func leftToday(app core.App, kind delivery.UsageKind, id string, limit int, now time.Time) (preflight.Allowance, error) {
	if limit == 0 {
		return preflight.Allowance{Left: preflight.Unlimited}, nil
	}
	used, err := delivery.MailsToday(app, kind, id, now)
	return preflight.Allowance{Limit: limit, Left: max(0, limit-used)}, err
}
