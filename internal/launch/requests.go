package launch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/mailing"
)

// requestState is what is known of a request with an Idempotency-Key.
type requestState int

const (
	requestUnknown  requestState = iota // it never came, or was refused
	requestUnderWay                     // it is being carried out, maybe by another process
	requestAnswered
)

// errSameRequest is why a launch does not begin: another request with its Idempotency-Key has begun meanwhile.
var errSameRequest = errors.New("a request with the same key is being carried out")

// requestPoll is how often a request looks whether the first one with its key has an answer.
const requestPoll = 50 * time.Millisecond

// answered reads the answer that an earlier request with the same Idempotency-Key got, if there is one. Keys are
// remembered as long as the mailing.
func answered(db dbx.Builder, record, verb, key string, answer any) (requestState, error) {
	if key == "" {
		return requestUnknown, nil
	}
	var raw []string
	err := db.
		NewQuery(`SELECT answer FROM requests WHERE ` + mailing.OfMailing + ` AND verb = {:verb} AND key = {:key}`).
		Bind(dbx.Params{"mailing": record, "verb": verb, "key": key}).Column(&raw)
	switch {
	case err != nil:
		return requestUnknown, fmt.Errorf("look for an earlier answer: %w", err)
	case len(raw) == 0:
		return requestUnknown, nil
	case raw[0] == "":
		return requestUnderWay, nil
	}
	if err := json.Unmarshal([]byte(raw[0]), answer); err != nil {
		return requestUnknown, fmt.Errorf("read an earlier answer: %w", err)
	}
	return requestAnswered, nil
}

// begun notes a request that has an Idempotency-Key and no answer yet, in the transaction in which it begins.
// forgetBegun takes the note back; remember puts the answer in its place.
func begun(tx core.App, mailing, verb, key string) error {
	if key == "" {
		return nil
	}
	_, err := tx.NonconcurrentDB().NewQuery(`
		INSERT INTO requests (mailing, owner, verb, key, answer, created)
		SELECT id, owner, {:verb}, {:key}, '', {:now} FROM mailings WHERE id = {:mailing}
		ON CONFLICT (mailing, verb, key) DO UPDATE SET owner = excluded.owner, answer = '', created = excluded.created
			WHERE owner <> excluded.owner`).
		Bind(dbx.Params{"mailing": mailing, "verb": verb, "key": key, "now": database.Stamp(time.Now())}).Execute()
	if err != nil {
		return fmt.Errorf("note a request: %w", err)
	}
	return nil
}

// forgetBegun is the statement that takes back the notes of requests about a mailing that came to nothing.
const forgetBegun = `DELETE FROM requests WHERE mailing = {:id} AND answer = ''`

// remember keeps the answer to a request with an Idempotency-Key, in the transaction that did what
// was asked for.
func remember(tx core.App, mailing, verb, key string, answer any) error {
	if key == "" {
		return nil
	}
	raw, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	_, err = tx.NonconcurrentDB().NewQuery(`
		INSERT INTO requests (mailing, owner, verb, key, answer, created)
		SELECT id, owner, {:verb}, {:key}, {:answer}, {:now} FROM mailings WHERE id = {:mailing}
		ON CONFLICT (mailing, verb, key) DO UPDATE SET owner = excluded.owner, answer = excluded.answer, created = excluded.created`).
		Bind(dbx.Params{"mailing": mailing, "verb": verb, "key": key, "answer": string(raw), "now": database.Stamp(time.Now())}).Execute()
	if err != nil {
		return fmt.Errorf("remember the answer: %w", err)
	}
	return nil
}

// pauseBetween waits between two tries, until ctx ends at most.
func pauseBetween(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
