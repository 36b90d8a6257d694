package records

import (
	"encoding/json"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/hooks/request"
	"gonets/internal/address"
)

// BindClients keeps clients valid: a normalised address, a status that only the stop list changes, attributes that templates
// can name.
func BindClients(app core.App) {
	prepare := func(e *core.RecordEvent) error {
		normalizeEmail(e.Record, "email")
		request.SetDefault(e.Record, "status", "active")
		if raw := e.Record.GetString("attributes"); raw == "" || raw == "null" || raw == `""` {
			e.Record.Set("attributes", types.JSONRaw("{}"))
		}
		return e.Next()
	}
	app.OnRecordCreate("clients").BindFunc(prepare)
	app.OnRecordUpdate("clients").BindFunc(prepare)

	app.OnRecordValidate("clients").BindFunc(func(e *core.RecordEvent) error {
		bad := request.Refusals{}
		checkEmail(bad, e.Record, "email")
		bad.OneLine(e.Record, "full_name")
		if !isObject(e.Record.GetString("attributes")) {
			bad.Add("attributes", "not_an_object", `Must be a JSON object such as {"city": "Tver"}`)
		}
		if err := bad.Err(); err != nil {
			return err
		}
		return e.Next()
	})

	readOnlyStatus := func(e *core.RecordRequestEvent) error {
		was := e.Record.Original().GetString("status")
		if now := e.Record.GetString("status"); now != was && !(e.Record.IsNew() && now == "active") {
			return e.BadRequestError(statusFollows, request.Refuse("status", "read_only", statusFollows))
		}
		return e.Next()
	}
	app.OnRecordCreateRequest("clients").BindFunc(readOnlyStatus)
	app.OnRecordUpdateRequest("clients").BindFunc(readOnlyStatus)
}

// statusFollows is the answer to an attempt to set clients.status.
const statusFollows = "The status follows the stop list and cannot be set: add the address to the suppressions, or remove it there."

// normalizeEmail normalises the address in the field. An invalid one is not changed: checkEmail refuses it.
func normalizeEmail(record *core.Record, field string) {
	if email, err := address.Normalize(record.GetString(field)); err == nil {
		record.Set(field, email)
	}
}

// checkEmail refuses an invalid address. An empty one is refused by the field itself if it is required.
func checkEmail(bad request.Refusals, record *core.Record, field string) {
	value := record.GetString(field)
	if value == "" {
		return
	}
	if normal, err := address.Normalize(value); err != nil || normal != value {
		bad.Add(field, "invalid_email", "Must be an e-mail address")
	}
}

func isObject(raw string) bool {
	var object map[string]any
	return strings.HasPrefix(strings.TrimSpace(raw), "{") && json.Unmarshal([]byte(raw), &object) == nil
}
