// Package setup is the first start of an instance: the token by which its first superuser is made, and what is left to set up.
package setup

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"gonets/internal/denial"
)

const (
	// lifetime is how long a token is valid.
	lifetime = time.Hour
	// tokenLength is the number of letters and digits of a token: 238 random bits.
	tokenLength = 40
)

// Why a token is refused.
var (
	errDone = denial.New(http.StatusGone, "setup_done", "token",
		"this link was used already, or the service has a superuser: sign in with that account")
	errExpired = denial.New(http.StatusGone, "setup_expired", "token",
		"this link has expired after an hour: restart the service, which prints another one")
	errUnknown = denial.New(http.StatusNotFound, "setup_unknown", "token",
		"this link is not valid: each start of the service prints another one, and only the last one counts")
)

// Setup has the token of this start. It is kept as a hash, in memory only: every start makes another one.
type Setup struct {
	app core.App
	now func() time.Time

	mu      sync.Mutex // also held while the superuser is made, so that a token is used once
	hash    [sha256.Size]byte
	expires time.Time // zero without a token
}

// New makes the setup of an instance.
func New(app core.App) *Setup { return &Setup{app: app, now: time.Now} }

// Begin makes the token of this start.
func (s *Setup) Begin() (token string) {
	token = security.RandomString(tokenLength)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hash, s.expires = sha256.Sum256([]byte(token)), s.now().Add(lifetime)
	return token
}

// Check fails with ErrDone, ErrExpired or ErrUnknown when a superuser cannot be made by the token.
func (s *Setup) Check(token string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.check(s.app, token)
}

func (s *Setup) check(app core.App, token string) error {
	has, err := hasSuperuser(app)
	if err != nil {
		return err
	}
	hash := sha256.Sum256([]byte(token))
	switch {
	case has:
		return errDone
	case s.expires.IsZero() || subtle.ConstantTimeCompare(hash[:], s.hash[:]) != 1:
		return errUnknown
	case !s.now().Before(s.expires):
		return errExpired
	}
	return nil
}

// MakeSuperuser makes the first superuser. It fails as Check does, or with PocketBase's errors of the fields email and password;
// only a success uses the token up.
func (s *Setup) MakeSuperuser(token, email, password string) (*core.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// Before the password is hashed, which takes long.
	if err := s.check(s.app, token); err != nil {
		return nil, err
	}
	superusers, err := s.app.FindCachedCollectionByNameOrId(core.CollectionNameSuperusers)
	if err != nil {
		return nil, fmt.Errorf("find the collection of superusers: %w", err)
	}
	record := core.NewRecord(superusers)
	record.SetEmail(email)
	record.SetPassword(password)
	err = s.app.RunInTransaction(func(tx core.App) error {
		// Another process may have made one meanwhile.
		if err := s.check(tx, token); err != nil {
			return err
		}
		return tx.Save(record)
	})
	if err != nil {
		return nil, err
	}
	s.expires = time.Time{}
	return record, nil
}

// hasSuperuser reports whether there is a superuser beside the one that PocketBase makes for its own installer.
func hasSuperuser(app core.App) (bool, error) {
	n, err := app.CountRecords(core.CollectionNameSuperusers, dbx.Not(dbx.HashExp{"email": core.DefaultInstallerEmail}))
	if err != nil {
		return false, fmt.Errorf("count superusers: %w", err)
	}
	return n > 0, nil
}
