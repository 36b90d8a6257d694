package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(add("lists", lists), drop("lists")) }

// lists are the mailing lists of an owner.
func lists(c *collection) {
	c.Fields.Add(
		c.owner(),
		&core.TextField{Name: "name", Max: 100, Required: true, Presentable: true},
		&core.TextField{Name: "description", Max: 500},
		&core.BoolField{Name: "public"},
		&core.BoolField{Name: "double_opt_in"},
		created(), updated(),
	)
	c.ownedByUser()
	c.AddIndex("idx_lists_owner", false, "owner, name", "")
}
