// Package secret stores the passwords and keys of records (senders, mailboxes, webhooks, domains) in a plain table that no API and no
// filter can read, and encrypts them when the operator gives a key (--encryptionEnv).
package secret

import (
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"
)

// The names of secrets: the fields of the collections by which they are set.
const (
	Password = "password" // of a sender and of a mailbox
	DKIMKey  = "dkim_key" // of a sender and of a domain
	DKIMKey2 = "dkim_key_2"
	NextKey  = "next_key" // of a domain: what replaces its DKIM key
	NextKey2 = "next_key_2"
	Shared   = "secret"  // of a webhook: what its provider signs or says, or what we sign with
	Former   = "former"  // of a webhook that is called: the secret before this one
	Address  = "address" // of a webhook that is called: its address as it was given
)

// belonging are the secrets of the collections, each with the fields that it belongs to.
var belonging = map[string][]field{
	"senders": {
		{Password, []string{"username"}},
		{DKIMKey, []string{"dkim_domain", "dkim_selector"}},
		{DKIMKey2, []string{"dkim_selector_2"}},
	},
	"mailboxes":    {{Password, []string{"username"}}},
	"bounce_hooks": {{name: Shared}},
	"webhooks":     {{name: Shared}, {name: Former}, {name: Address}},
	"domains": {
		{DKIMKey, []string{"dkim_selector"}},
		{DKIMKey2, []string{"dkim_selector_2"}},
		{NextKey, []string{"next_selector"}},
		{NextKey2, []string{"next_selector_2"}},
	},
}

type field struct {
	name string
	// with are the fields without which the secret is of no use: it goes when all of them become empty.
	with []string
}

// Names are the names of the secrets of a collection.
func Names(collection string) []string {
	var names []string
	for _, f := range belonging[collection] {
		names = append(names, f.name)
	}
	return names
}

// row is a secret as it is stored.
type row struct {
	Collection string `db:"collection"`
	Record     string `db:"record"`
	Name       string `db:"name"`
	Value      string `db:"value"`
	Encrypted  bool   `db:"encrypted"`
}

// String says whose secret it is.
func (r row) String() string { return r.Name + " of " + r.Collection + " " + r.Record }

const columns = `SELECT collection, record, name, value, encrypted FROM record_secrets`

// Of returns the secrets that a record has, by name.
func Of(app core.App, collection, record string) (map[string]string, error) {
	var rows []row
	err := app.ConcurrentDB().NewQuery(columns + ` WHERE collection = {:collection} AND record = {:record}`).
		Bind(dbx.Params{"collection": collection, "record": record}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("read the secrets of %s %s: %w", collection, record, err)
	}
	key, err := keyOf(app)
	if err != nil {
		return nil, err
	}
	secrets := map[string]string{}
	for _, r := range rows {
		if secrets[r.Name], err = r.open(key); err != nil {
			return nil, fmt.Errorf("read the %s: %w", r, err)
		}
	}
	return secrets, nil
}

// set stores a secret of a record in the transaction of tx; "" removes it. It overwrites the bytes of the former secret in
// the file.
func set(tx core.App, collection, record, name, value string) error {
	r := row{Collection: collection, Record: record, Name: name, Value: value}
	key, err := keyOf(tx)
	if err != nil {
		return err
	}
	if r, err = r.seal(key); err != nil {
		return err
	}
	return overwriting(tx.NonconcurrentDB(), func(db dbx.Builder) error { return r.write(db) })
}

// remove removes all secrets of a record, in the transaction of tx.
func remove(tx core.App, collection, record string) error {
	return overwriting(tx.NonconcurrentDB(), func(db dbx.Builder) error {
		if _, err := db.Delete("record_secrets", dbx.HashExp{"collection": collection, "record": record}).Execute(); err != nil {
			return fmt.Errorf("remove the secrets of %s %s: %w", collection, record, err)
		}
		return nil
	})
}

func (r row) write(db dbx.Builder) error {
	statement := `
		INSERT INTO record_secrets (collection, record, name, value, encrypted)
		VALUES ({:collection}, {:record}, {:name}, {:value}, {:encrypted})
		ON CONFLICT (collection, record, name) DO UPDATE SET value = excluded.value, encrypted = excluded.encrypted`
	if r.Value == "" {
		statement = `DELETE FROM record_secrets WHERE collection = {:collection} AND record = {:record} AND name = {:name}`
	}
	_, err := db.NewQuery(statement).Bind(dbx.Params{
		"collection": r.Collection, "record": r.Record, "name": r.Name, "value": r.Value, "encrypted": r.Encrypted,
	}).Execute()
	if err != nil {
		return fmt.Errorf("keep the %s: %w", r, err)
	}
	return nil
}

// seal encrypts a secret that is not empty, if there is a key.
func (r row) seal(key string) (row, error) {
	if key == "" || r.Value == "" {
		return r, nil
	}
	sealed, err := security.Encrypt([]byte(r.Value), key)
	if err != nil {
		return r, fmt.Errorf("encrypt the %s: %w", r, err)
	}
	r.Value, r.Encrypted = sealed, true
	return r, nil
}

// Why secrets cannot be decrypted.
var (
	errNoKey    = errors.New("they are encrypted, and no key is given")
	errWrongKey = errors.New("they are encrypted with another key")
)

// open decrypts a secret that is encrypted.
func (r row) open(key string) (string, error) {
	if !r.Encrypted {
		return r.Value, nil
	}
	if key == "" {
		return "", errNoKey
	}
	// security.Decrypt does not check the length.
	if raw, err := base64.StdEncoding.DecodeString(r.Value); err != nil || len(raw) < nonceSize {
		return "", errors.New("it is damaged")
	}
	value, err := security.Decrypt(r.Value, key)
	if err != nil {
		return "", errWrongKey
	}
	return string(value), nil
}

// nonceSize is the length of the nonce that AES-GCM writes first.
const nonceSize = 12

// overwriting runs statements in the transaction db that overwrite deleted bytes in the file. Copies in the write-ahead log
// disappear with the next checkpoint.
func overwriting(db dbx.Builder, do func(dbx.Builder) error) error {
	var before int
	if err := db.NewQuery(`PRAGMA secure_delete`).Row(&before); err != nil {
		return fmt.Errorf("read secure_delete: %w", err)
	}
	var now int
	if err := db.NewQuery(`PRAGMA secure_delete = ON`).Row(&now); err != nil {
		return fmt.Errorf("turn on secure_delete: %w", err)
	}
	err := do(db)
	if e := db.NewQuery(fmt.Sprintf(`PRAGMA secure_delete = %d`, before)).Row(&now); e != nil {
		err = errors.Join(err, fmt.Errorf("turn back secure_delete: %w", e))
	}
	return err
}
