package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		steps(add("suppressions", suppressions), statements(suppressionAdded, suppressionChanged)),
		drop("suppressions"),
	)
}

// suppressions are the stop list: the addresses and domains that must not receive e-mail.
func suppressions(c *collection) {
	c.Fields.Add(
		c.owner(),
		choice("kind", "", "address", "domain", "erased"),
		&core.TextField{Name: "value", Max: 320, Required: true, Presentable: true},
		choice("reason", "", "unsubscribed", "bounced", "complained", "manual"),
		&core.TextField{Name: "mailing", Max: 15},
		&core.TextField{Name: "note", Max: 1000},
		created(), updated(),
	)
	c.ownedByUser()
	c.AddIndex("idx_suppressions_owner_kind_value", true, "owner, kind, value", "")
	c.AddIndex("idx_suppressions_owner_created", false, "owner, created, id", "")
}

// The triggers count the changes that can stop an e-mail (engineTable).
const (
	suppressionAdded = `
CREATE TRIGGER suppressions_grew AFTER INSERT ON suppressions
BEGIN UPDATE engine SET stop_list = stop_list + 1; END`

	suppressionChanged = `
CREATE TRIGGER suppressions_changed AFTER UPDATE ON suppressions
BEGIN UPDATE engine SET stop_list = stop_list + 1; END`
)
