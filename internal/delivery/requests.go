package delivery

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// answered reads the answer that an earlier request with the same Idempotency-Key got, if there was
// one. Keys are remembered as long as the mailing.
func (e *Engine) answered(mailing, verb, key string, answer any) (bool, error) {
	if key == "" {
		return false, nil
	}
	var raw []string
	err := e.app.ConcurrentDB().
		NewQuery(`SELECT answer FROM requests WHERE ` + ofMailing + ` AND verb = {:verb} AND key = {:key}`).
		Bind(dbx.Params{"mailing": mailing, "verb": verb, "key": key}).Column(&raw)
	if err != nil {
		return false, fmt.Errorf("look for an earlier answer: %w", err)
	}
	if len(raw) == 0 {
		return false, nil
	}
	if err := json.Unmarshal([]byte(raw[0]), answer); err != nil {
		return false, fmt.Errorf("read an earlier answer: %w", err)
	}
	return true, nil
}

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
		ON CONFLICT (mailing, verb, key) DO UPDATE SET owner = excluded.owner, answer = excluded.answer, created = excluded.created
			WHERE owner <> excluded.owner`).
		Bind(dbx.Params{"mailing": mailing, "verb": verb, "key": key, "answer": string(raw), "now": stamp(time.Now())}).Execute()
	if err != nil {
		return fmt.Errorf("remember the answer: %w", err)
	}
	return nil
}
