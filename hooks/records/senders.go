package records

import (
	"errors"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/address"
	"gonets/internal/returnpath"
	"gonets/internal/secret"
)

// BindSenders keeps the settings of mail-server accounts valid. They are hidden fields: only superusers can read them, filter
// and sort by them. Secrets are stored elsewhere (BindSecrets).
func BindSenders(app core.App) {
	prepare := func(e *core.RecordEvent) error {
		normalizeEmail(e.Record, "from_email")
		normalizeEmail(e.Record, "reply_to")
		normalizeEmail(e.Record, "return_path")
		if e.Record.GetString("return_path") != "" {
			request.SetDefault(e.Record, "return_path_style", string(returnpath.Plus))
		}
		request.SetDefault(e.Record, "tls", "starttls")
		if e.Record.GetInt("connections") == 0 {
			e.Record.Set("connections", 10)
		}
		return e.Next()
	}
	app.OnRecordCreate("senders").BindFunc(func(e *core.RecordEvent) error {
		request.SetDefault(e.Record, "access", "chosen")
		return prepare(e)
	})
	app.OnRecordUpdate("senders").BindFunc(prepare)
	app.OnRecordValidate("senders").BindFunc(func(e *core.RecordEvent) error {
		bad := request.Refusals{}
		checkEmail(bad, e.Record, "from_email")
		checkEmail(bad, e.Record, "reply_to")
		checkReturnPath(bad, e.Record)
		bad.SecondKey(e.Record)
		bad.OneLine(e.Record, "name", "from_name", "host", "username", "password", "dkim_domain", "dkim_selector", "dkim_selector_2")
		if err := bad.Err(); err != nil {
			return err
		}
		return e.Next()
	})

	// This is called for every answer: lists, views, creates, updates, expansions, realtime.
	app.OnRecordEnrich("senders").BindFunc(func(e *core.RecordEnrichEvent) error {
		for _, name := range secret.Names("senders") {
			e.Record.Set(name, "")
		}
		if !e.RequestInfo.HasSuperuserAuth() {
			e.Record.Hide("created", "updated")
			// An expansion reads the field although it is hidden.
			e.Record.Set("users", nil)
		}
		return e.Next()
	})
}

// checkReturnPath refuses a return path that cannot be an envelope sender with the token of a recipient.
func checkReturnPath(bad request.Refusals, sender *core.Record) {
	path := sender.GetString("return_path")
	if path == "" {
		return
	}
	_, err := returnpath.New(path, returnpath.Style(sender.GetString("return_path_style")))
	switch {
	case errors.Is(err, returnpath.ErrTooLong):
		bad.Add("return_path", "return_path_too_long", "The part before the @ has at most 34 characters: a token of 30 is added to it")
	case err != nil || !address.HasASCIILocalPart(path):
		bad.Add("return_path", "invalid_email", "Must be an e-mail address with Latin letters before the @")
	}
}
