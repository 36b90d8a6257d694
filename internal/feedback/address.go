package feedback

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/internal/address"
	"gonets/internal/bounce"
	"gonets/internal/compose"
	"gonets/internal/database"
	"gonets/internal/mailing"
	"gonets/internal/returnpath"
)

const (
	// addressTime is for how long an address alone ties a report to a recipient: mail systems give up after five days.
	addressTime = 7 * 24 * time.Hour
	// mostAddresses is how many addresses of one report are looked up, and mostMailings in how many mailings, the newest:
	// a stranger can write a report with a thousand addresses.
	mostAddresses = 10
	mostMailings  = 1000
)

// candidate is a recipient who may be the one that a report is about.
type candidate struct {
	target
	Style  returnpath.Style `db:"style"`
	From   string           `db:"from_email"`
	sentAt time.Time
}

// byAddress finds the recipient of the last seven days with one of the addresses, in the order of the addresses. ok is false
// if there is none, or if several owners have mailed the address: which of them is meant cannot be known.
//
// Anybody can write such a report. So it is not believed about e-mails whose return path would have named the recipient, nor
// if it names another author. A Message-ID of the form that Gonets made before it contained a token is exact.
func (t *booking) byAddress(original bounce.Original, addresses ...string) (r target, ok bool, err error) {
	for i, a := range addresses {
		normal, err := address.Normalize(a)
		if err != nil || i > 0 && a == addresses[0] {
			continue
		}
		all, err := t.candidates(normal)
		if err != nil {
			return target{}, false, err
		}
		var newest *candidate
		for j := range all {
			c := &all[j]
			switch {
			case isEarlierID(original.MessageID, c.Mailing, c.Client):
				c.by = byMessageID
				return c.target, true, nil
			case t.source != FromWebhook && (c.Style == returnpath.Plus || c.Style == returnpath.Minus),
				original.From != "" && !strings.EqualFold(original.From, c.From):
				continue
			case newest != nil && newest.Owner != c.Owner:
				return target{}, false, nil
			case newest == nil || c.sentAt.After(newest.sentAt):
				newest = c
			}
		}
		if newest != nil {
			newest.by = byAddress
			return newest.target, true, nil
		}
	}
	return target{}, false, nil
}

// isEarlierID reports whether a Message-ID is the one that Gonets gave e-mails before it contained a token.
func isEarlierID(id, mailing, client string) bool {
	local, _, ok := strings.Cut(strings.Trim(id, "<> "), "@")
	return ok && strings.EqualFold(compose.MessageID(mailing, client, "x"), "<"+local+"@x>")
}

// candidates are the recipients with an address whose e-mail was handed over within the last seven days. It relies on
// idx_mailings_status, idx_mailings_updated and idx_recipients_mailing_email.
func (t *booking) candidates(email string) ([]candidate, error) {
	since := t.now.Add(-addressTime)
	var rows []candidate
	err := t.db.NewQuery(`
		SELECT r.id, r.mailing, k.owner, r.client, r.email, r.state, r.tries,
			COALESCE(IIF(s.return_path = '', '', COALESCE(NULLIF(s.return_path_style, ''), 'plus')), '') AS style,
			COALESCE(json_extract(k.letter, '$.from_email'), '') AS from_email
		FROM (
			SELECT id, owner FROM (
				SELECT id, owner, updated FROM mailings WHERE status = 'running'
				UNION SELECT id, owner, updated FROM mailings WHERE updated >= {:since}
			) ORDER BY updated DESC LIMIT {:most}
		) m
		CROSS JOIN recipients r ON r.mailing = m.id AND r.email = {:email}
		CROSS JOIN contents k ON k.mailing = m.id AND k.owner = m.owner AND k.no = r.id >> {:bits}
		LEFT JOIN senders s ON s.id = k.sender
		WHERE r.state IN ('sent', 'uncertain', 'sending', 'bounced')`).
		WithContext(t.ctx).
		Bind(dbx.Params{"since": database.Stamp(since), "most": mostMailings, "email": email, "bits": mailing.IDBits}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("look for a recipient by address: %w", err)
	}
	var calls []candidate
	// By idx_recipients_transactional, the newest first.
	err = t.db.NewQuery(`
		SELECT r.id, r.mailing, c.owner, r.client, r.email, r.state, r.tries, c.from_email,
			COALESCE(IIF(s.return_path = '', '', COALESCE(NULLIF(s.return_path_style, ''), 'plus')), '') AS style
		FROM recipients r
		CROSS JOIN transactional c ON c.no = r.id >> {:bits}
		LEFT JOIN senders s ON s.id = c.sender
		WHERE r.client = '' AND r.email = {:email} AND r.state IN ('sent', 'uncertain', 'sending', 'bounced')
		ORDER BY r.id DESC LIMIT {:most}`).
		WithContext(t.ctx).
		Bind(dbx.Params{"email": email, "most": mostMailings, "bits": mailing.IDBits}).All(&calls)
	if err != nil {
		return nil, fmt.Errorf("look for a transactional e-mail by address: %w", err)
	}
	rows = append(rows, calls...)
	recent := rows[:0]
	for _, c := range rows {
		if c.sentAt, err = t.sentAt(c.target); err != nil {
			return nil, err
		}
		if c.sentAt.After(since) {
			recent = append(recent, c)
		}
	}
	return recent, nil
}

// sentAt is when the e-mail to a recipient was handed over, by its last attempt; now if it is being handed over, and the zero
// time if that is not known any more.
func (t *booking) sentAt(r target) (time.Time, error) {
	if r.State == mailing.Sending {
		return t.now, nil
	}
	var created string
	err := t.db.NewQuery(`SELECT created FROM attempts WHERE id = {:id}`).
		Bind(dbx.Params{"id": mailing.AttemptID(r.ID, r.Tries)}).Row(&created)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("read when an e-mail was sent: %w", err)
	}
	at, err := types.ParseDateTime(created)
	if err != nil {
		return time.Time{}, fmt.Errorf("read when an e-mail was sent: %w", err)
	}
	return at.Time(), nil
}
