package delivery

import (
	"path"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/dkim"
	"gonets/internal/relay"
)

// Sender is what a mail outside of any mailing is sent with: by whoever tries a mail out.
type Sender struct {
	Server                       relay.Server
	FromEmail, FromName, ReplyTo string
	DKIM                         *dkim.Key
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
