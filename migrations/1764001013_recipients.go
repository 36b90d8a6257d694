package migrations

import m "github.com/pocketbase/pocketbase/migrations"

func init() {
	m.Register(
		statements(
			contentsTable, recipientsTable, recipientsByEmail, recipientsByRareState,
			formerAddressesTable, formerAddressesChanged, clientMoved, deletedClientsTable, clientDeleted,
		),
		statements(
			`DROP TRIGGER client_deleted`, `DROP TRIGGER clients_moved`,
			`DROP TABLE deleted_clients`, `DROP TABLE former_addresses`, `DROP TABLE recipients`, `DROP TABLE contents`,
		),
	)
}

// contentsTable has what a launch freezes: the message as JSON, and the sender (empty: PocketBase's own mail
// settings). no is never used again, because e-mails of a deleted mailing may still be under way. last is the
// number of the last recipient of the mailing.
const contentsTable = `
CREATE TABLE contents (
	no      INTEGER PRIMARY KEY AUTOINCREMENT,
	mailing TEXT    NOT NULL UNIQUE,
	owner   TEXT    NOT NULL,
	sender  TEXT    NOT NULL DEFAULT '',
	letter  TEXT    NOT NULL,
	last    INTEGER NOT NULL DEFAULT 0
) STRICT`

// recipientsTable has one row for everyone in the audience of a launched mailing: the ledger of the engine.
//
// id is contents.no << 32 plus a number that counts from 1: the rows of one mailing are adjacent, and are paged
// by key without an index. docs/engine.md explains state and next_try_at (Unix milliseconds). tries counts the
// attempts; the id of the last attempt is made of id and tries. forgiven counts the attempts that do not count
// towards the limit of tries.
//
// The conditions in this table that every update evaluates are chains of comparisons: SQLite builds a table in
// memory for each evaluation of an IN list, which makes an update of a recipient four times slower.
const recipientsTable = `
CREATE TABLE recipients (
	id          INTEGER PRIMARY KEY,
	mailing     TEXT    NOT NULL,
	client      TEXT    NOT NULL,
	email       TEXT    NOT NULL,
	state       TEXT    NOT NULL DEFAULT 'pending'
		CHECK (state = 'sent' OR state = 'sending' OR state = 'pending' OR state = 'failed'
			OR state = 'uncertain' OR state = 'skipped' OR state = 'deferred'),
	tries       INTEGER NOT NULL DEFAULT 0,
	forgiven    INTEGER NOT NULL DEFAULT 0,
	next_try_at INTEGER NOT NULL DEFAULT 0,
	reason      TEXT    NOT NULL DEFAULT ''
) STRICT`

// recipientsByEmail allows an address only once in a mailing, and finds it.
const recipientsByEmail = `CREATE UNIQUE INDEX idx_recipients_mailing_email ON recipients (mailing, email)`

// recipientsByRareState finds the recipients in other states than pending, sending and sent. A recipient that only
// has these three states causes no write to this index.
const recipientsByRareState = `
CREATE INDEX idx_recipients_rare_state ON recipients (mailing, state, next_try_at)
WHERE state <> 'pending' AND state <> 'sending' AND state <> 'sent'`

// formerAddressesTable has the addresses that clients had before their address was changed, and when it was
// changed (Unix milliseconds). Recipients are found by address: the attempts of a client include those at former
// addresses, and a launch must not add a client twice whose address changes while it runs.
const formerAddressesTable = `
CREATE TABLE former_addresses (
	client  TEXT    NOT NULL,
	email   TEXT    NOT NULL,
	changed INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (client, email)
) STRICT, WITHOUT ROWID`

const formerAddressesChanged = `CREATE INDEX idx_former_addresses_changed ON former_addresses (changed)`

const clientMoved = `
CREATE TRIGGER clients_moved AFTER UPDATE OF email ON clients WHEN OLD.email <> NEW.email
BEGIN
	INSERT INTO former_addresses (client, email, changed)
	VALUES (OLD.id, OLD.email, CAST(unixepoch('subsec') * 1000 AS INTEGER))
	ON CONFLICT (client, email) DO UPDATE SET changed = excluded.changed;
END`

// deletedClientsTable has the addresses of deleted clients, for as long as a mailing of their owner has them among
// its recipients: the unsubscribe link of an e-mail contains the client's id, and recipients are found by address.
const deletedClientsTable = `
CREATE TABLE deleted_clients (
	client TEXT NOT NULL,
	email  TEXT NOT NULL,
	owner  TEXT NOT NULL,
	PRIMARY KEY (client, email)
) STRICT, WITHOUT ROWID`

// clientDeleted moves the addresses of a deleted client to deleted_clients. An owner without mailings has sent no
// links. It is one trigger because SQLite does not define the order of two triggers of one event.
const clientDeleted = `
CREATE TRIGGER client_deleted AFTER DELETE ON clients
BEGIN
	INSERT OR REPLACE INTO deleted_clients (client, email, owner)
	SELECT client, email, owner FROM (
		SELECT OLD.id AS client, OLD.email AS email, OLD.owner AS owner
		UNION SELECT client, email, OLD.owner FROM former_addresses WHERE client = OLD.id
	) WHERE EXISTS (SELECT 1 FROM mailings WHERE owner = OLD.owner);
	DELETE FROM former_addresses WHERE client = OLD.id;
END`
