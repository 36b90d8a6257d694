package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		steps(add("brands", brands), statements(removeStoredFiles("brands"))),
		drop("brands"),
	)
}

// brands are what readers recognise an owner by: one for each owner. It stands on the pages that readers open, and in the
// footer of e-mails.
func brands(c *collection) {
	c.Fields.Add(
		c.owner(),
		&core.TextField{Name: "name", Max: 100, Presentable: true},
		// Not protected: readers do not sign in.
		&core.FileField{
			Name: "logo", MaxSelect: 1, MaxSize: 1 << 20,
			MimeTypes: []string{"image/jpeg", "image/png", "image/gif", "image/webp"},
			Thumbs:    []string{"0x96"},
		},
		&core.TextField{Name: "colour", Max: 7, Help: "#rrggbb; of the main button on readers' pages"},
		&core.TextField{Name: "postal_address", Max: 300, Help: "One line; in the footer of e-mails"},
		&core.URLField{Name: "site"},
		created(), updated(),
	)
	c.ownedByUser()
	c.AddIndex("idx_brands_owner", true, "owner", "")
}
