package suppression

import (
	"context"
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/task"
)

// clients.status mirrors the stop list, for listing. Only this file writes it, except for the status of a new client.

// mirrorPage is how many clients are read at once, outside of a transaction.
const mirrorPage = 5000

// StatusOf is the clients.status for the reason of a suppression; "" is no suppression.
func StatusOf(reason string) string {
	switch reason {
	case "":
		return StatusActive
	case ReasonBounced, ReasonComplained:
		return reason
	}
	return ReasonUnsubscribed
}

// Mirror sets the status of the owner's clients with those addresses to that of the stop list. It does not change updated:
// nobody has edited the client.
func Mirror(tx dbx.Builder, owner string, emails []string) error {
	reasons, err := Reasons(tx, owner, emails)
	if err != nil {
		return err
	}
	byStatus := map[string][]string{}
	for _, email := range emails {
		status := StatusOf(reasons[email])
		byStatus[status] = append(byStatus[status], email)
	}
	for status, emails := range byStatus {
		_, err := tx.NewQuery(`
			UPDATE clients SET status = {:status}
			WHERE owner = {:owner} AND email IN (SELECT value FROM json_each({:emails})) AND status != {:status}`).
			Bind(dbx.Params{"owner": owner, "status": status, "emails": database.JSONArray(emails)}).
			Execute()
		if err != nil {
			return fmt.Errorf("mirror the stop list: %w", err)
		}
	}
	return nil
}

// MirrorTask is the kind of the tasks that update the status of many clients.
const MirrorTask = "mirror"

// MirrorMany is Mirror for a suppression of many clients, in the transaction of tx: kind and value are those of the
// suppression, kind is domain or erased. The hash of an erased address cannot be searched for, so all of the owner's clients
// are read. Many clients are left for a task; the suppression itself is in force at once, because sending reads the stop
// list (Reasons).
func MirrorMany(tx core.App, owner, kind, value string) error {
	if kind == "erased" {
		value = "" // one look at all clients does for any number of entries
	}
	t, err := task.Add(tx.NonconcurrentDB(), task.Task{Kind: MirrorTask, Collection: kind, Record: value, Owner: owner})
	if err != nil {
		return err
	}
	return task.Begin(tx, t, MirrorWork)
}

// MirrorWork does the next chunk of a mirror task. The cursor is the address of the last client read.
func MirrorWork(app core.App, t task.Task, limit int) (task.Step, error) {
	db := app.ConcurrentDB()
	page := mirrorPage
	if app.IsTransactional() {
		page = limit
	}
	// By idx_clients_launch, in its order.
	var clients []struct {
		Email  string `db:"email"`
		Status string `db:"status"`
	}
	err := db.NewQuery(`
		SELECT email, status FROM clients WHERE owner = {:owner} AND email > {:after} ORDER BY email LIMIT {:page}`).
		Bind(dbx.Params{"owner": t.Owner, "after": t.Cursor, "page": page}).All(&clients)
	if err != nil {
		return task.Step{}, fmt.Errorf("find the clients to mirror: %w", err)
	}
	s := task.Step{Read: len(clients), Done: len(clients) < page}
	var emails []string
	for _, c := range clients {
		if t.Collection != "domain" || strings.HasSuffix(c.Email, "@"+t.Record) {
			emails = append(emails, c.Email)
		}
		s.Next.Cursor = c.Email
	}
	reasons, err := Reasons(db, t.Owner, emails)
	if err != nil {
		return task.Step{}, err
	}
	var wrong []string
	for _, c := range clients {
		if t.Collection == "domain" && !strings.HasSuffix(c.Email, "@"+t.Record) || c.Status == StatusOf(reasons[c.Email]) {
			continue
		}
		if len(wrong) == limit { // the others are for the next chunk
			s.Next.Cursor, s.Done = wrong[limit-1], false
			break
		}
		wrong = append(wrong, c.Email)
	}
	if len(wrong) > 0 {
		s.Write = func(db dbx.Builder) (int, error) { return len(wrong), Mirror(db, t.Owner, wrong) }
	}
	return s, nil
}

// FinishMirror finishes the mirror tasks of an owner in this process, until ctx ends.
func FinishMirror(ctx context.Context, app core.App, owner string) error {
	tasks, err := task.Of(app.ConcurrentDB(), MirrorTask, owner)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if err := task.Finish(app, t, MirrorWork, func() bool { return ctx.Err() != nil }); err != nil {
			return err
		}
	}
	return ctx.Err()
}
