package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"github.com/pocketbase/pocketbase/tools/types"
)

func init() { m.Register(warmUpUp, warmUpDown) }

// warmUpUp lets a new sender begin with few mails a day: providers trust an address that they have not
// seen before only little by little.
func warmUpUp(app core.App) error {
	c, err := app.FindCollectionByNameOrId("senders")
	if err != nil {
		return err
	}
	c.Fields.Add(
		&core.NumberField{
			Name: "warm_up_start", OnlyInt: true, Min: types.Pointer(0.0), Hidden: true,
			Help: "Mails on the first day of a new sender; 0 means no warming up",
		},
		&core.NumberField{
			Name: "warm_up_growth", OnlyInt: true, Min: types.Pointer(0.0), Max: types.Pointer(1000.0), Hidden: true,
			Help: "Per cent that the limit grows by each day, until the daily limit is reached; empty means 50",
		},
	)
	return app.Save(c)
}

func warmUpDown(app core.App) error {
	c, err := app.FindCollectionByNameOrId("senders")
	if err != nil {
		return err
	}
	c.Fields.RemoveByName("warm_up_start")
	c.Fields.RemoveByName("warm_up_growth")
	return app.Save(c)
}
