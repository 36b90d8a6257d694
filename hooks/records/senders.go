package records

import (
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/secret"
)

// BindSenders keeps the settings of mail-server accounts valid. They are hidden fields: only superusers can read them, filter
// and sort by them. Secrets are stored elsewhere (BindSecrets).
func BindSenders(app core.App) {
	prepare := func(e *core.RecordEvent) error {
		normalizeEmail(e.Record, "from_email")
		normalizeEmail(e.Record, "reply_to")
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
		bad.OneLine(e.Record, "name", "from_name", "host", "username", "password", "dkim_domain", "dkim_selector")
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
