package preview

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
	"gonets/internal/compose"
	"gonets/internal/suppression"
)

// example is an invented person, for whom a mail is shown when there is nobody real.
func example(language string) compose.Addressee {
	if language == "ru" {
		return compose.Addressee{
			Email: "anna@example.com", FullName: "Анна Смирнова", Attributes: map[string]any{"city": "Тверь"},
		}
	}
	return compose.Addressee{
		Email: "anna@example.com", FullName: "Anna Smith", Attributes: map[string]any{"city": "York"},
	}
}

// of is the addressee of a mailing's preview.
func (r *Reader) of(ctx context.Context, mailing *core.Record, client string, launched bool) (compose.Addressee, error) {
	owner := mailing.GetString("owner")
	if client != "" {
		if launched {
			return r.recipient(mailing.Id, client, owner)
		}
		return r.client(client, owner)
	}
	first, err := r.first(ctx, mailing, launched)
	if err != nil {
		return compose.Addressee{}, err
	}
	if first != "" {
		who, err := r.recipient(mailing.Id, first, owner)
		if err == nil || !errors.Is(err, ErrNoClient) {
			return who, err
		}
	}
	who := example(r.languageOf(owner))
	who.Mailing = mailing.Id
	return who, nil
}

// first is the id of the client who comes first in the mailing's audience, "" when nobody is in it.
func (r *Reader) first(ctx context.Context, mailing *core.Record, launched bool) (string, error) {
	if launched {
		var clients []string
		err := r.app.DB().NewQuery(firstRecipientSQL).
			Bind(dbx.Params{"mailing": mailing.Id}).Column(&clients)
		if err != nil {
			return "", fmt.Errorf("find the first recipient of mailing %s: %w", mailing.Id, err)
		}
		if len(clients) == 0 {
			return "", nil
		}
		return clients[0], nil
	}
	selection, err := audience.OfMailing(mailing).Query(r.app, mailing.GetString("owner"))
	var invalid *audience.InvalidError
	if errors.As(err, &invalid) {
		return "", nil // preflight says what is wrong with it
	}
	if err != nil {
		return "", err
	}
	first, err := selection.First(ctx, r.app)
	if errors.As(err, &invalid) {
		return "", nil // its filter takes too long; preflight says so too
	}
	return first, err
}

// firstRecipientSQL reads the client who comes first by address, by idx_recipients_mailing_email. Recipients and contents
// outlive a deleted mailing for a while: the owner of the contents keeps those of an earlier mailing with the same id out.
const firstRecipientSQL = `
	SELECT r.client
	FROM mailings m
	JOIN contents k ON k.mailing = m.id AND k.owner = m.owner
	JOIN recipients r ON r.mailing = m.id
	WHERE m.id = {:mailing} ORDER BY r.email LIMIT 1`

// recipient is the addressee of a client who got a mailing, or would. The client's present values are
// used; of one who was deleted since nothing is left but the address.
func (r *Reader) recipient(mailing, client, owner string) (compose.Addressee, error) {
	who, err := r.client(client, owner)
	if err == nil {
		who.Mailing = mailing
	}
	if !errors.Is(err, ErrNoClient) {
		return who, err
	}
	email, err := r.emailOf(mailing, client)
	return compose.Addressee{Mailing: mailing, Client: client, Email: email}, err
}

// client is the addressee that a client is, among those of the owner if one is named. It fails with
// ErrNoClient.
func (r *Reader) client(id, owner string) (compose.Addressee, error) {
	among := dbx.HashExp{"id": id}
	if owner != "" {
		among["owner"] = owner
	}
	var row struct {
		Email      string `db:"email"`
		FullName   string `db:"full_name"`
		Attributes string `db:"attributes"`
	}
	err := r.app.DB().Select("email", "full_name", "COALESCE(attributes, '') AS attributes").From("clients").
		Where(among).One(&row)
	if errors.Is(err, sql.ErrNoRows) {
		return compose.Addressee{}, ErrNoClient
	}
	if err != nil {
		return compose.Addressee{}, fmt.Errorf("read client %s: %w", id, err)
	}
	who := compose.Addressee{Client: id, Email: row.Email, FullName: row.FullName}
	// Attributes that are no object are none.
	_ = json.Unmarshal([]byte(row.Attributes), &who.Attributes)
	return who, nil
}

// emailOf is the address that a mailing went to when the client was not deleted yet.
func (r *Reader) emailOf(mailing, client string) (string, error) {
	emails, err := suppression.EmailsOf(r.app.DB(), mailing, client)
	if err != nil {
		return "", err
	}
	if len(emails) == 0 {
		return "", ErrNoClient
	}
	return emails[0], nil
}

// languageOf is the language of a user, English when it is not known.
func (r *Reader) languageOf(user string) string {
	var language string
	err := r.app.DB().Select("language").From("users").Where(dbx.HashExp{"id": user}).Row(&language)
	if err != nil || language == "" {
		return "en"
	}
	return language
}
