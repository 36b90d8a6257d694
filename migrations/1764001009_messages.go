package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		steps(add("messages", messages), statements(removeStoredFiles("messages"))),
		drop("messages"),
	)
}

// messages are written once and sent by any number of mailings.
func messages(c *collection) {
	c.Fields.Add(
		c.owner(),
		&core.TextField{Name: "name", Max: 200, Presentable: true},
		// Not required: a draft can be saved without a subject; preflight and launch require one.
		&core.TextField{Name: "subject", Max: 255},
		&core.TextField{Name: "preheader", Max: 255},
		choice("format", "", "html", "markdown", "text"),
		&core.TextField{Name: "body", Max: 500_000},
		&core.TextField{Name: "text_body", Max: 500_000},
		&core.FileField{Name: "attachments", MaxSelect: 10, MaxSize: 10 << 20, Protected: true},
		created(), updated(),
	)
	c.ownedByUser()
	c.AddIndex("idx_messages_owner_updated", false, "owner, updated, id", "")
}
