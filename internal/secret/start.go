package secret

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// keyLength is the length of an AES-256 key, which PocketBase requires.
const keyLength = 32

// keyOf is the operator's key, "" when none is used.
func keyOf(app core.App) (string, error) {
	key := os.Getenv(app.EncryptionEnv())
	if key != "" && len(key) != keyLength {
		return "", fmt.Errorf("the key in the environment variable %s has %d bytes: it must have exactly %d",
			app.EncryptionEnv(), len(key), keyLength)
	}
	return key, nil
}

// CheckKey fails when the key that --encryptionEnv names is missing or invalid, and says what the operator has to do.
// PocketBase would start without encryption.
func CheckKey(app core.App) error {
	key, err := keyOf(app)
	if name := app.EncryptionEnv(); err == nil && name != "" && key == "" {
		return fmt.Errorf("--encryptionEnv names the environment variable %s, which is not set: set it to the key, %d characters, "+
			"or leave --encryptionEnv out if nothing was ever encrypted", name, keyLength)
	}
	return err
}

// CheckSettings fails when PocketBase could not read its settings because they are encrypted. It returns nil for other
// reasons.
func CheckSettings(app core.App) error {
	if app.ConcurrentDB() == nil {
		return nil // the start failed before the database was opened
	}
	stored, err := storedSettings(app.ConcurrentDB())
	if err != nil || json.Valid([]byte(stored)) {
		return nil
	}
	reason := errWrongKey
	if key, _ := keyOf(app); key == "" {
		reason = errNoKey
	}
	return advice("the settings cannot be read", app, reason)
}

// Open checks that all secrets can be decrypted, and encrypts secrets and PocketBase's settings that are not encrypted yet if
// the operator gives a key. Its error says what the operator has to do.
func Open(app core.App) error {
	key, err := keyOf(app)
	if err != nil || !app.HasTable("record_secrets") {
		return err // without the table, the migrations have to run first
	}
	var rows []row
	err = app.ConcurrentDB().NewQuery(columns).All(&rows)
	if err != nil {
		return fmt.Errorf("read the secrets of records: %w", err)
	}
	var clear []row
	for _, r := range rows {
		if _, err := r.open(key); err != nil {
			return advice("the passwords and keys of senders, mailboxes and domains cannot be read", app, err)
		}
		if !r.Encrypted {
			clear = append(clear, r)
		}
	}
	if key == "" {
		return nil
	}
	return errors.Join(encryptSettings(app), encryptAll(app, key, clear))
}

func advice(what string, app core.App, reason error) error {
	switch {
	case errors.Is(reason, errNoKey):
		return fmt.Errorf("%s: %w. Start with --encryptionEnv NAME, and the key in the environment variable NAME", what, reason)
	case errors.Is(reason, errWrongKey):
		return fmt.Errorf("%s: %w. Set the environment variable %s to the key that they were encrypted with", what, reason, app.EncryptionEnv())
	}
	return fmt.Errorf("%s: %w", what, reason)
}

func encryptAll(app core.App, key string, clear []row) error {
	if len(clear) == 0 {
		return nil
	}
	err := app.RunInTransaction(func(tx core.App) error {
		return overwriting(tx.NonconcurrentDB(), func(db dbx.Builder) error {
			for _, r := range clear {
				sealed, err := r.seal(key)
				if err != nil {
					return err
				}
				if err := sealed.write(db); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("encrypt the secrets of records: %w", err)
	}
	app.Logger().Info("the secrets of senders, mailboxes, webhooks and domains are encrypted now", "secrets", len(clear))
	return emptyLog(app.NonconcurrentDB())
}

// encryptSettings makes PocketBase save its settings again when they were saved without a key.
func encryptSettings(app core.App) error {
	stored, err := storedSettings(app.ConcurrentDB())
	if err != nil || !json.Valid([]byte(stored)) {
		return err
	}
	if err := app.Save(app.Settings()); err != nil {
		return fmt.Errorf("encrypt the settings: %w", err)
	}
	return nil
}

func storedSettings(db dbx.Builder) (value string, err error) {
	if err := db.NewQuery(`SELECT value FROM _params WHERE id = 'settings'`).Row(&value); err != nil {
		return "", fmt.Errorf("read the stored settings: %w", err)
	}
	return value, nil
}

// emptyLog empties the write-ahead log, unless another process is reading.
func emptyLog(db dbx.Builder) error {
	var busy, pages, moved int
	if err := db.NewQuery(`PRAGMA wal_checkpoint(TRUNCATE)`).Row(&busy, &pages, &moved); err != nil {
		return fmt.Errorf("empty the write-ahead log: %w", err)
	}
	return nil
}
