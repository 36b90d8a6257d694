package migrations

import (
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		statements(clientCountsTable, clientAdded, clientRemoved, clientHandedOver, subscriptionAdded, subscriptionRemoved, subscriptionChanged,
			ownerRemoved, listRemoved, countOwners, countLists),
		statements(`DROP TRIGGER client_counts_list_removed`, `DROP TRIGGER client_counts_owner_removed`, `DROP TRIGGER client_counts_subscription_changed`, `DROP TRIGGER client_counts_subscription_removed`, `DROP TRIGGER client_counts_subscription_added`,
			`DROP TRIGGER client_counts_handed_over`, `DROP TRIGGER client_counts_removed`, `DROP TRIGGER client_counts_added`, `DROP TABLE client_counts`),
	)
}

// clientCountsTable says how many clients an owner has, and how many are confirmed on a list: counting a million takes a
// second. They are triggers because imports, commands and the admin UI write clients as well.
const clientCountsTable = `
CREATE TABLE client_counts (
	kind    TEXT    NOT NULL CHECK (kind IN ('owner', 'list')),
	id      TEXT    NOT NULL,
	clients INTEGER NOT NULL,
	PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID`

// oneMore and oneLess are statements of triggers.
func oneMore(kind, id string) string {
	return `INSERT INTO client_counts (kind, id, clients) VALUES ('` + kind + `', ` + id + `, 1) ON CONFLICT DO UPDATE SET clients = clients + 1; `
}

func oneLess(kind, id string) string {
	return `UPDATE client_counts SET clients = clients - 1 WHERE kind = '` + kind + `' AND id = ` + id + `; `
}

var (
	clientAdded      = `CREATE TRIGGER client_counts_added AFTER INSERT ON clients BEGIN ` + oneMore("owner", "NEW.owner") + `END`
	clientRemoved    = `CREATE TRIGGER client_counts_removed AFTER DELETE ON clients BEGIN ` + oneLess("owner", "OLD.owner") + `END`
	clientHandedOver = `CREATE TRIGGER client_counts_handed_over AFTER UPDATE OF owner ON clients WHEN OLD.owner <> NEW.owner
BEGIN ` + oneLess("owner", "OLD.owner") + oneMore("owner", "NEW.owner") + `END`

	subscriptionAdded = `CREATE TRIGGER client_counts_subscription_added AFTER INSERT ON subscriptions WHEN NEW.status = 'confirmed'
BEGIN ` + oneMore("list", "NEW.list") + `END`
	subscriptionRemoved = `CREATE TRIGGER client_counts_subscription_removed AFTER DELETE ON subscriptions WHEN OLD.status = 'confirmed'
BEGIN ` + oneLess("list", "OLD.list") + `END`
	// What was not confirmed is not taken off, and what is not confirmed is not added: a comparison is 0 or 1.
	subscriptionChanged = `CREATE TRIGGER client_counts_subscription_changed AFTER UPDATE OF status, list ON subscriptions
WHEN OLD.list <> NEW.list OR (OLD.status = 'confirmed') <> (NEW.status = 'confirmed')
BEGIN
	UPDATE client_counts SET clients = clients - (OLD.status = 'confirmed') WHERE kind = 'list' AND id = OLD.list;
	INSERT INTO client_counts (kind, id, clients) VALUES ('list', NEW.list, NEW.status = 'confirmed')
	ON CONFLICT DO UPDATE SET clients = clients + excluded.clients;
END`

	ownerRemoved = `CREATE TRIGGER client_counts_owner_removed AFTER DELETE ON users BEGIN DELETE FROM client_counts WHERE kind = 'owner' AND id = OLD.id; END`
	listRemoved  = `CREATE TRIGGER client_counts_list_removed AFTER DELETE ON lists BEGIN DELETE FROM client_counts WHERE kind = 'list' AND id = OLD.id; END`
)

const (
	countOwners = `INSERT INTO client_counts (kind, id, clients) SELECT 'owner', owner, COUNT(*) FROM clients GROUP BY owner`
	countLists  = `INSERT INTO client_counts (kind, id, clients) SELECT 'list', list, COUNT(*) FROM subscriptions WHERE status = 'confirmed' GROUP BY list`
)
