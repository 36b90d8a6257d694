package migrations

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"github.com/pocketbase/pocketbase/tools/types"
)

func init() { m.Register(sendersAccessUp, sendersAccessDown) }

// ruleUsable shows a sender to those who may use it, and to managers. Both fields are hidden: nobody
// but superusers learns who else may.
const ruleUsable = ruleSignedIn + ` && (access = "everyone" || users.id ?= @request.auth.id || @request.auth.role = "manager")`

// sendersAccessUp says who may send with which sender. Senders that are there stay open to everyone, as
// they were; a new one is open to nobody until it says to whom.
func sendersAccessUp(app core.App) error {
	users, err := app.FindCollectionByNameOrId("users")
	if err != nil {
		return err
	}
	senders, err := app.FindCollectionByNameOrId("senders")
	if err != nil {
		return err
	}
	senders.Fields.Add(
		&core.SelectField{
			Name: "access", Values: []string{"everyone", "chosen"}, MaxSelect: 1, Required: true, Hidden: true,
			Help: "Who may send with this sender: everyone, or the chosen users only",
		},
		&core.RelationField{
			Name: "users", CollectionId: users.Id, MaxSelect: 1000, Hidden: true,
			Help: "The chosen users; nobody else sees this sender, managers excepted",
		},
	)
	senders.ListRule, senders.ViewRule = types.Pointer(ruleUsable), types.Pointer(ruleUsable)
	if err := app.Save(senders); err != nil {
		return err
	}
	if _, err := app.DB().Update("senders", dbx.Params{"access": "everyone"}, nil).Execute(); err != nil {
		return err
	}

	instance, err := app.FindCollectionByNameOrId("instance")
	if err != nil {
		return err
	}
	instance.Fields.Add(&core.BoolField{
		Name: "default_sender_open",
		Help: "Everyone may send mailings by the mail settings of this application; otherwise only with a sender that they may use",
	})
	if err := app.Save(instance); err != nil {
		return err
	}
	_, err = app.DB().Update("instance", dbx.Params{"default_sender_open": true}, nil).Execute()
	return err
}

func sendersAccessDown(app core.App) error {
	senders, err := app.FindCollectionByNameOrId("senders")
	if err != nil {
		return err
	}
	senders.ListRule, senders.ViewRule = types.Pointer(ruleSignedIn), types.Pointer(ruleSignedIn)
	senders.Fields.RemoveByName("access")
	senders.Fields.RemoveByName("users")
	if err := app.Save(senders); err != nil {
		return err
	}
	instance, err := app.FindCollectionByNameOrId("instance")
	if err != nil {
		return err
	}
	instance.Fields.RemoveByName("default_sender_open")
	return app.Save(instance)
}
