package forms

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/hooks/request"
	"gonets/internal/address"
	"gonets/internal/database"
	"gonets/internal/markdown"
	"gonets/internal/sender"
	"gonets/internal/signup"
)

// BindRecords keeps forms valid, whoever writes them, and forgets sign-ups of addresses that are erased.
func BindRecords(app core.App) {
	prepare := func(e *core.RecordEvent) error {
		request.SetDefault(e.Record, "language", "auto")
		for _, field := range []string{"name", "title", "success_url", "confirm_subject"} {
			e.Record.Set(field, strings.TrimSpace(e.Record.GetString(field)))
		}
		return e.Next()
	}
	app.OnRecordCreate("forms").BindFunc(func(e *core.RecordEvent) error {
		return database.InTransaction(e, func() error {
			if err := checkNumber(e.App, e.Record.GetString("owner")); err != nil {
				return err
			}
			return prepare(e)
		})
	})
	app.OnRecordUpdate("forms").BindFunc(prepare)
	app.OnRecordValidate("forms").BindFunc(func(e *core.RecordEvent) error {
		bad := request.Refusals{}
		if err := checkForm(bad, e.App, e.Record); err != nil {
			return err
		}
		if err := bad.Err(); err != nil {
			return err
		}
		return e.Next()
	})
	// Before the hook that replaces the address of an erasure by its hash.
	app.OnRecordCreate("suppressions").BindFunc(func(e *core.RecordEvent) error {
		email, err := address.Normalize(e.Record.GetString("value"))
		if e.Record.GetString("kind") != "erased" || err != nil {
			return e.Next()
		}
		return database.InTransaction(e, func() error {
			if err := signup.Forget(e.App.DB(), e.Record.GetString("owner"), email); err != nil {
				return err
			}
			return e.Next()
		})
	})
}

// checkForm notes what is wrong with a form.
func checkForm(bad request.Refusals, app core.App, form *core.Record) error {
	bad.OneLine(form, "name", "title", "confirm_subject")
	fields, err := signup.ParseFields(form.GetString("fields"))
	var wrong *signup.FieldError
	switch {
	case errors.As(err, &wrong):
		bad.Add("fields", wrong.Code, request.AsSentence(wrong.Message))
	case err != nil:
		return err
	default:
		raw, err := json.Marshal(fields)
		if err != nil {
			return fmt.Errorf("write the fields of a form: %w", err)
		}
		form.Set("fields", types.JSONRaw(raw))
	}
	if _, err := markdown.ToSafeHTML(form.GetString("text")); err != nil {
		bad.Add("text", "text_unreadable", request.AsSentence(err.Error()))
	}
	if site := form.GetString("success_url"); site != "" {
		u, err := url.Parse(site)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || len(site) > maxURL {
			bad.Add("success_url", "invalid_site", "Must be an address such as https://example.com")
		}
	}
	for field, collection := range map[string]string{"lists": "lists", "welcome_message": "messages"} {
		if err := bad.Within(app, form, field, collection); err != nil {
			return err
		}
	}
	return checkSender(bad, app, form)
}

// checkNumber refuses a form more than an owner may have, in the transaction of app that adds it.
func checkNumber(app core.App, owner string) error {
	n, err := app.CountRecords("forms", dbx.HashExp{"owner": owner})
	if err != nil {
		return fmt.Errorf("count the forms of an owner: %w", err)
	}
	if n >= signup.MostForms {
		return request.Refuse("name", "too_many_forms", fmt.Sprintf("At most %d forms: delete one that you do not need", signup.MostForms))
	}
	return nil
}

// maxURL is the length of success_url in bytes.
const maxURL = 500

// checkSender refuses a sender that the owner may not use.
func checkSender(bad request.Refusals, app core.App, form *core.Record) error {
	id := form.GetString("sender")
	if id == "" || !request.Changed(form, "sender") {
		return nil
	}
	may, err := sender.MayUse(app.DB(), form.GetString("owner"), id)
	if err != nil && !errors.Is(err, sender.ErrNone) {
		return err
	}
	if !may {
		bad.Add("sender", "invalid_reference", "There is no such sender among those that the owner may use")
	}
	return nil
}
