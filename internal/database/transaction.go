package database

import "github.com/pocketbase/pocketbase/core"

// InTransaction runs the rest of a record event in one transaction. Until it returns, e.App is that transaction.
func InTransaction(e *core.RecordEvent, rest func() error) error {
	outer := e.App
	defer func() { e.App = outer }()
	return outer.RunInTransaction(func(tx core.App) error {
		e.App = tx
		return rest()
	})
}
