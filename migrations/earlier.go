package migrations

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
)

// The migrations up to lastMerged make the same schema as the earlier ones did, which were merged into one
// for each collection. A folder with all of the earlier migrations has that schema.
const lastMerged = "1764001015_imports.go"

// lastEarlier is the last commit with the earlier migrations.
const lastEarlier = "76d8555"

// earlier are the names of the earlier migrations.
var earlier = []string{
	"1764000001_users.go", "1764000002_instance.go", "1764000003_clients.go", "1764000004_messages.go", "1764000005_senders.go",
	"1764000006_mailings.go", "1764000007_imports.go", "1764000009_settings.go", "1764000010_recipients.go", "1764000011_contents.go",
	"1764000012_usage.go", "1764000013_engine.go", "1764000014_requests.go", "1764000015_deleted_mailings.go",
	"1764000016_mailings_updated.go", "1764000017_senders_warm_up.go", "1764000020_rollups.go", "1764000030_secrets.go",
	"1764000031_client_indexes.go", "1764000032_import_changes.go", "1764000033_former_addresses.go", "1764000033_mailing_events.go",
	"1764000050_trials.go", "1764000070_stored_files.go", "1764000075_usage_in_flight.go", "1764000076_clients_moved.go",
	"1764000085_senders_access.go", "1764000086_rows_owner.go", "1764000090_deleted_clients.go", "1764000095_tasks.go",
	"1764000096_deleted_owners.go", "1764000097_sender_secrets.go",
}

var errEarlier = errors.New("this data folder was made by an earlier version of Gonets and its database is not up to date: " +
	"start it once with the version of commit " + lastEarlier + ", and then with this one")

// Bind accepts or refuses data folders with the earlier migrations, before PocketBase opens the folder: no
// command works on it, not even "migrate history-sync", before its list of applied migrations is the one that
// PocketBase's runner expects.
func Bind(app core.App) {
	app.OnBootstrap().BindFunc(func(e *core.BootstrapEvent) error {
		if err := replaceEarlier(e.App.DataDir()); err != nil {
			return err
		}
		return e.Next()
	})
}

// replaceEarlier records the merged migrations as applied in place of the earlier ones, if the data folder has
// all of those. It returns errEarlier, and writes nothing, if the folder has only some of them.
func replaceEarlier(folder string) (err error) {
	path := filepath.Join(folder, "data.db")
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil // a new folder
	}
	db, err := database.Connect(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()

	applied, err := countEarlier(db)
	switch {
	case err != nil || applied == 0:
		return err
	case applied < len(earlier):
		return fmt.Errorf("%s: %w", folder, errEarlier)
	}
	// The last earlier migration leaves this row until the first start after it has overwritten the free space
	// of the database, which may contain old passwords.
	var unfinished bool
	err = db.NewQuery(`SELECT EXISTS (SELECT 1 FROM sender_secrets WHERE sender = '')`).Row(&unfinished)
	switch {
	case err != nil:
		return fmt.Errorf("read whether the earlier migrations are finished: %w", err)
	case unfinished:
		return fmt.Errorf("%s: %w", folder, errEarlier)
	}
	return db.Transactional(func(tx *dbx.Tx) error { return recordMerged(tx) })
}

// countEarlier returns how many of the earlier migrations are recorded as applied.
func countEarlier(db dbx.Builder) (n int, err error) {
	var tables int
	err = db.Select("COUNT(*)").From("sqlite_master").
		Where(dbx.HashExp{"type": "table", "name": core.DefaultMigrationsTable}).Row(&tables)
	if err != nil || tables == 0 {
		return 0, err
	}
	err = db.Select("COUNT(*)").From(core.DefaultMigrationsTable).Where(isEarlier()).Row(&n)
	return n, err
}

func isEarlier() dbx.Expression {
	names := make([]any, len(earlier))
	for i, name := range earlier {
		names[i] = name
	}
	return dbx.In("file", names...)
}

// recordMerged records the merged migrations as applied when the last of the earlier ones was applied, so that
// what was applied after it is still reverted before it.
func recordMerged(tx dbx.Builder) error {
	var at sql.NullInt64
	err := tx.Select("MAX(applied)").From(core.DefaultMigrationsTable).Where(isEarlier()).Row(&at)
	switch {
	case err != nil:
		return fmt.Errorf("read when the earlier migrations were applied: %w", err)
	case !at.Valid:
		return nil // another process has recorded them
	}
	if _, err := tx.Delete(core.DefaultMigrationsTable, isEarlier()).Execute(); err != nil {
		return fmt.Errorf("remove the earlier migrations: %w", err)
	}
	for _, m := range core.AppMigrations.Items() {
		if m.File > lastMerged {
			break
		}
		_, err := tx.Insert(core.DefaultMigrationsTable, dbx.Params{"file": m.File, "applied": at.Int64}).Execute()
		if err != nil {
			return fmt.Errorf("record the migration %s: %w", m.File, err)
		}
	}
	return nil
}
