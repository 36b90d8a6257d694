// Package deletion deletes records with all rows that belong to them. One short transaction deletes the record itself: from
// then on nobody can sign in with it, list it, expand it or filter by it, and its address is free. The rows that belong to
// it are deleted later in chunks (internal/task).
//
// PocketBase would delete or rewrite all of them one by one within that transaction, in which nobody
// else can write: 13 s for a list of 400 000 subscriptions.
package deletion

import (
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/task"
)

// Kind is the kind of the tasks that delete what belongs to a record.
const Kind = "delete"

// Collections are those whose records are deleted by this package.
func Collections() []string {
	names := make([]string, 0, len(plans))
	for name := range plans {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Foreseen reports whether the deletion of records of the collection handles every relation to them. An operator may
// have added collections with other relations.
func Foreseen(app core.App, collection *core.Collection) (bool, error) {
	references, err := app.FindCachedCollectionReferences(collection)
	if err != nil {
		return false, fmt.Errorf("find what refers to %s: %w", collection.Name, err)
	}
	p := plans[collection.Name]
	for other, fields := range references {
		for _, field := range fields {
			if !slices.Contains(p.relations, other.Name+"."+field.GetName()) {
				return false, nil
			}
		}
	}
	return true, nil
}

// Record deletes a record in the transaction of tx, together with the rows that belong to it if they are few. Otherwise it
// adds a task for the rest.
func Record(tx core.App, record *core.Record) error {
	collection := record.Collection()
	_, err := tx.NonconcurrentDB().Delete(collection.Name, dbx.HashExp{"id": record.Id}).Execute()
	if err != nil {
		return fmt.Errorf("delete %s %s: %w", collection.Name, record.Id, err)
	}
	if collection.IsAuth() {
		if err := deleteSessions(tx.NonconcurrentDB(), record); err != nil {
			return err
		}
	}
	return Follow(tx, record)
}

// Follow deletes the rows that belong to a record that is deleted already, in the same way.
func Follow(tx core.App, record *core.Record) error {
	owner := record.GetString("owner")
	if record.Collection().Name == "users" {
		owner = record.Id
	}
	t, err := task.Add(tx.NonconcurrentDB(), task.Task{Kind: Kind, Collection: record.Collection().Name, Record: record.Id, Owner: owner})
	if err != nil {
		return err
	}
	return task.Begin(tx, t, Work)
}

// deleteSessions deletes PocketBase's rows about an account: they are few, and each table has an index on both columns.
func deleteSessions(db dbx.Builder, account *core.Record) error {
	for _, table := range []string{
		core.CollectionNameExternalAuths, core.CollectionNameMFAs, core.CollectionNameOTPs, core.CollectionNameAuthOrigins,
	} {
		_, err := db.Delete(table, dbx.HashExp{"collectionRef": account.Collection().Id, "recordRef": account.Id}).Execute()
		if err != nil {
			return fmt.Errorf("delete %s of %s: %w", table, account.Id, err)
		}
	}
	return nil
}

// Work does the next chunk of a deletion.
func Work(app core.App, t task.Task, limit int) (task.Step, error) {
	p, known := plans[t.Collection]
	if !known {
		return task.Step{}, fmt.Errorf("records of %s are not deleted by tasks", t.Collection)
	}
	if t.Stage >= len(p.stages) {
		return p.end(t), nil
	}
	step, finished, err := p.stages[t.Stage](app, t, limit)
	if err != nil {
		return task.Step{}, err
	}
	step.Next.Stage, step.Next.Found = t.Stage, t.Found
	if finished {
		step.Next = task.Position{Stage: t.Stage + 1, Found: t.Found}
	}
	return step, nil
}

const (
	// lookAgain is after how long a deletion that found rows checks for new ones.
	lookAgain = 10 * time.Second
	// lateRows is for how long rows of a deleted record may still be added: results of e-mails that were being sent (a
	// mail server may take ten minutes for the last answer), clients of an import.
	lateRows = 15 * time.Minute
)

// end is the step after the last stage.
func (p plan) end(t task.Task) task.Step {
	s := task.Step{Done: true}
	if !p.late {
		return s
	}
	if t.Found {
		s.Again = lookAgain
		return s
	}
	if left := time.Until(time.UnixMilli(t.AddedAt).Add(lateRows)); left > 0 {
		s.Again = max(left, lookAgain)
	}
	return s
}

// mostHidden bounds the conditions that are added to a list: PocketBase refuses filters of more than 200.
const mostHidden = 50

// PendingUsers are the ids of deleted users whose rows may still be there, the last 50 of them.
func PendingUsers(db dbx.Builder) ([]string, error) {
	var ids []string
	err := db.NewQuery(`SELECT record FROM tasks WHERE kind = 'delete' AND collection = 'users' ORDER BY id DESC LIMIT {:limit}`).
		Bind(dbx.Params{"limit": mostHidden}).Column(&ids)
	if err != nil {
		return nil, fmt.Errorf("list the users being deleted: %w", err)
	}
	return ids, nil
}

// Pending reports whether rows of a deleted record may still be there, so that its id must not be used
// again.
func Pending(db dbx.Builder, collection, id string) (bool, error) {
	var found []int
	err := db.NewQuery(`SELECT 1 FROM tasks WHERE kind = 'delete' AND collection = {:collection} AND record = {:id}`).
		Bind(dbx.Params{"collection": collection, "id": id}).Column(&found)
	if err != nil {
		return false, fmt.Errorf("look whether %s %s is being deleted: %w", collection, id, err)
	}
	return len(found) > 0, nil
}
