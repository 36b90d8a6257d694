package migrations

import (
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		statements(clientChangesTable, clientChangesBounded, clientTextsChanged, clientTextsRemoved),
		statements(`DROP TRIGGER client_texts_removed`, `DROP TRIGGER client_texts_changed`, `DROP TABLE client_changes`),
	)
}

// clientChangesTable says whose name or address changed and who was deleted, the newest last: a search that keeps texts of
// clients outside of the database reads what is new (internal/search). place is the row's number in clients. New clients are
// not here, they are found by their number: an import writes nothing more than before. They are triggers because imports,
// commands and the admin UI write clients as well.
const clientChangesTable = `
CREATE TABLE client_changes (
	seq    INTEGER PRIMARY KEY,
	owner  TEXT    NOT NULL,
	client TEXT    NOT NULL,
	place  INTEGER NOT NULL
) STRICT`

// clientChangesBounded keeps the newest 50 000, with two steps in the primary key. The newest always stays, so that numbers
// never come again.
const clientChangesBounded = `
CREATE TRIGGER client_changes_bounded AFTER INSERT ON client_changes
BEGIN DELETE FROM client_changes WHERE seq <= NEW.seq - 50000; END`

const clientTextsChanged = `
CREATE TRIGGER client_texts_changed AFTER UPDATE OF email, full_name ON clients
WHEN OLD.email <> NEW.email OR OLD.full_name <> NEW.full_name
BEGIN INSERT INTO client_changes (owner, client, place) VALUES (NEW.owner, NEW.id, NEW.rowid); END`

const clientTextsRemoved = `
CREATE TRIGGER client_texts_removed AFTER DELETE ON clients
BEGIN INSERT INTO client_changes (owner, client, place) VALUES (OLD.owner, OLD.id, OLD.rowid); END`
