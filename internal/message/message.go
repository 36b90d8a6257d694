// Package message reads what the mails of a mailing are made of: as it is written now, or as the launch of the mailing
// kept it.
package message

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/compose"
	"gonets/internal/denial"
	"gonets/internal/mailing"
	"gonets/internal/returnpath"
	"gonets/internal/sender"
)

// CodeMissing is the code of the refusal of a mailing without a message.
const CodeMissing = "no_message"

// Content is what the mails of a mailing are made of.
type Content struct {
	Message compose.Message // without attachments
	Sender  string          // id of what it goes through; "" = PocketBase's own mail settings
	Files   []string        // its attachments: keys of the file storage
	Kept    bool            // as the launch of the mailing kept it
	// ReturnKey makes the tokens of a launched mailing, and ReturnPath puts them into envelope senders; it is zero if the From
	// address is the envelope sender.
	ReturnKey  returnpath.Key
	ReturnPath returnpath.Path
}

// kept is the message of a mailing as contents.letter holds it. Attachments are files beside the mailing.
type kept struct {
	Text
	ListID      string   `json:"list_id,omitempty"`
	Attachments []string `json:"attachments,omitempty"`
}

// Of reads the message of a mailing to show it: as its launch kept it, or as it is now. It needs no mail server.
// With a refusal of CodeMissing it returns a content without text; one of sender.CodeNotAllowed says that the message
// may not be shown.
func Of(app core.App, record *core.Record) (Content, error) {
	switch mailing.Status(record.GetString("status")) {
	case mailing.Created, mailing.Scheduled: // an interrupted launch may have kept one
	default:
		c, err := Kept(app, record)
		if !errors.Is(err, sql.ErrNoRows) { // cancelled before its time had come
			return c, err
		}
	}
	id := record.GetString("sender")
	if id != "" { // where the service's own mails come from is no secret
		if err := sender.MaySendWith(app.ConcurrentDB(), record.GetString("owner"), id); err != nil {
			return Content{}, err
		}
	}
	a, err := sender.ForPreview(app, id)
	if err != nil {
		return Content{}, err
	}
	written, missing := recordOf(app, record)
	var refused *denial.Error
	switch {
	case errors.As(missing, &refused):
		messages, err := app.FindCachedCollectionByNameOrId("messages")
		if err != nil {
			return Content{}, err
		}
		written = core.NewRecord(messages)
	case missing != nil:
		return Content{}, missing
	}
	k, err := keep(app, record, written, a)
	if err != nil {
		return Content{}, err
	}
	return k.content(written.BaseFilesPath(), id, a), missing
}

// Draft reads the message of a mailing that is not launched yet, as it would be sent now. It fails with a
// *denial.Error when there is no message or no mail server.
func Draft(app core.App, record *core.Record) (Content, error) {
	k, written, a, err := draft(app, record)
	if err != nil {
		return Content{}, err
	}
	return k.content(written.BaseFilesPath(), record.GetString("sender"), a), nil
}

// Kept reads the message of a launched mailing, as its recipients get it. It fails with sql.ErrNoRows when no launch
// has kept one.
func Kept(app core.App, record *core.Record) (Content, error) {
	var id, raw string
	var key []byte
	var k kept
	err := app.ConcurrentDB().NewQuery(`SELECT sender, letter, return_key FROM contents WHERE mailing = {:mailing} AND owner = {:owner}`).
		Bind(dbx.Params{"mailing": record.Id, "owner": record.GetString("owner")}).Row(&id, &raw, &key)
	if err == nil {
		err = json.Unmarshal([]byte(raw), &k)
	}
	if err != nil {
		return Content{}, fmt.Errorf("read the contents of mailing %s: %w", record.Id, err)
	}
	a, err := sender.ForPreview(app, id)
	if err != nil {
		return Content{}, err
	}
	c := k.content(keptFolder(record), id, a)
	c.Kept, c.ReturnPath = true, a.ReturnPath
	if copy(c.ReturnKey[:], key) != len(c.ReturnKey) {
		return Content{}, fmt.Errorf("mailing %s has no key", record.Id)
	}
	return c, nil
}

// Keep copies the attachments of a mailing that is being launched, and returns its message for contents.letter.
func Keep(ctx context.Context, app core.App, record *core.Record) (string, error) {
	k, written, _, err := draft(app, record)
	if err != nil {
		return "", err
	}
	raw, err := json.Marshal(k)
	if err != nil {
		return "", fmt.Errorf("encode the message: %w", err)
	}
	return string(raw), copyAttachments(ctx, app, record, written)
}

func draft(app core.App, record *core.Record) (k kept, written *core.Record, a *sender.Account, err error) {
	if a, err = sender.Of(app, record.GetString("sender")); err != nil {
		return k, nil, nil, err
	}
	if written, err = recordOf(app, record); err != nil {
		return k, nil, nil, err
	}
	k, err = keep(app, record, written, a)
	return k, written, a, err
}

// recordOf finds the message of a mailing. It fails with a *denial.Error of CodeMissing.
func recordOf(app core.App, record *core.Record) (*core.Record, error) {
	id := record.GetString("message")
	if id == "" {
		return nil, denial.BadRequest(CodeMissing, "message", "the mailing has no message: choose one")
	}
	written, err := app.FindRecordById("messages", id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, denial.BadRequest(CodeMissing, "message", "the message of the mailing was deleted: choose another one")
	}
	if err != nil {
		return nil, fmt.Errorf("read message %s: %w", id, err)
	}
	return written, nil
}

// keep copies what must not change after the launch.
func keep(app core.App, record, written *core.Record, a *sender.Account) (kept, error) {
	k := kept{Text: TextOf(written), ListID: listID(app, record), Attachments: written.GetStringSlice("attachments")}
	k.FromName, k.FromEmail = cmp.Or(record.GetString("from_name"), a.FromName), a.FromEmail
	k.ReplyTo = cmp.Or(record.GetString("reply_to"), a.ReplyTo)
	return k, k.FillIn(app, record.GetString("owner"))
}

// listID names what the mail belongs to, so that mail programs can sort by it (RFC 2919): the list
// within the owner, or all the mailings of the owner.
func listID(app core.App, record *core.Record) string {
	u, err := url.Parse(app.Settings().Meta.AppURL)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	name := record.GetString("owner")
	if lists := record.GetStringSlice("lists"); record.GetString("audience") == "lists" && len(lists) == 1 {
		name = lists[0] + "." + name
	}
	return name + "." + u.Hostname()
}

// content is the message as it was kept, with its attachments in a folder of the file storage.
func (k kept) content(folder, id string, a *sender.Account) Content {
	c := Content{Sender: id, Message: k.message(a)}
	c.Message.ListID = k.ListID
	for _, name := range k.Attachments {
		c.Files = append(c.Files, folder+"/"+name)
	}
	return c
}
