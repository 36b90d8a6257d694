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

// The mirror: clients.status says for listing what suppressions say in truth. Nothing outside this
// file writes it, but for Status when a client is made.

// mirrorPage is how many clients are looked at together, outside of a transaction.
const mirrorPage = 5000

// StatusOf is the clients.status that mirrors the reason of a suppression, "" for none.
func StatusOf(reason string) string {
	switch reason {
	case "":
		return StatusActive
	case ReasonBounced, ReasonComplained:
		return reason
	}
	return ReasonUnsubscribed
}

// Mirror brings the status of the owner's clients with those addresses in line with the stop list. It
// leaves updated alone: nobody has edited the client.
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

// MirrorTask is the kind of the tasks that bring many clients in line with the stop list.
const MirrorTask = "mirror"

// MirrorMany is Mirror for a suppression that is about many clients, in the transaction of tx: kind is that
// of the suppression, domain or erased, and value what it names. An erased address names nobody, so all of
// the owner's clients are looked at. What is more than a little is left as a task; the rule itself holds at
// once, for whoever mails asks the stop list (Suppressed).
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

// MirrorWork does the next chunk of a mirror task. The cursor is the address of the last client looked at.
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

// FinishMirror works in this process on what is left to mirror for an owner, until ctx ends.
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
