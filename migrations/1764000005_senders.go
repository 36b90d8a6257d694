package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"github.com/pocketbase/pocketbase/tools/types"
)

func init() { m.Register(sendersUp, drop("senders")) }

// sendersUp adds the mail server accounts. A hidden field is neither shown to nor filtered by
// anybody but a superuser; the secrets among them are blanked for superusers too (hooks).
func sendersUp(app core.App) error {
	c := core.NewBaseCollection("senders")
	c.Fields.Add(
		&core.TextField{Name: "name", Max: 100, Required: true, Presentable: true},
		&core.EmailField{Name: "from_email", Required: true},
		&core.TextField{Name: "from_name", Max: 100},
		&core.EmailField{Name: "reply_to", Hidden: true},
		&core.TextField{Name: "host", Max: 255, Required: true, Hidden: true},
		&core.NumberField{Name: "port", OnlyInt: true, Min: types.Pointer(1.0), Max: types.Pointer(65535.0), Required: true, Hidden: true},
		&core.SelectField{Name: "tls", Values: []string{"none", "starttls", "implicit"}, MaxSelect: 1, Hidden: true},
		&core.TextField{Name: "username", Max: 255, Hidden: true},
		&core.TextField{Name: "password", Max: 1000, Hidden: true},
		&core.NumberField{Name: "connections", OnlyInt: true, Min: types.Pointer(0.0), Max: types.Pointer(500.0), Hidden: true, Help: "Connections kept open at once; empty means 10"},
		&core.NumberField{Name: "rate_per_second", Min: types.Pointer(0.0), Hidden: true, Help: "Mails a second; 0 means no limit"},
		&core.NumberField{Name: "domain_rate_per_second", Min: types.Pointer(0.0), Hidden: true, Help: "Mails a second to one recipient domain; 0 means no limit"},
		&core.NumberField{Name: "daily_limit", OnlyInt: true, Min: types.Pointer(0.0), Hidden: true, Help: "Mails a UTC day; 0 means no limit"},
		&core.TextField{Name: "dkim_domain", Max: 255, Hidden: true},
		&core.TextField{Name: "dkim_selector", Max: 63, Hidden: true},
		&core.TextField{Name: "dkim_key", Max: 10_000, Hidden: true, Help: "Private key, PEM"},
	)
	c.Fields.Add(autodates()...)
	c.ListRule = types.Pointer(ruleSignedIn)
	c.ViewRule = types.Pointer(ruleSignedIn)
	c.AddIndex("idx_senders_name", true, "name", "")
	return app.Save(c)
}
