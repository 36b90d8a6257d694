package hooks

import (
	"errors"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
)

// bindLists keeps lists, who is on them, and saved filters.
func bindLists(app core.App) {
	app.OnRecordValidate("lists", "filters").BindFunc(func(e *core.RecordEvent) error {
		bad := refusals{}
		bad.oneLine(e.Record, "name")
		if e.Record.Collection().Name == "filters" {
			if err := bad.filter(e.App, e.Record, "filter"); err != nil {
				return err
			}
		}
		if err := bad.err(); err != nil {
			return err
		}
		return e.Next()
	})

	app.OnRecordCreate("subscriptions").BindFunc(func(e *core.RecordEvent) error {
		setDefault(e.Record, "status", "confirmed")
		return e.Next()
	})
	app.OnRecordValidate("subscriptions").BindFunc(func(e *core.RecordEvent) error {
		bad := refusals{}
		if err := bad.within(e.App, e.Record, "list", "lists"); err != nil {
			return err
		}
		if err := bad.within(e.App, e.Record, "client", "clients"); err != nil {
			return err
		}
		if err := bad.err(); err != nil {
			return err
		}
		return e.Next()
	})

	app.OnRecordValidate("imports").BindFunc(func(e *core.RecordEvent) error {
		bad := refusals{}
		if err := bad.within(e.App, e.Record, "list", "lists"); err != nil {
			return err
		}
		if err := bad.err(); err != nil {
			return err
		}
		return e.Next()
	})
}

// filter notes a filter over clients that cannot be read or reaches beyond a client's own fields. One
// that did not change is not looked at again.
func (r refusals) filter(app core.App, record *core.Record, field string) error {
	if !changed(record, field) {
		return nil
	}
	err := audience.CheckFilter(app, record.GetString(field))
	var wrong *audience.FilterError
	if errors.As(err, &wrong) {
		r.add(field, wrong.Code, wrong.Detail)
		return nil
	}
	return err
}

// bindSuppressions keeps the stop list in the form in which it is looked up.
func bindSuppressions(app core.App) {
	prepare := func(e *core.RecordEvent) error {
		setDefault(e.Record, "kind", "address")
		setDefault(e.Record, "reason", "manual")
		switch e.Record.GetString("kind") {
		case "address":
			normalizeEmail(e.Record, "value")
		case "domain":
			normalizeDomain(e.Record, "value")
		}
		return e.Next()
	}
	app.OnRecordCreate("suppressions").BindFunc(prepare)
	app.OnRecordUpdate("suppressions").BindFunc(prepare)

	app.OnRecordValidate("suppressions").BindFunc(func(e *core.RecordEvent) error {
		bad := refusals{}
		bad.oneLine(e.Record, "value")
		switch e.Record.GetString("kind") {
		case "address":
			bad.email(e.Record, "value")
		case "domain":
			bad.domain(e.Record, "value")
		}
		if err := bad.err(); err != nil {
			return err
		}
		return e.Next()
	})
}

// normalizeDomain is normalizeEmail for a domain; people also write it with the @ in front.
func normalizeDomain(record *core.Record, field string) {
	value := strings.TrimPrefix(strings.TrimSpace(record.GetString(field)), "@")
	if domain, err := audience.NormalizeDomain(value); err == nil {
		record.Set(field, domain)
	}
}

// domain refuses a domain that is not one. An empty one is the required field's business.
func (r refusals) domain(record *core.Record, field string) {
	value := record.GetString(field)
	if value == "" {
		return
	}
	if normal, err := audience.NormalizeDomain(value); err != nil || normal != value {
		r.add(field, "invalid_domain", "Must be a domain such as example.com")
	}
}
