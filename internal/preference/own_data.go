package preference

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/tools/filesystem"

	"gonets/internal/database"
	"gonets/internal/denial"
	"gonets/internal/readertext"
	"gonets/internal/suppression"
	"gonets/internal/transactional"
)

// The most that an e-mail about own data lists, the newest first.
const (
	mostConsents = 2000
	mostEmails   = 1000
)

// ErrUnreachable is the error of a reader whose address must not be mailed at all: it bounces, its owner complained, or the
// sender has decided so.
var ErrUnreachable = errors.New("nothing can be mailed to the address")

// MailData mails what is kept of the reader to the address, as a file of JSON. It is mailed once in 24 hours at most. Besides
// ErrUnreachable it fails as transactional.Service.Submit does.
func (r *Reader) MailData(ctx context.Context, calls *transactional.Service, t *readertext.Text) error {
	return r.mail(ctx, calls, "data", t.OwnData.DataEmail, t.Code, func(call *transactional.Call) error {
		raw, err := r.ownData()
		if err != nil {
			return err
		}
		const name = "data.json"
		content, err := filesystem.NewFileFromBytes(raw, name)
		if err != nil {
			return fmt.Errorf("attach the data of a reader: %w", err)
		}
		call.Files = []transactional.File{{Name: name, Type: "application/json", Content: content}}
		return nil
	})
}

// MailErasure mails a link to the address, by which the person erases what is kept. It is mailed as MailData is.
func (r *Reader) MailErasure(ctx context.Context, calls *transactional.Service, t *readertext.Text, link string) error {
	return r.mail(ctx, calls, "erase", t.OwnData.EraseEmail, t.Code, func(call *transactional.Call) error {
		call.Data = map[string]any{"link": link}
		return nil
	})
}

// mail sends an e-mail to the client's current address, in the name of the owner and by the sender of the mailing: whoever holds
// the link learns nothing. Its key lets one go out in 24 hours, whatever it says; that is looked at before any work.
func (r *Reader) mail(ctx context.Context, calls *transactional.Service, what string, e readertext.Email, language string, fill func(*transactional.Call) error) error {
	key := "reader " + what + " " + r.Client
	if mailed, err := calls.Answered(r.Owner, key); err != nil || mailed {
		return err
	}
	stopped, err := suppression.ReasonsFor(r.app.DB(), r.Owner, []string{r.address}, true)
	if err != nil {
		return err
	}
	if stopped[r.address] != "" {
		return ErrUnreachable
	}
	call := transactional.Call{
		Owner: r.Owner, Source: transactional.FromService, Key: key,
		To: []transactional.Recipient{{Email: r.address}}, Subject: e.Subject, Markdown: e.Text, Language: language,
	}
	if err := r.fromOfMailing(&call); err != nil {
		return err
	}
	if err := fill(&call); err != nil {
		return err
	}
	_, err = calls.Submit(ctx, call)
	var denied *denial.Error
	if errors.As(err, &denied) && denied.Code == "key_used" {
		return nil // another request was quicker
	}
	return err
}

// fromOfMailing names the sender, From and Reply-To of the mailing, if they are still known.
func (r *Reader) fromOfMailing(call *transactional.Call) error {
	var found []struct {
		Sender   string `db:"sender"`
		FromName string `db:"from_name"`
		ReplyTo  string `db:"reply_to"`
	}
	err := r.app.DB().NewQuery(`
		SELECT sender, COALESCE(letter ->> 'from_name', '') AS from_name, COALESCE(letter ->> 'reply_to', '') AS reply_to
		FROM contents WHERE mailing = {:mailing} AND owner = {:owner}`).Bind(r.params()).All(&found)
	if err != nil {
		return fmt.Errorf("find the sender of a mailing: %w", err)
	}
	for _, f := range found {
		call.Sender, call.FromName, call.ReplyTo = f.Sender, f.FromName, f.ReplyTo
	}
	return nil
}

