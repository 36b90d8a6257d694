package delivery

import (
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

func TestATransactionThatReadsFirstIsNotBrokenByAnotherProcess(t *testing.T) {
	w := newWorld(t)
	other := open(t, w.dir)
	const touch = `UPDATE users SET name = name || 'x'`
	wrote := make(chan error, 1)

	err := w.app.RunInTransaction(func(tx core.App) error {
		var n int
		if err := tx.DB().NewQuery(`SELECT COUNT(*) FROM users`).Row(&n); err != nil {
			return err
		}
		go func() {
			_, err := other.NonconcurrentDB().NewQuery(touch).Execute()
			wrote <- err
		}()
		select {
		case err := <-wrote: // it came between, and will be missed here
			wrote <- err
		case <-time.After(100 * time.Millisecond): // it waits for this transaction
		}
		_, err := tx.NonconcurrentDB().NewQuery(touch).Execute()
		return err
	})
	if err != nil {
		t.Errorf("the transaction: %v", err)
	}
	if err := <-wrote; err != nil {
		t.Errorf("the other process: %v", err)
	}
}
