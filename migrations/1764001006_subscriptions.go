package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(add("subscriptions", subscriptions), drop("subscriptions")) }

// subscriptions say which client is on which list.
func subscriptions(c *collection) {
	list, client := c.relation("list", "lists"), c.relation("client", "clients")
	for _, f := range []*core.RelationField{list, client} {
		f.Required, f.CascadeDelete = true, true
	}
	c.Fields.Add(
		c.owner(), list, client,
		choice("status", "", "confirmed", "pending", "unsubscribed"),
		created(), updated(),
	)
	c.ownedByUser()
	c.AddIndex("idx_subscriptions_list_client", true, "list, client", "")
	c.AddIndex("idx_subscriptions_owner", false, "owner", "")
	// Answers whether a client is on a list without reading the table.
	c.AddIndex("idx_subscriptions_client", false, "client, list, status", "")
}
