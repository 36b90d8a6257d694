package pages

import (
	"net/http"
	"strings"
	"time"

	"github.com/patrickmn/go-cache"
	"github.com/pocketbase/pocketbase/core"
)

// mailsApart is how long after an e-mail about an account no other one of the same kind is sent to the same address.
// PocketBase has the same pause, but it begins when the e-mail was sent: several requests at the same time would each
// get one.
const mailsApart = 2 * time.Minute

// userMailsOnce remembers which e-mails are being sent, or were sent lately.
type userMailsOnce struct{ asked *cache.Cache }

// BindUserMailsOnce makes simultaneous requests of verification, reset and change of address send one e-mail to an address.
// The others get the same answer: it does not show whether there is such an account.
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

	// After a failure it may be asked for again.
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

// first stores a request and reports whether it is the first one, in one step.
func (o userMailsOnce) first(what ...string) bool {
	return o.asked.Add(mailKey(what), nil, cache.DefaultExpiration) == nil
}

func (o userMailsOnce) forget(what ...string) { o.asked.Delete(mailKey(what)) }

func mailKey(what []string) string { return strings.ToLower(strings.Join(what, " ")) }
