// Package fieldschema describes the fields of collections as JSON Schemas.
package fieldschema

import (
	"encoding/json"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/jsonschema"
)

// DateTime is the pattern of a time as PocketBase writes it; "" for none.
const DateTime = `^(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,3})?Z)?$`

// object is a JSON Schema.
type object = map[string]any

// Of is the schema of a field as requests or answers have it.
func Of(field core.Field, d jsonschema.Direction) object {
	switch f := field.(type) {
	case *core.TextField:
		return withLength(object{"type": "string"}, f.Max, d)
	case *core.EditorField:
		return withLength(object{"type": "string"}, int(f.MaxSize), d)
	case *core.PasswordField:
		schema := object{"type": "string", "writeOnly": true}
		if f.Min > 0 {
			schema["minLength"] = f.Min
		}
		return withLength(schema, f.Max, d)
	case *core.NumberField:
		schema := object{"type": "number"}
		if f.OnlyInt {
			schema["type"] = "integer"
		}
		if f.Min != nil && d == jsonschema.Sent {
			schema["minimum"] = *f.Min
		}
		if f.Max != nil && d == jsonschema.Sent {
			schema["maximum"] = *f.Max
		}
		return schema
	case *core.BoolField:
		return object{"type": "boolean"}
	case *core.DateField, *core.AutodateField:
		if d == jsonschema.Got {
			return object{"type": "string", "pattern": DateTime}
		}
		return object{"type": []string{"string", "null"}}
	case *core.SelectField:
		return many(object{"type": "string", "enum": f.Values}, f.MaxSelect, d)
	case *core.RelationField:
		return many(object{"type": "string"}, f.MaxSelect, d)
	case *core.FileField:
		if d == jsonschema.Sent && f.MaxSelect > 1 {
			return many(object{"type": "string", "format": "binary"}, f.MaxSelect, d)
		}
		if d == jsonschema.Sent {
			return object{"type": []string{"string", "null"}, "format": "binary"}
		}
		return many(object{"type": "string"}, f.MaxSelect, d)
	case *core.JSONField:
		return object{}
	default: // of email, URL and what a superuser has added
		return object{"type": "string"}
	}
}

// many is a list of the schema if a field may have several values; otherwise the empty text is another value.
func many(schema object, most int, d jsonschema.Direction) object {
	if most > 1 {
		list := object{"type": "array", "items": schema}
		if d == jsonschema.Sent {
			list["maxItems"] = most
		}
		return list
	}
	if words, is := schema["enum"].([]string); is {
		return object{"type": "string", "enum": append(words[:len(words):len(words)], "")}
	}
	return schema
}

func withLength(schema object, most int, d jsonschema.Direction) object {
	if most > 0 && d == jsonschema.Sent {
		schema["maxLength"] = most
	}
	return schema
}

// Help is the explanation of a field that the admin UI shows.
func Help(f core.Field) string {
	raw, err := json.Marshal(f)
	var options struct {
		Help string `json:"help"`
	}
	if err != nil || json.Unmarshal(raw, &options) != nil {
		return ""
	}
	return options.Help
}
