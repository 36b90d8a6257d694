package openapi

import (
	"encoding/json"
	"reflect"
	"time"

	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/hooks/api"
	"gonets/internal/fieldschema"
	"gonets/internal/jsonschema"
)

// What is sent, and what is got.
const (
	sent = jsonschema.Sent
	got  = jsonschema.Got
)

// schemas makes the schemas and the errors of the description, and collects its components.
type schemas struct {
	*jsonschema.Maker

	responseComponents object
	named              map[string]string // the names of these, by status and codes
	problems           map[int]int       // how many there are of a status
}

func newSchemas() *schemas {
	known := map[reflect.Type]object{
		reflect.TypeFor[time.Time]():       {"type": "string", "format": "date-time"},
		reflect.TypeFor[types.DateTime]():  {"type": "string", "pattern": fieldschema.DateTime},
		reflect.TypeFor[types.JSONRaw]():   {},
		reflect.TypeFor[json.RawMessage](): {},
	}
	known[reflect.TypeFor[api.CallRecipient]()] = object{"anyOf": []object{{"type": "string"}, { // an address alone
		"type": "object", "required": []string{"email"}, "properties": object{
			"email": object{"type": "string"}, "full_name": object{"type": "string"}, "data": object{"type": []string{"object", "null"}, "additionalProperties": true},
		},
	}}}
	for t, words := range enums {
		known[t] = object{"type": "string", "enum": words}
	}
	return &schemas{Maker: jsonschema.New(known), responseComponents: object{}, named: map[string]string{}, problems: map[int]int{}}
}
