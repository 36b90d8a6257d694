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
		&core.SelectField{
			Name: "registration", Values: []string{"open", "approval", "closed"}, MaxSelect: 1, Required: true, Presentable: true,
			Help: "open: anybody may register and send; approval: sending waits for a manager's yes; closed: superusers add users",
		},
		counted("new_user_daily_quota", "Mails a UTC day for those who register themselves; 0 means no limit"),
		counted("attempts_kept_days", "Older attempts are deleted; 0 keeps them for ever"),
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
