package message

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"gonets/internal/compose"
	"gonets/internal/refusal"
	"gonets/internal/sender"
	"gonets/internal/storage"
)

// frozenLetter is a letter as contents.letter holds it. Attachments are files beside the mailing; the
// DKIM key stays with the sender.
type frozenLetter struct {
	Subject     string         `json:"subject"`
	Preheader   string         `json:"preheader,omitempty"`
	Format      compose.Format `json:"format"`
	Body        string         `json:"body"`
	TextBody    string         `json:"text_body,omitempty"`
	FromName    string         `json:"from_name,omitempty"`
	FromEmail   string         `json:"from_email"`
	ReplyTo     string         `json:"reply_to,omitempty"`
	ListID      string         `json:"list_id,omitempty"`
	Language    string         `json:"language,omitempty"`
	Attachments []string       `json:"attachments,omitempty"`
}

// Draft makes the letter of a mailing that is not launched yet, as it would be frozen now, with its
// attachments, of which nothing is read, and signed with its sender's key. It fails with a *Refusal when there is no message or
// no mail server.
func Draft(ctx context.Context, app core.App, mailing *core.Record) (compose.Letter, error) {
	a, err := sender.Of(app, mailing.GetString("sender"))
	if err != nil {
		return compose.Letter{}, err
	}
	message, err := RecordOf(app, mailing)
	if err != nil {
		return compose.Letter{}, err
	}
	frozen, err := Freeze(app, mailing, message, a)
	if err != nil {
		return compose.Letter{}, err
	}
	return frozen.thaw(ctx, app, message.BaseFilesPath(), a)
}

// RecordOf finds the message of a mailing.
func RecordOf(app core.App, mailing *core.Record) (*core.Record, error) {
	id := mailing.GetString("message")
	if id == "" {
		return nil, refusal.BadRequest(CodeMissing, "message", "the mailing has no message: choose one")
	}
	message, err := app.FindRecordById("messages", id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, refusal.BadRequest(CodeMissing, "message", "the message of the mailing was deleted: choose another one")
	}
	if err != nil {
		return nil, fmt.Errorf("read message %s: %w", id, err)
	}
	return message, nil
}

// Freeze copies what must not change any more.
func Freeze(app core.App, mailing, message *core.Record, a *sender.Account) (frozenLetter, error) {
	var language string
	err := app.ConcurrentDB().NewQuery(`SELECT language FROM users WHERE id = {:id}`).
		Bind(dbx.Params{"id": mailing.GetString("owner")}).Row(&language)
	if err != nil {
		return frozenLetter{}, fmt.Errorf("read the language of the owner: %w", err)
	}
	return frozenLetter{
		Subject: message.GetString("subject"), Preheader: message.GetString("preheader"),
		Format: compose.Format(message.GetString("format")), Body: message.GetString("body"), TextBody: message.GetString("text_body"),
		FromName: firstOf(mailing.GetString("from_name"), a.FromName), FromEmail: a.FromEmail,
		ReplyTo: firstOf(mailing.GetString("reply_to"), a.ReplyTo),
		ListID:  listID(app, mailing), Language: language,
		Attachments: message.GetStringSlice("attachments"),
	}, nil
}

