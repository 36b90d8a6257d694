package feedback

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"

	"gonets/internal/mailing"
	"gonets/internal/returnpath"
)

// target is the recipient that a report is about.
type target struct {
	ID      int64         `db:"id"`
	Mailing string        `db:"mailing"` // or the call of a transactional e-mail; "" if it was deleted: only the stop list is changed then
	Owner   string        `db:"owner"`
	Client  string        `db:"client"`
	Email   string        `db:"email"` // "" if it is not known any more
	State   mailing.State `db:"state"`
	Tries   int           `db:"tries"`
	by      Match
}

// errNotProven is the error for a token that no key proves.
var errNotProven = errors.New("the token is not proven")

// proven returns the recipient that the first proven token names: in an address, or else in the Message-ID. ok is false if
// there is none.
func (t *booking) proven(paths []string, messageID string) (r target, ok bool, err error) {
	type claim struct {
		token returnpath.Token
		by    Match
	}
	var claims []claim
	for _, path := range paths {
		if token, ok := returnpath.Find(path); ok {
			claims = append(claims, claim{token, byToken})
		}
	}
	if token, ok := returnpath.FindInMessageID(messageID); ok {
		claims = append(claims, claim{token, byMessageID})
	}
	for _, c := range claims {
		id, owner, err := provenMailing(t.ctx, t.db, c.token)
		if errors.Is(err, errNotProven) {
			continue
		}
		if err != nil {
			return target{}, false, err
		}
		r := target{ID: c.token.Recipient, Owner: owner, Mailing: id}
		// The rows of a mailing that is being deleted may still be there.
		err = t.db.NewQuery(`SELECT client, email, state, tries FROM recipients WHERE id = {:id}`).
			Bind(dbx.Params{"id": r.ID}).Row(&r.Client, &r.Email, &r.State, &r.Tries)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return target{}, false, fmt.Errorf("read recipient %d: %w", r.ID, err)
		}
		if err != nil {
			r.Mailing = ""
		}
		r.by = c.by
		return r, true, nil
	}
	return target{}, false, nil
}

// provenMailing returns the mailing whose key proves a token, and its owner. The mailing is "" if it was deleted. It fails
// with errNotProven if no key proves it, or its owner was deleted.
func provenMailing(ctx context.Context, db dbx.Builder, t returnpath.Token) (id, owner string, err error) {
	var found []struct {
		Mailing string `db:"mailing"`
		Owner   string `db:"owner"`
		Key     []byte `db:"return_key"`
	}
	err = db.NewQuery(`
		SELECT COALESCE(m.id, t.id, '') AS mailing, k.owner, k.return_key
		FROM contents k JOIN users u ON u.id = k.owner
		LEFT JOIN mailings m ON m.id = k.mailing AND m.owner = k.owner
		LEFT JOIN transactional t ON t.no = k.no
		WHERE k.no = {:no}
		UNION ALL
		SELECT '', d.owner, d.return_key FROM deleted_contents d JOIN users u ON u.id = d.owner WHERE d.no = {:no}`).
		WithContext(ctx).Bind(dbx.Params{"no": t.Recipient >> mailing.IDBits}).All(&found)
	if err != nil {
		return "", "", fmt.Errorf("read the key of a mailing: %w", err)
	}
	for _, f := range found {
		var key returnpath.Key
		if len(f.Key) == len(key) && t.Proves(returnpath.Key(f.Key)) {
			return f.Mailing, f.Owner, nil
		}
	}
	return "", "", errNotProven
}
