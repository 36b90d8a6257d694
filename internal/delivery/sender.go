package delivery

import (
	"fmt"
	"path"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/compose"
	"gonets/internal/relay"
)

// Sender is what a mail outside of any mailing is sent with: by whoever tries a mail out.
type Sender struct {
	Server                       relay.Server
	FromEmail, FromName, ReplyTo string
	DKIM                         *compose.DKIM
	DailyLimit                   int // mails a UTC day; 0 = no limit
}

// SenderOf reads a sender as it is set now; "" is PocketBase's own mail settings. It fails with a
// *Refusal of CodeNoMailServer when there is nothing to send with.
func SenderOf(app core.App, id string) (Sender, error) {
	a, err := accountOf(app, id)
	if err != nil {
		return Sender{}, err
	}
	return a.sender(), nil
}

// SenderToLookAt is SenderOf for mails that are looked at and not sent. Without a mail server they come
// from where PocketBase's own mails come from.
func SenderToLookAt(app core.App, id string) (Sender, error) {
	a, err := accountToLookAt(app, id)
	if err != nil {
		return Sender{}, err
	}
	return a.sender(), nil
}

func (a *account) sender() Sender {
	return Sender{
		Server: a.server, FromEmail: a.fromEmail, FromName: a.fromName, ReplyTo: a.replyTo,
		DKIM: a.dkim, DailyLimit: a.dailyLimit,
	}
}

// AttachmentName is the name that the author gave a file of the storage.
func AttachmentName(key string) string { return originalName(path.Base(key)) }

// UsageKind is whose mails are counted: usage.kind.
type UsageKind string

// Both are counted, each against a limit of its own.
const (
	UsageOfOwner  UsageKind = "owner"
	UsageOfSender UsageKind = "sender"
)

// MailsToday is how many mails an owner has sent, or have been sent with a sender, on the UTC day.
func MailsToday(app core.App, kind UsageKind, id string, now time.Time) (int, error) {
	return mailsOn(app, kind, id, utcDay(now))
}

func mailsOn(app core.App, kind UsageKind, id, day string) (int, error) {
	var mails []int
	err := app.ConcurrentDB().
		NewQuery(`SELECT mails FROM usage WHERE kind = {:kind} AND id = {:id} AND day = {:day}`).
		Bind(dbx.Params{"kind": string(kind), "id": id, "day": day}).Column(&mails)
	if err != nil {
		return 0, fmt.Errorf("read what %s %s has sent on %s: %w", kind, id, day, err)
	}
	if len(mails) == 0 {
		return 0, nil
	}
	return mails[0], nil
}
