package hooks

import (
	"encoding/json"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/internal/address"
)

// bindClients keeps clients as they have to be: a normalised address, a status that only the stop
// list moves, attributes that templates can name.
func bindClients(app core.App) {
	prepare := func(e *core.RecordEvent) error {
		normalizeEmail(e.Record, "email")
		setDefault(e.Record, "status", "active")
		if raw := e.Record.GetString("attributes"); raw == "" || raw == "null" || raw == `""` {
			e.Record.Set("attributes", types.JSONRaw("{}"))
		}
		return e.Next()
	}
	app.OnRecordCreate("clients").BindFunc(prepare)
	app.OnRecordUpdate("clients").BindFunc(prepare)

	app.OnRecordValidate("clients").BindFunc(func(e *core.RecordEvent) error {
		bad := refusals{}
		bad.email(e.Record, "email")
		bad.oneLine(e.Record, "full_name")
		if !isObject(e.Record.GetString("attributes")) {
			bad.add("attributes", "not_an_object", `Must be a JSON object such as {"city": "Tver"}`)
		}
		if err := bad.err(); err != nil {
			return err
		}
		return e.Next()
	})

	readOnlyStatus := func(e *core.RecordRequestEvent) error {
		was := e.Record.Original().GetString("status")
		if now := e.Record.GetString("status"); now != was && !(e.Record.IsNew() && now == "active") {
			return e.BadRequestError(statusFollows, refuse("status", "read_only", statusFollows))
		}
		return e.Next()
	}
	app.OnRecordCreateRequest("clients").BindFunc(readOnlyStatus)
	app.OnRecordUpdateRequest("clients").BindFunc(readOnlyStatus)
}

// statusFollows is the answer to an attempt to set clients.status.
const statusFollows = "The status follows the stop list and cannot be set: add the address to the suppressions, or remove it there."

// normalizeEmail brings the field into the form in which addresses are stored. One that cannot be an
// address stays as it is, for refusals.email to name.
func normalizeEmail(record *core.Record, field string) {
	if email, err := address.Normalize(record.GetString(field)); err == nil {
		record.Set(field, email)
	}
}

// email refuses an address that is not one. An empty one is the required field's business.
func (r refusals) email(record *core.Record, field string) {
	value := record.GetString(field)
	if value == "" {
		return
	}
	if normal, err := address.Normalize(value); err != nil || normal != value {
		r.add(field, "invalid_email", "Must be an e-mail address")
	}
}

func isObject(raw string) bool {
	var object map[string]any
	return strings.HasPrefix(strings.TrimSpace(raw), "{") && json.Unmarshal([]byte(raw), &object) == nil
}
