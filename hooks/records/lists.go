package records

import (
	"errors"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/audience"
)

// BindLists keeps lists, their subscriptions and saved filters valid.
func BindLists(app core.App) {
	app.OnRecordValidate("lists", "filters").BindFunc(func(e *core.RecordEvent) error {
		bad := request.Refusals{}
		bad.OneLine(e.Record, "name")
		if e.Record.Collection().Name == "filters" {
			if err := checkFilter(bad, e.App, e.Record, "filter"); err != nil {
				return err
			}
		}
		if err := bad.Err(); err != nil {
			return err
		}
		return e.Next()
	})

	app.OnRecordCreate("subscriptions").BindFunc(func(e *core.RecordEvent) error {
		request.SetDefault(e.Record, "status", "confirmed")
		return e.Next()
	})
	app.OnRecordValidate("subscriptions").BindFunc(func(e *core.RecordEvent) error {
		bad := request.Refusals{}
		if err := bad.Within(e.App, e.Record, "list", "lists"); err != nil {
			return err
		}
		if err := bad.Within(e.App, e.Record, "client", "clients"); err != nil {
			return err
		}
		if err := bad.Err(); err != nil {
			return err
		}
		return e.Next()
	})

	app.OnRecordValidate("imports").BindFunc(func(e *core.RecordEvent) error {
		bad := request.Refusals{}
		if err := bad.Within(e.App, e.Record, "list", "lists"); err != nil {
			return err
		}
		if err := bad.Err(); err != nil {
			return err
		}
		return e.Next()
	})
}

// checkFilter notes a filter over clients that cannot be parsed or uses other fields than a client's own. A filter that did
// not change is not checked again.
func checkFilter(bad request.Refusals, app core.App, record *core.Record, field string) error {
	if !request.Changed(record, field) {
		return nil
	}
	err := audience.CheckFilter(app, record.GetString(field))
	var wrong *audience.FilterError
	if errors.As(err, &wrong) {
		bad.Add(field, wrong.Code, wrong.Detail)
		return nil
	}
	return err
}
