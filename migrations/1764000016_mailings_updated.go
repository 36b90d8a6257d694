package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(mailingsUpdatedUp, mailingsUpdatedDown) }

// mailingsUpdatedUp lets whoever shows progress ask for the mailings that changed since the last look,
// and the engine for those whose launch was interrupted.
func mailingsUpdatedUp(app core.App) error {
	c, err := app.FindCollectionByNameOrId("mailings")
	if err != nil {
		return err
	}
	c.AddIndex("idx_mailings_updated", false, "updated", "")
	c.AddIndex("idx_mailings_launching", false, "launching_at", "`launching_at` != ''")
	return app.Save(c)
}

func mailingsUpdatedDown(app core.App) error {
	c, err := app.FindCollectionByNameOrId("mailings")
	if err != nil {
		return err
	}
	c.RemoveIndex("idx_mailings_updated")
	c.RemoveIndex("idx_mailings_launching")
	return app.Save(c)
}
