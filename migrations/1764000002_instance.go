package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(instanceUp, drop("instance")) }

// instanceUp adds the one record that says what the operator decides. Superusers only: no rules.
func instanceUp(app core.App) error {
	c := core.NewBaseCollection("instance")
	c.Fields.Add(
		&core.SelectField{Name: "registration", Values: []string{"open", "approval", "closed"}, MaxSelect: 1, Required: true, Presentable: true},
		counter("new_user_daily_quota"),
		counter("attempts_kept_days"),
	)
	c.Fields.Add(autodates()...)
	if err := app.Save(c); err != nil {
		return err
	}

	r := core.NewRecord(c)
	r.Set("registration", "open")
	r.Set("new_user_daily_quota", 500)
	r.Set("attempts_kept_days", 0)
	return app.Save(r)
}
