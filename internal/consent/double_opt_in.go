package consent

import (
	"fmt"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
	"gonets/internal/task"
)

// AskTask is the kind of the tasks that ask those to confirm whom their owner has put on a list with double opt-in: the record is
// the list.
const AskTask = "ask_to_confirm"

// DoubleOptIn reports whether whoever the owner puts on a list has to confirm it by a link in an e-mail.
func DoubleOptIn(db dbx.Builder, owner, list string) (bool, error) {
	var found []bool
	err := db.NewQuery(`SELECT double_opt_in FROM lists WHERE id = {:list} AND owner = {:owner}`).
		Bind(dbx.Params{"list": list, "owner": owner}).Column(&found)
	if err != nil {
		return false, fmt.Errorf("read list %s: %w", list, err)
	}
	return len(found) > 0 && found[0], nil
}

// Ask has those of the owner's lists asked to confirm who are pending, where the list has double opt-in, in the transaction of db.
func Ask(db dbx.Builder, owner string, lists ...string) error {
	var asked []string
	err := db.NewQuery(`
		SELECT id FROM lists WHERE owner = {:owner} AND double_opt_in AND id IN (SELECT value FROM json_each({:lists}))`).
		Bind(dbx.Params{"owner": owner, "lists": database.JSONArray(lists)}).Column(&asked)
	if err != nil {
		return fmt.Errorf("look for lists with double opt-in: %w", err)
	}
	for _, list := range asked {
		if _, err := task.Add(db, task.Task{Kind: AskTask, Collection: "lists", Record: list, Owner: owner}); err != nil {
			return err
		}
	}
	return nil
}
