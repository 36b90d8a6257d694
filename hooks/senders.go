package hooks

import (
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/secret"
)

// bindSenders keeps the settings of mail server accounts right. They are hidden fields: superusers see
// them, nobody else can read, filter or sort by them. Secrets are kept elsewhere (bindSecrets).
func bindSenders(app core.App) {
	prepare := func(e *core.RecordEvent) error {
		normalizeEmail(e.Record, "from_email")
		normalizeEmail(e.Record, "reply_to")
		setDefault(e.Record, "tls", "starttls")
		if e.Record.GetInt("connections") == 0 {
			e.Record.Set("connections", 10)
		}
		return e.Next()
	}
	app.OnRecordCreate("senders").BindFunc(func(e *core.RecordEvent) error {
		setDefault(e.Record, "access", "chosen")
		return prepare(e)
	})
	app.OnRecordUpdate("senders").BindFunc(prepare)

	app.OnRecordValidate("senders").BindFunc(func(e *core.RecordEvent) error {
		bad := refusals{}
		checkEmail(bad, e.Record, "from_email")
		checkEmail(bad, e.Record, "reply_to")
		bad.oneLine(e.Record, "name", "from_name", "host", "username", "password", "dkim_domain", "dkim_selector")
		if err := bad.err(); err != nil {
			return err
		}
		return e.Next()
	})

	// Every answer passes here: lists, views, what a create or update returns, expand, realtime.
	app.OnRecordEnrich("senders").BindFunc(func(e *core.RecordEnrichEvent) error {
		for _, name := range secret.Names {
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
