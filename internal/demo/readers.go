package demo

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// showReaders adds what readers see of a shop: its brand, and the mailings in its archive.
func showReaders(app core.App, s *shop, owner string) error {
	brands, err := app.FindCachedCollectionByNameOrId("brands")
	if err != nil {
		return err
	}
	brand := core.NewRecord(brands)
	brand.Load(map[string]any{
		"owner": owner, "name": s.fromName, "colour": s.colour, "postal_address": s.postalAddress, "site": s.site,
	})
	if err := app.Save(brand); err != nil {
		return err
	}
	_, err = app.NonconcurrentDB().NewQuery(`
		UPDATE mailings SET public = TRUE
		WHERE owner = {:owner} AND status = 'completed' AND audience IN ('everyone', 'lists') AND filter = ''`).
		Bind(dbx.Params{"owner": owner}).Execute()
	return err
}
