package message

import (
	"context"
	"database/sql"
	"errors"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/compose"
	"gonets/internal/mailing"
	"gonets/internal/refusal"
	"gonets/internal/sender"
)

// CodeMissing is the Refusal.Code of a mailing without a message.
const CodeMissing = "no_message"

// Look is a letter for whoever wants to look at it: it needs no mail server, and its attachments are
// named but not read.
type Look struct {
	Letter compose.Letter // without attachments
	Sender string         // id of what it goes through; "" = PocketBase's own mail settings
	Files  []string       // its attachments: keys of the file storage
}

// LookAt reads the letter of a mailing: what was frozen if it has been launched, which the second
// value tells, or what would be frozen now. With a *Refusal of CodeMissing it returns a letter
// without text; one of CodeSenderNotAllowed says that what would be frozen may not be shown.
func LookAt(ctx context.Context, app core.App, record *core.Record) (Look, bool, error) {
	switch mailing.Status(record.GetString("status")) {
	case mailing.Created, mailing.Scheduled: // contents may be there all the same, of a launch that was interrupted
		l, err := lookAtRecords(ctx, app, record)
		return l, false, err
	}
	frozen, senderID, err := contentsOf(app, record)
	if errors.Is(err, sql.ErrNoRows) { // cancelled before its time had come
		l, err := lookAtRecords(ctx, app, record)
		return l, false, err
	}
	if err != nil {
		return Look{}, false, err
	}
	a, err := sender.ForPreview(app, senderID)
	if err != nil {
		return Look{}, false, err
	}
	l, err := frozen.look(ctx, app, frozenFolder(record), senderID, a)
	return l, true, err
}

func lookAtRecords(ctx context.Context, app core.App, mailing *core.Record) (Look, error) {
	senderID := mailing.GetString("sender")
	if senderID != "" { // where the service's own mails come from is no secret
		if err := sender.MaySendWith(app.ConcurrentDB(), mailing.GetString("owner"), senderID); err != nil {
			return Look{}, err
		}
	}
	a, err := sender.ForPreview(app, senderID)
	if err != nil {
		return Look{}, err
	}
	message, missing := RecordOf(app, mailing)
	var refused *refusal.Error
	switch {
	case errors.As(missing, &refused):
		messages, err := app.FindCachedCollectionByNameOrId("messages")
		if err != nil {
			return Look{}, err
		}
		message = core.NewRecord(messages)
	case missing != nil:
		return Look{}, missing
	}
	frozen, err := Freeze(app, mailing, message, a)
	if err != nil {
		return Look{}, err
	}
	l, err := frozen.look(ctx, app, message.BaseFilesPath(), senderID, a)
	if err != nil {
		return Look{}, err
	}
	return l, missing
}

func (l frozenLetter) look(ctx context.Context, app core.App, folder, sender string, a *sender.Account) (Look, error) {
	files := l.keys(folder)
	l.Attachments = nil
	letter, err := l.thaw(ctx, app, folder, a)
	return Look{Letter: letter, Sender: sender, Files: files}, err
}