// listID names what the mail belongs to, so that mail programs can sort by it (RFC 2919): the list
// within the owner, or all the mailings of the owner.
func listID(app core.App, mailing *core.Record) string {
	u, err := url.Parse(app.Settings().Meta.AppURL)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	name := mailing.GetString("owner")
	if lists := mailing.GetStringSlice("lists"); mailing.GetString("audience") == "lists" && len(lists) == 1 {
		name = lists[0] + "." + name
	}
	return name + "." + u.Hostname()
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// thaw makes a letter of what was frozen, with the attachments from a folder of the file storage.
func (l frozenLetter) thaw(ctx context.Context, app core.App, folder string, a *sender.Account) (compose.Letter, error) {
	letter := compose.Letter{
		Subject: l.Subject, Preheader: l.Preheader, Format: l.Format, Body: l.Body, TextBody: l.TextBody,
		FromName: l.FromName, FromEmail: l.FromEmail, ReplyTo: l.ReplyTo, ListID: l.ListID, Language: l.Language,
		DKIM: a.DKIM,
	}
	var err error
	letter.Attachments, err = Attachments(ctx, app, l.keys(folder))
	return letter, err
}

// keys name the attachments in the file storage, where they are in that folder.
func (l frozenLetter) keys(folder string) []string {
	keys := make([]string, len(l.Attachments))
	for i, name := range l.Attachments {
		keys[i] = folder + "/" + name
	}
	return keys
}

// frozenFolder is where the attachments of a launched mailing are kept. PocketBase deletes it with the
// mailing.
func frozenFolder(mailing *core.Record) string { return mailing.BaseFilesPath() + "/frozen" }

// KeepAttachments copies the attachments of the message, so that they outlive it.
func KeepAttachments(ctx context.Context, app core.App, mailing, message *core.Record) error {
	names := message.GetStringSlice("attachments")
	if len(names) == 0 {
		return nil
	}
	files, err := app.NewFilesystem()
	if err != nil {
		return fmt.Errorf("open the file storage: %w", err)
	}
	defer files.Close()
	files.SetContext(ctx)
	if err := reserveAttachments(app, files, mailing, message, names); err != nil {
		return err
	}
	for _, name := range names {
		if err := files.Copy(message.BaseFilesPath()+"/"+name, frozenFolder(mailing)+"/"+name); err != nil {
			return fmt.Errorf("copy attachment %s: %w", name, err)
		}
	}
	return nil
}

// reserveAttachments counts the copies for the owner, who has only so much room.
func reserveAttachments(app core.App, files *filesystem.System, mailing, message *core.Record, names []string) error {
	copies := make([]storage.File, len(names))
	for i, name := range names {
		attributes, err := files.Attributes(message.BaseFilesPath() + "/" + name)
		if err != nil {
			return fmt.Errorf("read the size of attachment %s: %w", name, err)
		}
		copies[i] = storage.File{Name: name, Bytes: attributes.Size}
	}
	of := storage.Of{Collection: "mailings", Record: mailing.Id, Owner: mailing.GetString("owner")}
	err := storage.Reserve(app.NonconcurrentDB(), of, copies, nil)
	if errors.Is(err, storage.ErrFull) {
		return refusal.BadRequest("storage_full", "message",
			"the attachments are kept with the mailing, and the storage is full: delete files or mailings that are not needed any more")
	}
	return err
}

// Kept is the letter of a launched mailing, as its recipients get it. Of its attachments nothing is
// read.
func Kept(ctx context.Context, app core.App, mailing *core.Record) (compose.Letter, error) {
	frozen, senderID, err := contentsOf(app, mailing)
	if err != nil {
		return compose.Letter{}, err
	}
	a, err := sender.Of(app, senderID)
	if errors.Is(err, sender.ErrNoMailServer) {
		a, err = &sender.Account{}, nil // it can be read without being sent
	}
	if err != nil {
		return compose.Letter{}, err
	}
	return frozen.thaw(ctx, app, frozenFolder(mailing), a)
}

// contentsOf reads what the launch of a mailing froze, and the sender that it goes through. It fails
// with sql.ErrNoRows when nothing was.
func contentsOf(app core.App, mailing *core.Record) (frozen frozenLetter, sender string, err error) {
	var letter string
	err = app.ConcurrentDB().NewQuery(`SELECT sender, letter FROM contents WHERE mailing = {:mailing} AND owner = {:owner}`).
		Bind(dbx.Params{"mailing": mailing.Id, "owner": mailing.GetString("owner")}).Row(&sender, &letter)
	if err == nil {
		err = json.Unmarshal([]byte(letter), &frozen)
	}
	if err != nil {
		return frozenLetter{}, "", fmt.Errorf("read the contents of mailing %s: %w", mailing.Id, err)
	}
	return frozen, sender, nil
}
