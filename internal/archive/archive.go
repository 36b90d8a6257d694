// Package archive is what an owner lets everybody read: the mailings that are public and were launched.
package archive

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/internal/compose"
)

// ErrNone is the error of an archive or a mailing that does not exist, or is not public.
var ErrNone = errors.New("there is no such archive")

// PerPage is how many mailings a page of the archive and the feed have.
const PerPage = 20

// Archive is the archive of one owner.
type Archive struct {
	Owner    string `db:"id"`
	Slug     string `db:"slug"`
	Language string `db:"language"` // of the owner
	NoIndex  bool   `db:"archive_noindex"`

	app core.App
}

// Entry is a mailing in the archive.
type Entry struct {
	ID      string
	Subject string // for nobody in particular
	At      time.Time
}

// shown is the condition for mailings m of an owner that everybody may read: launched, and neither cancelled nor blocked.
const shown = `m.owner = {:owner} AND m.public = TRUE AND m.status IN ('running', 'paused', 'completed') AND m.blocked = FALSE AND m.started_at != ''`

// Of finds the archive at an address. It fails with ErrNone, also while the owner is blocked or waits for approval: a new account
// shows strangers nothing.
func Of(app core.App, slug string) (*Archive, error) {
	a := &Archive{app: app}
	if slug == "" {
		return nil, ErrNone
	}
	// By idx_users_slug.
	err := app.ConcurrentDB().NewQuery(`
		SELECT id, slug, language, archive_noindex FROM users
		WHERE slug = {:slug} AND slug != '' AND blocked = FALSE AND verified = TRUE AND awaiting_approval = FALSE`).
		Bind(dbx.Params{"slug": strings.ToLower(slug)}).One(a)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("find an archive: %w", err)
	}
	return a, nil
}

// Page lists mailings, the newest first; page counts from 1. more says that there are older ones.
func (a *Archive) Page(page int) (entries []Entry, more bool, err error) {
	var rows []struct {
		ID        string `db:"id"`
		StartedAt string `db:"started_at"`
		Subject   string `db:"subject"`
		From      string `db:"from_email"`
		Language  string `db:"language"`
	}
	// By idx_mailings_public.
	err = a.app.ConcurrentDB().NewQuery(`
		SELECT m.id, m.started_at, COALESCE(k.letter ->> 'subject', '') AS subject, COALESCE(k.letter ->> 'from_email', '') AS from_email,
			COALESCE(k.letter ->> 'language', '') AS language
		FROM mailings m JOIN contents k ON k.mailing = m.id AND k.owner = m.owner
		WHERE ` + shown + ` ORDER BY m.started_at DESC, m.id DESC LIMIT {:limit} OFFSET {:offset}`).
		Bind(dbx.Params{"owner": a.Owner, "limit": PerPage + 1, "offset": (page - 1) * PerPage}).All(&rows)
	if err != nil {
		return nil, false, fmt.Errorf("list an archive: %w", err)
	}
	if len(rows) > PerPage {
		rows, more = rows[:PerPage], true
	}
	for _, r := range rows {
		at, err := time.Parse(types.DefaultDateLayout, r.StartedAt)
		if err != nil {
			return nil, false, fmt.Errorf("list an archive: %w", err)
		}
		subject, err := subjectOf(r.Subject, r.From, r.Language)
		if err != nil {
			return nil, false, fmt.Errorf("write the subject of mailing %s: %w", r.ID, err)
		}
		entries = append(entries, Entry{ID: r.ID, Subject: subject, At: at.UTC()})
	}
	return entries, more, nil
}

// Mailing finds a mailing of the archive. It fails with ErrNone.
func (a *Archive) Mailing(id string) (*core.Record, error) {
	var visible bool
	err := a.app.ConcurrentDB().NewQuery(`SELECT EXISTS (SELECT 1 FROM mailings m WHERE m.id = {:id} AND ` + shown + `)`).
		Bind(dbx.Params{"id": id, "owner": a.Owner}).Row(&visible)
	if err != nil {
		return nil, fmt.Errorf("find a mailing of an archive: %w", err)
	}
	if !visible {
		return nil, ErrNone
	}
	record, err := a.app.FindRecordById("mailings", id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNone
	}
	return record, err
}

// subjectOf renders the template of a subject for Nobody.
func subjectOf(subject, from, language string) (string, error) {
	if !strings.Contains(subject, "{") {
		return subject, nil
	}
	c, err := compose.Prepare(compose.Message{Subject: subject, Format: compose.FormatText, Body: "-", FromEmail: from, Language: language})
	if err != nil {
		return "", err
	}
	p, err := c.Preview(Nobody(), time.Now())
	return p.Subject, err
}

// Nobody is whom the e-mails of an archive are rendered for: without a name, an address or attributes. The address of the To
// field is nobody's (RFC 2606 § 2).
func Nobody() compose.Addressee {
	return compose.Addressee{Mailing: "archive", Client: "nobody", To: "reader@example.invalid"}
}
