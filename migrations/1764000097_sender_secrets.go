package migrations

import (
	"errors"
	"fmt"
	"os"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"github.com/pocketbase/pocketbase/tools/security"

	"gonets/internal/secret"
)

func init() { m.Register(senderSecretsUp, senderSecretsDown) }

// senderSecretsTable holds the passwords and DKIM keys of senders: no API and no filter reaches a plain
// table. The fields of the collection stay, for they are how secrets are set, and their columns are empty.
const senderSecretsTable = `
CREATE TABLE sender_secrets (
	sender    TEXT    NOT NULL,
	name      TEXT    NOT NULL, -- password, dkim_key
	value     TEXT    NOT NULL,
	encrypted INTEGER NOT NULL DEFAULT FALSE, -- with the operator's key, AES-256-GCM, base64
	PRIMARY KEY (sender, name)
) STRICT, WITHOUT ROWID`

func senderSecretsUp(app core.App) error {
	db := app.DB()
	if _, err := db.NewQuery(senderSecretsTable).Execute(); err != nil {
		return fmt.Errorf("add the table of senders' secrets: %w", err)
	}
	return secret.Overwriting(db, func(db dbx.Builder) error {
		for _, sql := range []string{
			`INSERT INTO sender_secrets (sender, name, value) SELECT id, 'password', password FROM senders WHERE password <> ''`,
			`INSERT INTO sender_secrets (sender, name, value) SELECT id, 'dkim_key', dkim_key FROM senders WHERE dkim_key <> ''`,
			// For secret.Open: the free space of the file may hold older values.
			`INSERT INTO sender_secrets (sender, name, value) SELECT '', 'moved', '' FROM sender_secrets LIMIT 1`,
			`UPDATE senders SET password = '', dkim_key = '' WHERE password <> '' OR dkim_key <> ''`,
		} {
			if _, err := db.NewQuery(sql).Execute(); err != nil {
				return fmt.Errorf("move the secrets of senders: %w", err)
			}
		}
		return nil
	})
}

func senderSecretsDown(app core.App) error {
	var rows []struct {
		Sender    string `db:"sender"`
		Name      string `db:"name"`
		Value     string `db:"value"`
		Encrypted bool   `db:"encrypted"`
	}
	if err := app.DB().NewQuery(`SELECT sender, name, value, encrypted FROM sender_secrets WHERE sender <> ''`).All(&rows); err != nil {
		return fmt.Errorf("read the secrets of senders: %w", err)
	}
	for _, r := range rows {
		if r.Encrypted {
			key := os.Getenv(app.EncryptionEnv())
			value, err := security.Decrypt(r.Value, key)
			if err != nil {
				return errors.New("the secrets of senders are encrypted: start with --encryptionEnv and their key")
			}
			r.Value = string(value)
		}
		if _, err := app.DB().Update("senders", dbx.Params{r.Name: r.Value}, dbx.HashExp{"id": r.Sender}).Execute(); err != nil {
			return fmt.Errorf("move the secrets of senders back: %w", err)
		}
	}
	_, err := app.DB().NewQuery(`DROP TABLE sender_secrets`).Execute()
	return err
}
