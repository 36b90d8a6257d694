package consent

import (
	"fmt"
	"time"

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

// takeBack is how long an owner can take back that a client was taken off a list.
const takeBack = time.Hour

// TakenOff returns those of the owner's clients whom the owner has taken off a list in the last hour, and who did not have to confirm
// that they want to be on it: to put them back is no new subscription. It is asked for a list with double opt-in.
func TakenOff(db dbx.Builder, owner, list string, clients []string) (back []string, err error) {
	// By idx_consents_client: a client has a few rows.
	err = db.NewQuery(`
		SELECT j.value FROM json_each({:clients}) j
		WHERE (
			SELECT k.event = 'withdrawn' AND k.text = {:text} AND k.created > {:since} FROM consents k
			WHERE k.owner = {:owner} AND k.client = j.value AND k.list = {:list} ORDER BY k.created DESC, k.rowid DESC LIMIT 1
		) AND (
			SELECT k.event <> 'requested' FROM consents k
			WHERE k.owner = {:owner} AND k.client = j.value AND k.list = {:list} AND k.event <> 'withdrawn' ORDER BY k.created DESC, k.rowid DESC LIMIT 1
		)`).
		Bind(dbx.Params{
			"owner": owner, "list": list, "clients": database.JSONArray(clients), "text": ByOwner, "since": database.Stamp(time.Now().Add(-takeBack)),
		}).Column(&back)
	if err != nil {
		return nil, fmt.Errorf("look who was taken off list %s: %w", list, err)
	}
	return back, nil
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
