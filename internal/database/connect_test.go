package database_test

import (
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
)

func TestATransactionThatReadsFirstIsNotBrokenByAnotherProcess(t *testing.T) {
	folder := apptest.Folder(t)
	app, other := apptest.Open(t, folder), apptest.Open(t, folder)
	if _, err := app.NonconcurrentDB().NewQuery(`CREATE TABLE counts (n INTEGER)`).Execute(); err != nil {
		t.Fatal(err)
	}
	const add = `INSERT INTO counts VALUES (1)`
	wrote := make(chan error, 1)

	err := app.RunInTransaction(func(tx core.App) error {
		var n int
		if err := tx.DB().NewQuery(`SELECT COUNT(*) FROM counts`).Row(&n); err != nil {
			return err
		}
		go func() {
			_, err := other.NonconcurrentDB().NewQuery(add).Execute()
			wrote <- err
		}()
		select {
		case err := <-wrote: // it came between, and will be missed here
			wrote <- err
		case <-time.After(100 * time.Millisecond): // it waits for this transaction
		}
		_, err := tx.NonconcurrentDB().NewQuery(add).Execute()
		return err
	})
	if err != nil {
		t.Errorf("the transaction: %v", err)
	}
	if err := <-wrote; err != nil {
		t.Errorf("the other process: %v", err)
	}
}
