package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		steps(
			addFields("senders",
				&core.EmailField{
					Name: "return_path", Hidden: true,
					Help: "Where bounces go: an address that Gonets reads. Empty means the From address",
				},
				&core.SelectField{
					Name: "return_path_style", Values: []string{"plus", "minus", "plain"}, MaxSelect: 1, Hidden: true,
					Help: "How the address names the recipient: bounces+TOKEN@example.org, bounces-TOKEN@example.org, or not at all",
				},
			),
			statements(
				`ALTER TABLE contents ADD COLUMN return_key BLOB NOT NULL DEFAULT x''`,
				`UPDATE contents SET return_key = randomblob(16)`,
				contentsKey, deletedContentsTable, deletedContentsDeleted, contentsDeleted,
			),
		),
		steps(
			statements(
				`DROP TRIGGER contents_deleted`, `DROP TABLE deleted_contents`, `DROP TRIGGER contents_key`,
				`ALTER TABLE contents DROP COLUMN return_key`,
			),
			removeFields("senders", "return_path", "return_path_style"),
		),
	)
}

// contentsKey gives every mailing its key: 16 random bytes, by which return paths and Message-IDs of its e-mails are made
// and proven (internal/returnpath). The default of a column cannot be random.
const contentsKey = `
CREATE TRIGGER contents_key AFTER INSERT ON contents WHEN length(NEW.return_key) <> 16
BEGIN UPDATE contents SET return_key = randomblob(16) WHERE no = NEW.no; END`

// deletedContentsTable has what proves bounces that arrive after their mailing was deleted (Unix milliseconds). Rows are kept
// 90 days.
const deletedContentsTable = `
CREATE TABLE deleted_contents (
	no         INTEGER PRIMARY KEY,
	owner      TEXT    NOT NULL,
	return_key BLOB    NOT NULL,
	deleted    INTEGER NOT NULL
) STRICT`

const deletedContentsDeleted = `CREATE INDEX idx_deleted_contents_deleted ON deleted_contents (deleted)`

// contentsDeleted is a trigger because several statements delete contents. No e-mail was sent of contents without
// recipients.
const contentsDeleted = `
CREATE TRIGGER contents_deleted AFTER DELETE ON contents WHEN OLD.last > 0
BEGIN
	INSERT OR REPLACE INTO deleted_contents (no, owner, return_key, deleted)
	VALUES (OLD.no, OLD.owner, OLD.return_key, CAST(unixepoch('subsec') * 1000 AS INTEGER));
END`
