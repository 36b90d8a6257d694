package pages

import (
	"net/http"
	"strings"
	"time"

	"github.com/patrickmn/go-cache"
	"github.com/pocketbase/pocketbase/core"
)

// mailsApart is how long after a mail about an account another of the same kind is not sent to the same address. It
// is what PocketBase waits too, which only begins to count when the mail has gone: requests that come together each
// get one.
const mailsApart = 2 * time.Minute

// userMailsOnce remembers which mails are on their way, or have gone lately.
type userMailsOnce struct{ asked *cache.Cache }

// BindUserMailsOnce has requests of verification, reset and change of address send one mail to an address, however
// many come at once. The answer to the others is the same: it tells nobody whether there is such an account.
func BindUserMailsOnce(app core.App) {
	o := userMailsOnce{cache.New(mailsApart, mailsApart)}
	app.OnRecordRequestVerificationRequest().BindFunc(func(e *core.RecordRequestVerificationRequestEvent) error {
		if !e.Record.Verified() && !o.first("verify", e.Record.Email()) {
			return e.NoContent(http.StatusNoContent)
		}
		return e.Next()
	})
	app.OnRecordRequestPasswordResetRequest().BindFunc(func(e *core.RecordRequestPasswordResetRequestEvent) error {
		if !o.first("reset", e.Record.Collection().Name, e.Record.Email()) {
			return e.NoContent(http.StatusNoContent)
		}
		return e.Next()
	})
	app.OnRecordRequestEmailChangeRequest().BindFunc(func(e *core.RecordRequestEmailChangeRequestEvent) error {
		if !o.first("change", e.NewEmail) {
			return e.NoContent(http.StatusNoContent)
		}
		err := e.Next()
		if err != nil {
			o.forget("change", e.NewEmail)
		}
		return err
	})

	// What could not be sent may be asked for again.
	app.OnMailerRecordVerificationSend().BindFunc(func(e *core.MailerRecordEvent) error {
		err := e.Next()
		if err != nil {
			o.forget("verify", e.Record.Email())
		}
		return err
	})
	app.OnMailerRecordPasswordResetSend().BindFunc(func(e *core.MailerRecordEvent) error {
		err := e.Next()
		if err != nil {
			o.forget("reset", e.Record.Collection().Name, e.Record.Email())
		}
		return err
	})
}

// first notes a request and says whether it is the first, in one step.
func (o userMailsOnce) first(what ...string) bool {
	return o.asked.Add(mailKey(what), nil, cache.DefaultExpiration) == nil
}

func (o userMailsOnce) forget(what ...string) { o.asked.Delete(mailKey(what)) }

func mailKey(what []string) string { return strings.ToLower(strings.Join(what, " ")) }
