package migrations

import (
	"fmt"
	"path"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"github.com/pocketbase/pocketbase/tools/filesystem"
)

func init() { m.Register(storedFilesUp, storedFilesDown) }

// stored_files has the size of every file that counts for its owner (internal/storage). The triggers forget
// the files of deleted records, also where rows are deleted by SQL.
const storedFilesTable = `
CREATE TABLE stored_files (
	collection TEXT    NOT NULL,
	record     TEXT    NOT NULL,
	name       TEXT    NOT NULL,
	owner      TEXT    NOT NULL,
	bytes      INTEGER NOT NULL,
	PRIMARY KEY (collection, record, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX idx_stored_files_owner ON stored_files (owner, bytes)`

// storedFilesFields are the fields that name files, by collection; mailings have copies that none names.
var storedFilesFields = map[string]string{"images": "file", "messages": "attachments", "imports": "report", "mailings": ""}

func storedFilesUp(app core.App) error {
	if _, err := app.DB().NewQuery(storedFilesTable).Execute(); err != nil {
		return err
	}
	for collection := range storedFilesFields {
		_, err := app.DB().NewQuery(`
			CREATE TRIGGER stored_files_of_` + collection + ` AFTER DELETE ON ` + collection + ` BEGIN
				DELETE FROM stored_files WHERE collection = '` + collection + `' AND record = OLD.id;
			END`).Execute()
		if err != nil {
			return err
		}
	}
	if err := countStoredFiles(app); err != nil {
		return err
	}

	c, err := app.FindCollectionByNameOrId("instance")
	if err != nil {
		return err
	}
	c.Fields.Add(counted("storage_limit_mb", "Megabytes of pictures, attachments and import reports that each owner may keep; 0 means 2048"))
	if err := app.Save(c); err != nil {
		return err
	}
	_, err = app.DB().NewQuery(`UPDATE instance SET storage_limit_mb = 2048`).Execute()
	return err
}

// countStoredFiles counts the files that are there.
func countStoredFiles(app core.App) error {
	files, err := app.NewFilesystem()
	if err != nil {
		return err
	}
	defer files.Close()
	for collection, field := range storedFilesFields {
		c, err := app.FindCollectionByNameOrId(collection)
		if err != nil {
			return err
		}
		with := dbx.NewExp("TRUE")
		if field == "" {
			with = dbx.NewExp("id IN (SELECT mailing FROM contents WHERE json_array_length(letter, '$.attachments') > 0)")
		}
		for last := ""; ; {
			var records []*core.Record
			err := app.RecordQuery(c).AndWhere(dbx.NewExp("id > {:last}", dbx.Params{"last": last})).AndWhere(with).OrderBy("id").Limit(500).All(&records)
			if err != nil {
				return err
			}
			for _, r := range records {
				if err := countFilesOf(app, files, r, field); err != nil {
					return err
				}
			}
			if len(records) == 0 {
				break
			}
			last = records[len(records)-1].Id
		}
	}
	return nil
}

// countFilesOf counts the files of a record. One that is missing takes no room.
func countFilesOf(app core.App, files *filesystem.System, r *core.Record, field string) error {
	sizes := map[string]int64{}
	if field == "" {
		listed, err := files.List(r.BaseFilesPath() + "/frozen/")
		if err != nil {
			return fmt.Errorf("list the attachments of mailing %s: %w", r.Id, err)
		}
		for _, f := range listed {
			if !f.IsDir {
				sizes[path.Base(f.Key)] = f.Size
			}
		}
	} else {
		for _, name := range r.GetStringSlice(field) {
			if attributes, err := files.Attributes(r.BaseFilesPath() + "/" + name); err == nil {
				sizes[name] = attributes.Size
			}
		}
	}
	for name, size := range sizes {
		_, err := app.DB().Insert("stored_files", dbx.Params{
			"collection": r.Collection().Name, "record": r.Id, "name": name, "owner": r.GetString("owner"), "bytes": size,
		}).Execute()
		if err != nil {
			return err
		}
	}
	return nil
}

func storedFilesDown(app core.App) error {
	for collection := range storedFilesFields {
		if _, err := app.DB().NewQuery(`DROP TRIGGER IF EXISTS stored_files_of_` + collection).Execute(); err != nil {
			return err
		}
	}
	if _, err := app.DB().NewQuery(`DROP TABLE stored_files`).Execute(); err != nil {
		return err
	}
	c, err := app.FindCollectionByNameOrId("instance")
	if err != nil {
		return err
	}
	c.Fields.RemoveByName("storage_limit_mb")
	return app.Save(c)
}
