package signup

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/address"
	"gonets/internal/consent"
	"gonets/internal/database"
	"gonets/internal/suppression"
)

// Lifetime is how long a sign-up can be confirmed. After it the row is deleted.
const Lifetime = 30 * 24 * time.Hour

// Pending is a sign-up, until it is confirmed and a while longer.
type Pending struct {
	ID, Owner       string
	Source          string // the form, or the list to which the owner has added the address
	Form            string // "" if the owner has added the address
	Email, FullName string
	Attributes      map[string]any
	Lists           []string
	Language        string // a code of readertext
	Consent         string
	Confirmed       string // when; "" = not yet
}

// ErrToken is the error of a link that is none of ours.
var ErrToken = suppression.ErrToken

// ExpiredError is the error of a link whose sign-up was deleted: it is older than 30 days, or the address was erased.
type ExpiredError struct {
	Source string // as of Pending
}

func (e *ExpiredError) Error() string { return "the link is older than 30 days" }

// row is a row of signups.
type row struct {
	ID         string `db:"id"`
	Owner      string `db:"owner"`
	Source     string `db:"source"`
	Form       string `db:"form"`
	Email      string `db:"email"`
	FullName   string `db:"full_name"`
	Attributes string `db:"attributes"`
	Lists      string `db:"lists"`
	Language   string `db:"language"`
	Consent    string `db:"consent"`
	Confirmed  string `db:"confirmed"`
}

// readPending reads the first sign-up for which a condition holds, nil if there is none.
func readPending(db dbx.Builder, where string, params dbx.Params) (*Pending, error) {
	var rows []row
	err := db.NewQuery(`
		SELECT id, owner, source, form, email, full_name, attributes, lists, language, consent, confirmed
		FROM signups WHERE ` + where + ` LIMIT 1`).Bind(params).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("read a sign-up: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	r := rows[0]
	p := &Pending{
		ID: r.ID, Owner: r.Owner, Source: r.Source, Form: r.Form, Email: r.Email, FullName: r.FullName,
		Language: r.Language, Consent: r.Consent, Confirmed: r.Confirmed,
	}
	if err := errors.Join(json.Unmarshal([]byte(r.Attributes), &p.Attributes), json.Unmarshal([]byte(r.Lists), &p.Lists)); err != nil {
		return nil, fmt.Errorf("read sign-up %s: %w", r.ID, err)
	}
	return p, nil
}

// insert writes the row, in the transaction of db. It counts as mailed: mail takes that back if it fails.
func (p *Pending) insert(db dbx.Builder, network string, proven bool, now time.Time) error {
	attributes, err := json.Marshal(p.Attributes)
	if err != nil {
		return fmt.Errorf("write a sign-up: %w", err)
	}
	_, err = db.NewQuery(`
		INSERT INTO signups (id, owner, source, form, email, full_name, attributes, lists, language, consent, network, proven, asked, mailed, mailbox)
		VALUES ({:id}, {:owner}, {:source}, {:form}, {:email}, {:name}, {:attributes}, {:lists}, {:language}, {:consent}, {:network}, {:proven}, {:now}, {:now}, {:mailbox})`).
		Bind(dbx.Params{
			"id": p.ID, "owner": p.Owner, "source": p.Source, "form": p.Form, "email": p.Email, "name": p.FullName,
			"attributes": string(attributes), "lists": database.JSONArray(p.Lists), "language": p.Language, "consent": p.Consent,
			"network": network, "proven": proven, "now": now.UnixMilli(), "mailbox": address.Mailbox(p.Email),
		}).Execute()
	if err != nil {
		return fmt.Errorf("write a sign-up of form %s: %w", p.Form, err)
	}
	return nil
}

// entries are the rows of the log of consents: one for each list, or one for all e-mails of the owner.
func (p *Pending) entries(client string, event consent.Event, by consent.By) []consent.Entry {
	lists := p.Lists
	if len(lists) == 0 {
		lists = []string{""}
	}
	entries := make([]consent.Entry, len(lists))
	for i, list := range lists {
		entries[i] = consent.Entry{
			Owner: p.Owner, Client: client, Email: p.Email, List: list, Form: p.Form, Event: event, Text: p.Consent, By: by,
		}
	}
	return entries
}

// Find reads the sign-up of a link. It fails with ErrToken, and with an *ExpiredError.
func (s *Service) Find(token string) (*Pending, error) {
	source, id, err := s.tokens.Parse(suppression.PurposeConfirm, token)
	if err != nil {
		return nil, err
	}
	p, err := readPending(s.app.DB(), `id = {:id} AND asked > {:since}`,
		dbx.Params{"id": id, "since": time.Now().Add(-Lifetime).UnixMilli()})
	if err == nil && p == nil {
		err = &ExpiredError{source}
	}
	return p, err
}

// Forget deletes the sign-ups of an address, in the transaction of db.
func Forget(db dbx.Builder, owner, email string) error {
	_, err := db.NewQuery(`DELETE FROM signups WHERE owner = {:owner} AND email = {:email}`).
		Bind(dbx.Params{"owner": owner, "email": email}).Execute()
	if err != nil {
		return fmt.Errorf("forget the sign-ups of an address: %w", err)
	}
	return nil
}

// expirePage is how many rows are deleted in one transaction.
const expirePage = 1000

// Expire deletes the sign-ups that cannot be confirmed any more, in short transactions.
func (s *Service) Expire(now time.Time) error {
	for {
		// By idx_signups_asked.
		res, err := s.app.NonconcurrentDB().NewQuery(`
			DELETE FROM signups WHERE rowid IN (SELECT rowid FROM signups WHERE asked <= {:until} ORDER BY asked LIMIT {:page})`).
			Bind(dbx.Params{"until": now.Add(-Lifetime).UnixMilli(), "page": expirePage}).Execute()
		if err != nil {
			return fmt.Errorf("delete old sign-ups: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n < expirePage {
			return err
		}
	}
}