// ownData is what the reader gets: the client without the owner's notes (the comment, and names of lists that are not public).
type ownData struct {
	Email      string          `json:"email"`
	FullName   string          `json:"full_name"`
	Language   string          `json:"language"`
	Attributes json.RawMessage `json:"attributes"`
	Status     string          `json:"status"`
	Created    string          `json:"created"`
	StopList   []stopEntry     `json:"stop_list"`
	Lists      []ownList       `json:"lists"`
	Consents   []ownConsent    `json:"consents"`
	Emails     []ownEmail      `json:"emails"`
	At         time.Time       `json:"at"`
}

type stopEntry struct {
	Email   string `db:"value" json:"email"`
	Reason  string `db:"reason" json:"reason"`
	Until   string `db:"until" json:"until,omitempty"`
	Created string `db:"created" json:"created"`
}

type ownList struct {
	Name    string `db:"name" json:"name"` // "" if the list is not public
	Status  string `db:"status" json:"status"`
	Created string `db:"created" json:"created"`
}

type ownConsent struct {
	Email     string `db:"email" json:"email"`
	List      string `db:"list" json:"list"` // its name; "" for all e-mails, and if it is not public or deleted
	Event     string `db:"event" json:"event"`
	Text      string `db:"text" json:"text"`
	IP        string `db:"ip" json:"ip"`
	UserAgent string `db:"user_agent" json:"user_agent"`
	Created   string `db:"created" json:"created"`
}

type ownEmail struct {
	Email   string `db:"email" json:"email"`
	Subject string `db:"subject" json:"subject"`
	State   string `db:"state" json:"state"`
	Started string `db:"started_at" json:"started_at"`
}

// ownData reads it, as JSON.
func (r *Reader) ownData() ([]byte, error) {
	db, params := r.app.ConcurrentDB(), r.params()
	params["emails"], params["consents"], params["mails"] = database.JSONArray(r.addresses()), mostConsents, mostEmails
	d := ownData{StopList: []stopEntry{}, Lists: []ownList{}, Consents: []ownConsent{}, Emails: []ownEmail{}, At: time.Now().UTC()}
	var attributes string
	err := db.NewQuery(`
		SELECT email, full_name, language, COALESCE(attributes, '') AS attributes, status, created
		FROM clients WHERE id = {:client} AND owner = {:owner}`).Bind(params).
		Row(&d.Email, &d.FullName, &d.Language, &attributes, &d.Status, &d.Created)
	if err != nil {
		return nil, fmt.Errorf("read the data of a reader: %w", err)
	}
	if json.Valid([]byte(attributes)) {
		d.Attributes = json.RawMessage(attributes)
	}
	for _, part := range []struct {
		into any
		sql  string
	}{
		{&d.StopList, `
			SELECT value, reason, until, created FROM suppressions
			WHERE owner = {:owner} AND kind = 'address' AND value IN (SELECT value FROM json_each({:emails}))`},
		{&d.Lists, `
			SELECT CASE WHEN l.public THEN l.name ELSE '' END AS name, s.status, s.created
			FROM subscriptions s JOIN lists l ON l.id = s.list WHERE s.client = {:client} AND +s.owner = {:owner} ORDER BY s.created`},
		{&d.Consents, `
			SELECT k.email, CASE WHEN l.public THEN l.name ELSE '' END AS list, k.event, k.text, k.ip, k.user_agent, k.created
			FROM consents k LEFT JOIN lists l ON l.id = k.list
			WHERE k.owner = {:owner} AND k.client = {:client} ORDER BY k.created DESC LIMIT {:consents}`},
		{&d.Emails, `
			SELECT r.email, COALESCE(k.letter ->> 'subject', '') AS subject, r.state, m.started_at
			FROM mailings m CROSS JOIN json_each({:emails}) e CROSS JOIN recipients r ON r.mailing = m.id AND r.email = e.value
			LEFT JOIN contents k ON k.mailing = m.id
			WHERE m.owner = {:owner} AND r.client = {:client} ORDER BY m.started_at DESC LIMIT {:mails}`},
	} {
		if err := db.NewQuery(part.sql).Bind(params).All(part.into); err != nil {
			return nil, fmt.Errorf("read the data of a reader: %w", err)
		}
	}
	raw, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the data of a reader: %w", err)
	}
	return raw, nil
}
