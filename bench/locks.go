package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/backup"
	"gonets/internal/deletion"
	"gonets/internal/suppression"
	"gonets/internal/task"
)

// longWork is work on many rows that one request begins.
type longWork struct {
	name    string
	rows    int
	prepare func(app core.App, owner string, n int) (string, error)
	begin   func(app core.App, owner, prepared string) error
}

var longWorks = []longWork{
	{"delete a list of subscriptions", 400_000, addSubscriptions, inTransaction(deleteFrom("lists"))},
	{"erase an address", 500_000, justClients, inTransaction(suppress("erased", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"))},
	{"stop a domain", 500_000, justClients, inTransaction(suppress("domain", "example.com"))},
	{"delete a user with clients", 100_000, addSubscriptions, inTransaction(func(tx core.App, owner, _ string) error { return deleteFrom("users")(tx, "", owner) })},
	{"back up", 500_000, justClients, func(app core.App, _, _ string) error {
		return backup.Make(context.Background(), app, "", []string{core.LocalBackupsDirName})
	}},
	{"back up, PocketBase's own", 500_000, justClients, func(app core.App, _, _ string) error { return app.CreateBackup(context.Background(), "") }},
}

func inTransaction(work func(tx core.App, owner, prepared string) error) func(app core.App, owner, prepared string) error {
	return func(app core.App, owner, prepared string) error {
		return app.RunInTransaction(func(tx core.App) error { return work(tx, owner, prepared) })
	}
}

// idleTime is how long the writers write alone, for comparison.
const idleTime = 5 * time.Second

// measureLocks prints the longest time that each work delays another write. rows is the number of rows of each; 0 is its
// default.
func measureLocks(ctx context.Context, rows int) error {
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "\trows\tthe request\tall of it\tlongest wait of another write\tbefore\t")
	for _, w := range longWorks {
		if rows > 0 {
			w.rows = rows
		}
		if err := w.measure(ctx, out); err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
	}
	return out.Flush()
}

func (w longWork) measure(ctx context.Context, out *tabwriter.Writer) error {
	dir, err := os.MkdirTemp("", "gonets-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	app, err := openInstance(dir)
	if err != nil {
		return err
	}
	defer func() { _ = app.ResetBootstrapState() }()
	if err := app.RunAllMigrations(); err != nil {
		return err
	}
	owner, err := saveOwner(app)
	if err != nil {
		return err
	}
	prepared, err := w.prepare(app, owner, w.rows)
	if err != nil {
		return err
	}
	before, err := startWriters(app, dir)
	if err != nil {
		return err
	}
	time.Sleep(idleTime)
	idle, err := before.stop()
	if err != nil {
		return err
	}
	others, err := startWriters(app, dir)
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := w.begin(app, owner, prepared); err != nil {
		return err
	}
	answered := time.Since(begin)
	worker := task.NewWorker(app, works)
	for again := true; again; {
		if again, err = worker.Round(ctx); err != nil {
			return err
		}
	}
	all := time.Since(begin)
	longest, err := others.stop()
	fmt.Fprintf(out, "%s\t%d\t%v\t%v\t%v\t%v\t\n", w.name, w.rows,
		answered.Round(time.Millisecond), all.Round(10*time.Millisecond), longest.Round(time.Millisecond), idle.Round(time.Millisecond))
	return err
}

var works = map[string]task.Work{deletion.Kind: deletion.Work, suppression.MirrorTask: suppression.MirrorWork}

func justClients(app core.App, owner string, n int) (string, error) {
	return "", addManyClients(app, owner, n)
}

// suppress adds a rule to the stop list of the owner.
func suppress(kind, value string) func(tx core.App, owner, _ string) error {
	return func(tx core.App, owner, _ string) error {
		_, err := save(tx, "suppressions", map[string]any{"owner": owner, "kind": kind, "value": value, "reason": suppression.ReasonManual})
		if err != nil {
			return err
		}
		return suppression.MirrorMany(tx, owner, kind, value)
	}
}

func deleteFrom(collection string) func(tx core.App, owner, id string) error {
	return func(tx core.App, _, id string) error {
		r, err := tx.FindRecordById(collection, id)
		if err != nil {
			return err
		}
		return deletion.Record(tx, r)
	}
}

// addManyClients adds clients with attributes, in the order of their creation.
func addManyClients(app core.App, owner string, n int) error {
	return recursive(app, n, `
		INSERT INTO clients (id, owner, email, full_name, status, attributes, created, updated)
		SELECT printf('c%014d', i), {:owner}, printf('%s%d@example.com', hex(randomblob(3)), i), printf('Client %d', i), 'active',
			'{"city": "Tver", "plan": "basic", "points": 12}', '2026-01-01 00:00:00.000Z', '2026-01-01 00:00:00.000Z'
		FROM n`, dbx.Params{"owner": owner})
}

// addSubscriptions adds clients who are all on one list, and returns the id of the list.
func addSubscriptions(app core.App, owner string, n int) (string, error) {
	if err := addManyClients(app, owner, n); err != nil {
		return "", err
	}
	list, err := save(app, "lists", map[string]any{"owner": owner, "name": "all"})
	if err != nil {
		return "", err
	}
	_, err = app.NonconcurrentDB().NewQuery(`
		INSERT INTO subscriptions (id, owner, list, client, status, created, updated)
		SELECT printf('s%014d', rowid), owner, {:list}, id, 'confirmed', created, updated FROM clients WHERE owner = {:owner}`).
		Bind(dbx.Params{"owner": owner, "list": list}).Execute()
	return list, err
}

func recursive(app core.App, n int, insert string, params dbx.Params) error {
	params["n"] = n
	_, err := app.NonconcurrentDB().NewQuery(
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {:n}) ` + strings.TrimSpace(insert)).
		Bind(params).Execute()
	return err
}
