package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(clientsUp, drop("suppressions", "filters", "subscriptions", "lists", "clients"))
}

// clientsUp adds the people who can receive mail, the lists they are on, and the addresses that
// must not be mailed.
func clientsUp(app core.App) error {
	for _, add := range []func(core.App) error{addClients, addLists, addSubscriptions, addFilters, addSuppressions} {
		if err := add(app); err != nil {
			return err
		}
	}
	return nil
}

func addClients(app core.App) error {
	owner, err := ownerField(app)
	if err != nil {
		return err
	}
	c := core.NewBaseCollection("clients")
	c.Fields.Add(
		owner,
		&core.EmailField{Name: "email", Required: true, Presentable: true},
		&core.TextField{Name: "full_name", Max: 200, Presentable: true},
		&core.TextField{Name: "comment", Max: 2000},
		&core.JSONField{Name: "attributes", MaxSize: 16 << 10},
		chosen("status", "Follows the stop list (suppressions)", "active", "unsubscribed", "bounced", "complained"),
	)
	c.Fields.Add(autodates()...)
	ownRecords(c)
	// The unique index also finds a client by address; the other two page an owner's and a
	// manager's list by (created, id).
	c.AddIndex("idx_clients_owner_email", true, "owner, email", "")
	c.AddIndex("idx_clients_owner_created", false, "owner, created, id", "")
	c.AddIndex("idx_clients_created", false, "created, id", "")
	return app.Save(c)
}

func addLists(app core.App) error {
	owner, err := ownerField(app)
	if err != nil {
		return err
	}
	c := core.NewBaseCollection("lists")
	c.Fields.Add(
		owner,
		&core.TextField{Name: "name", Max: 100, Required: true, Presentable: true},
		&core.TextField{Name: "description", Max: 500},
		&core.BoolField{Name: "public"},
		&core.BoolField{Name: "double_opt_in"},
	)
	c.Fields.Add(autodates()...)
	ownRecords(c)
	c.AddIndex("idx_lists_owner", false, "owner, name", "")
	return app.Save(c)
}

func addSubscriptions(app core.App) error {
	owner, err := ownerField(app)
	if err != nil {
		return err
	}
	list, err := relation(app, "list", "lists")
	if err != nil {
		return err
	}
	client, err := relation(app, "client", "clients")
	if err != nil {
		return err
	}
	for _, f := range []*core.RelationField{list, client} {
		f.Required, f.CascadeDelete = true, true
	}
	c := core.NewBaseCollection("subscriptions")
	c.Fields.Add(owner, list, client, choice("status", "confirmed", "pending", "unsubscribed"))
	c.Fields.Add(autodates()...)
	ownRecords(c)
	c.AddIndex("idx_subscriptions_list_client", true, "list, client", "")
	c.AddIndex("idx_subscriptions_client", false, "client", "")
	c.AddIndex("idx_subscriptions_owner", false, "owner", "")
	return app.Save(c)
}

func addFilters(app core.App) error {
	owner, err := ownerField(app)
	if err != nil {
		return err
	}
	c := core.NewBaseCollection("filters")
	c.Fields.Add(
		owner,
		&core.TextField{Name: "name", Max: 100, Required: true, Presentable: true},
		&core.TextField{Name: "filter", Max: 2000, Required: true},
	)
	c.Fields.Add(autodates()...)
	ownRecords(c)
	c.AddIndex("idx_filters_owner", false, "owner, name", "")
	return app.Save(c)
}

func addSuppressions(app core.App) error {
	owner, err := ownerField(app)
	if err != nil {
		return err
	}
	c := core.NewBaseCollection("suppressions")
	c.Fields.Add(
		owner,
		choice("kind", "address", "domain", "erased"),
		&core.TextField{Name: "value", Max: 320, Required: true, Presentable: true},
		choice("reason", "unsubscribed", "bounced", "complained", "manual"),
		&core.TextField{Name: "mailing", Max: 15},
		&core.TextField{Name: "note", Max: 1000},
	)
	c.Fields.Add(autodates()...)
	ownRecords(c)
	c.AddIndex("idx_suppressions_owner_kind_value", true, "owner, kind, value", "")
	c.AddIndex("idx_suppressions_owner_created", false, "owner, created, id", "")
	return app.Save(c)
}
