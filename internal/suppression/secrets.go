package suppression

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// secretBytes is the length of a secret: a longer one would not make HMAC-SHA-256 safer.
const secretBytes = 32

// secret returns the instance's secret of that name and makes it on first use. Two processes at
// the same time get the same one: the first insert wins and both read it.
func secret(app core.App, name string) ([]byte, error) {
	value, err := readSecret(app.DB(), name)
	if err != nil || value != nil {
		return value, err
	}

	fresh := make([]byte, secretBytes)
	rand.Read(fresh) // never fails, as its documentation promises
	_, err = app.NonconcurrentDB().NewQuery(`
		INSERT INTO secrets (name, value) VALUES ({:name}, {:value})
		ON CONFLICT (name) DO NOTHING`).
		Bind(dbx.Params{"name": name, "value": hex.EncodeToString(fresh)}).
		Execute()
	if err != nil {
		return nil, fmt.Errorf("make the secret %s: %w", name, err)
	}
	value, err = readSecret(app.NonconcurrentDB(), name)
	if err == nil && value == nil {
		err = fmt.Errorf("the secret %s did not stay", name)
	}
	return value, err
}

// readSecret returns nil for a secret that does not exist yet.
func readSecret(db dbx.Builder, name string) ([]byte, error) {
	var stored []string
	err := db.NewQuery(`SELECT value FROM secrets WHERE name = {:name}`).
		Bind(dbx.Params{"name": name}).
		Column(&stored)
	if err != nil {
		return nil, fmt.Errorf("read the secret %s: %w", name, err)
	}
	if len(stored) == 0 {
		return nil, nil
	}
	value, err := hex.DecodeString(stored[0])
	if err != nil || len(value) != secretBytes {
		return nil, fmt.Errorf("the secret %s is damaged", name)
	}
	return value, nil
}
