// Package storage counts the bytes of the files that each owner keeps, and bounds them: pictures, logos,
// attachments of messages and of launched mailings, reports of imports.
//
// The sizes are in the plain table stored_files. Triggers remove the files of deleted records, however they are
// deleted.
package storage

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// DefaultMB is how much an owner may store unless the operator decides otherwise, in megabytes of 1024 × 1024 bytes.
const DefaultMB = 2048

// ErrFull is the error of a file for which its owner has no storage left.
var ErrFull = errors.New("the storage of the owner is full: delete files that are not needed any more")

// File is a file of a record.
type File struct {
	Name  string
	Bytes int64
}

// Used is how many bytes the files of the owner take. It reads idx_stored_files_owner alone.
func Used(db dbx.Builder, owner string) (int64, error) {
	var used int64
	err := db.NewQuery(`SELECT COALESCE(SUM(bytes), 0) FROM stored_files WHERE owner = {:owner}`).
		Bind(dbx.Params{"owner": owner}).Row(&used)
	if err != nil {
		return 0, fmt.Errorf("add up the files of %s: %w", owner, err)
	}
	return used, nil
}

// Limit is how many bytes each owner may store: instance.storage_limit_mb.
func Limit(db dbx.Builder) (int64, error) {
	var megabytes int64
	if err := db.NewQuery(`SELECT COALESCE(MAX(storage_limit_mb), 0) FROM instance`).Row(&megabytes); err != nil {
		return 0, fmt.Errorf("read how much an owner may keep: %w", err)
	}
	if megabytes <= 0 {
		megabytes = DefaultMB
	}
	return megabytes << 20, nil
}

// Of names the record that files belong to.
type Of struct{ Collection, Record, Owner string }

// Reserve counts new files of a record before they are stored. kept are the names of files that the record
// keeps. It is one statement, so that two requests at the same time do not both get the rest. The error is ErrFull when the
// new files do not fit.
func Reserve(db dbx.Builder, of Of, files []File, kept []string) error {
	if len(files) == 0 {
		return nil
	}
	limit, err := Limit(db)
	if err != nil {
		return err
	}
	var bytes int64
	rows := make([][]any, len(files))
	for i, f := range files {
		bytes += f.Bytes
		rows[i] = []any{f.Name, f.Bytes}
	}
	encoded, err := encode(rows)
	if err != nil {
		return err
	}
	names, err := encode(kept)
	if err != nil {
		return err
	}
	result, err := db.NewQuery(`
		INSERT INTO stored_files (collection, record, name, owner, bytes)
		SELECT {:collection}, {:record}, value->>0, {:owner}, value->>1 FROM json_each({:files})
		WHERE {:bytes} + (
			SELECT COALESCE(SUM(bytes), 0) FROM stored_files
			WHERE owner = {:owner} AND NOT (collection = {:collection} AND record = {:record} AND name NOT IN (SELECT value FROM json_each({:kept})))
		) <= {:limit}
		ON CONFLICT (collection, record, name) DO UPDATE SET owner = excluded.owner, bytes = excluded.bytes`).
		Bind(dbx.Params{
			"collection": of.Collection, "record": of.Record, "owner": of.Owner,
			"files": encoded, "kept": names, "bytes": bytes, "limit": limit,
		}).Execute()
	if err != nil {
		return fmt.Errorf("count the files of %s: %w", of.Record, err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrFull)
	}
	return nil
}

// KeepOnly removes the counts of all files of a record but those with these names.
func KeepOnly(db dbx.Builder, collection, record string, names []string) error {
	encoded, err := encode(names)
	if err != nil {
		return err
	}
	_, err = db.NewQuery(`
		DELETE FROM stored_files
		WHERE collection = {:collection} AND record = {:record} AND name NOT IN (SELECT value FROM json_each({:names}))`).
		Bind(dbx.Params{"collection": collection, "record": record, "names": encoded}).Execute()
	if err != nil {
		return fmt.Errorf("forget the files of %s: %w", record, err)
	}
	return nil
}

func encode[T any](list []T) (string, error) {
	if list == nil {
		list = []T{}
	}
	encoded, err := json.Marshal(list)
	if err != nil {
		return "", fmt.Errorf("encode names of files: %w", err)
	}
	return string(encoded), nil
}

// Collections are the collections with files, with the field of the names. The files of launched
// mailings are copies that no field names.
var Collections = map[string]string{"images": "file", "messages": "attachments", "imports": "report", "brands": "logo", "mailings": ""}

// Repair removes the counts of files whose record does not exist, because the process was killed before it saved the record. A
// server calls it before it accepts requests.
func Repair(app core.App) error {
	for collection := range Collections {
		_, err := app.NonconcurrentDB().NewQuery(`
			DELETE FROM stored_files
			WHERE collection = {:collection} AND NOT EXISTS (SELECT 1 FROM {{` + collection + `}} r WHERE r.id = stored_files.record)`).
			Bind(dbx.Params{"collection": collection}).Execute()
		if err != nil {
			return fmt.Errorf("forget files of missing %s: %w", collection, err)
		}
	}
	return nil
}
