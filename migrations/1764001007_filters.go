package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(add("filters", filters), drop("filters")) }

// filters are conditions on clients that an owner saved under a name.
func filters(c *collection) {
	c.Fields.Add(
		c.owner(),
		&core.TextField{Name: "name", Max: 100, Required: true, Presentable: true},
		&core.TextField{Name: "filter", Max: 2000, Required: true},
		created(), updated(),
	)
	c.ownedByUser()
	c.AddIndex("idx_filters_owner", false, "owner, name", "")
}
