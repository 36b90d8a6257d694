// Package token knows the tokens that programs sign in with in the name of a user: how they are made, found and kept.
package token

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/patrickmn/go-cache"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/internal/database"
)

// Prefix begins every secret, so that a secret is recognized wherever it turns up.
const Prefix = "gnt_"

// secretLength is the number of letters and digits after the prefix: 238 random bits.
const secretLength = 40

// MaxOfOwner is how many tokens a user may have.
const MaxOfOwner = 100

// Scope is what a token is good for.
type Scope string

// The scopes. Write includes Read; Send stands beside them.
const (
	Read  Scope = "read"  // what the owner can see
	Write Scope = "write" // what the owner can change, but accounts and tokens
	Send  Scope = "send"  // to launch, schedule, resume, retry and test, and to send transactional e-mails
)

// Scopes are all of them.
var Scopes = []Scope{Read, Write, Send}

// Token is a token that is valid.
type Token struct {
	ID, Owner, Name string
	Scopes          []Scope
	Expires         time.Time // zero means never
}

// Grants reports whether the token has a scope, or one that includes it.
func (t Token) Grants(s Scope) bool {
	return slices.Contains(t.Scopes, s) || s == Read && slices.Contains(t.Scopes, Write)
}

var (
	// ErrInvalid is the error of a secret that no valid token has: it is unknown, revoked or expired.
	ErrInvalid = errors.New("the token is unknown, revoked or expired")
	// ErrAccount is the error of a token whose owner may not sign in.
	ErrAccount = errors.New("the account of the token is blocked or not confirmed")
	// ErrTooMany is the error of a user who has MaxOfOwner tokens already.
	ErrTooMany = fmt.Errorf("at most %d tokens a user: revoke some", MaxOfOwner)
)

// Make makes a token of a user and returns its record with the secret, which is not kept and cannot be read again. The
// scopes are valid. It fails with ErrTooMany.
func Make(app core.App, owner, name string, scopes []Scope, expires time.Time) (r *core.Record, secret string, err error) {
	c, err := app.FindCachedCollectionByNameOrId("tokens")
	if err != nil {
		return nil, "", fmt.Errorf("find the tokens collection: %w", err)
	}
	secret = Prefix + security.RandomString(secretLength)
	r = core.NewRecord(c)
	r.Load(map[string]any{"owner": owner, "name": name, "scope": scopes, "hash": hash(secret)})
	if !expires.IsZero() {
		r.Set("expires", expires)
	}
	err = app.RunInTransaction(func(tx core.App) error {
		has, err := tx.CountRecords("tokens", dbx.HashExp{"owner": owner})
		if err != nil {
			return err
		}
		if has >= MaxOfOwner {
			return ErrTooMany
		}
		return tx.Save(r)
	})
	return r, secret, err
}

// hash is what is kept of a secret. It needs no salt: secrets are random and long.
func hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// find returns the token with a secret. It fails with ErrInvalid, or the database's error.
func find(app core.App, secret string, now time.Time) (Token, error) {
	if !strings.HasPrefix(secret, Prefix) || len(secret) != len(Prefix)+secretLength {
		return Token{}, ErrInvalid
	}
	var row struct {
		ID      string                  `db:"id"`
		Owner   string                  `db:"owner"`
		Name    string                  `db:"name"`
		Scope   types.JSONArray[string] `db:"scope"`
		Expires types.DateTime          `db:"expires"`
	}
	err := app.ConcurrentDB().NewQuery(`SELECT id, owner, name, scope, expires FROM tokens WHERE hash = {:hash}`).
		Bind(dbx.Params{"hash": hash(secret)}).One(&row)
	if errors.Is(err, sql.ErrNoRows) {
		return Token{}, ErrInvalid
	}
	if err != nil {
		return Token{}, fmt.Errorf("look for a token: %w", err)
	}
	t := Token{ID: row.ID, Owner: row.Owner, Name: row.Name, Expires: row.Expires.Time()}
	if !t.Expires.IsZero() && !t.Expires.After(now) {
		return Token{}, ErrInvalid
	}
	for _, s := range row.Scope {
		t.Scopes = append(t.Scopes, Scope(s))
	}
	return t, nil
}

// SignIn finds the token with a secret, and its owner. It fails with ErrInvalid, ErrAccount, or the database's error.
func SignIn(app core.App, secret string, now time.Time) (Token, *core.Record, error) {
	t, err := find(app, secret, now)
	if err != nil {
		return t, nil, err
	}
	owner, err := app.FindRecordById("users", t.Owner)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return t, nil, ErrAccount
	case err != nil:
		return t, nil, fmt.Errorf("read the owner of a token: %w", err)
	case owner.GetBool("blocked") || !owner.Verified():
		return t, nil, ErrAccount
	}
	return t, owner, nil
}

// useNoted is how exactly the last use of a token is known.
const useNoted = time.Minute

// Uses notes when tokens were last used: once a minute each, because every note is a write.
type Uses struct{ noted *cache.Cache }

// NewUses returns an empty memory of uses.
func NewUses() *Uses { return &Uses{cache.New(useNoted, 10*useNoted)} }

// Note notes a use. The error is the database's.
func (u *Uses) Note(app core.App, id string, now time.Time) error {
	if u.noted.Add(id, nil, cache.DefaultExpiration) != nil {
		return nil // noted within the last minute
	}
	_, err := app.NonconcurrentDB().NewQuery(`UPDATE tokens SET last_used_at = {:now} WHERE id = {:id}`).
		Bind(dbx.Params{"now": database.Stamp(now), "id": id}).Execute()
	if err != nil {
		return fmt.Errorf("note the use of a token: %w", err)
	}
	return nil
}
