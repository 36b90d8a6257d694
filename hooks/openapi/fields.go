package openapi

import (
	"encoding/json"

	"github.com/pocketbase/pocketbase/core"
)

// fieldSchema is the schema of a field of a collection.
func fieldSchema(field core.Field, d direction) object {
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
		if f.Min != nil && d == sent {
			schema["minimum"] = *f.Min
		}
		if f.Max != nil && d == sent {
			schema["maximum"] = *f.Max
		}
		return schema
	case *core.BoolField:
		return object{"type": "boolean"}
	case *core.DateField, *core.AutodateField:
		if d == got {
			return object{"type": "string", "pattern": dateTime}
		}
		return object{"type": []string{"string", "null"}}
	case *core.SelectField:
		return many(object{"type": "string", "enum": f.Values}, f.MaxSelect, d)
	case *core.RelationField:
		return many(object{"type": "string"}, f.MaxSelect, d)
	case *core.FileField:
		if d == sent && f.MaxSelect > 1 {
			return many(object{"type": "string", "format": "binary"}, f.MaxSelect, d)
		}
		if d == sent {
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
func many(schema object, most int, d direction) object {
	if most > 1 {
		list := object{"type": "array", "items": schema}
		if d == sent {
			list["maxItems"] = most
		}
		return list
	}
	if words, is := schema["enum"].([]string); is {
		return object{"type": "string", "enum": append(words[:len(words):len(words)], "")}
	}
	return schema
}

func withLength(schema object, most int, d direction) object {
	if most > 0 && d == sent {
		schema["maxLength"] = most
	}
	return schema
}

// helpOf is the explanation of a field that the admin UI shows.
func helpOf(f core.Field) string {
	raw, err := json.Marshal(f)
	var options struct {
		Help string `json:"help"`
	}
	if err != nil || json.Unmarshal(raw, &options) != nil {
		return ""
	}
	return options.Help
}

const (
	exampleID   = "4q1r0k2m7x9wz3b"
	exampleTime = "2026-11-23 09:00:00.000Z"
)

// typical are the values of fields in examples, by name.
var typical = object{
	"email": "ilya@example.com", "full_name": "Ilya Petrov", "name": "Autumn news", "subject": "Hello, {{ client.full_name }}", "body": "<p>Hello</p>",
	"host": "smtp.example.com", "port": 587, "value": "ilya@example.com", "file_name": "clients.csv", "password": "correct horse battery",
	"filter": `attributes.city = "Tver"`, "from_email": "news@example.com", "attributes": object{"city": "Tver"}, "timezone": "Europe/Moscow",
}

// exampleField is a value of a field.
func exampleField(field core.Field) any {
	if value, is := typical[field.GetName()]; is {
		return value
	}
	switch f := field.(type) {
	case *core.NumberField:
		if f.Min != nil {
			return *f.Min
		}
		return 0
	case *core.BoolField:
		return false
	case *core.DateField, *core.AutodateField:
		return exampleTime
	case *core.SelectField:
		if f.MaxSelect > 1 {
			return f.Values[:1]
		}
		return f.Values[0]
	case *core.RelationField:
		if f.MaxSelect > 1 {
			return []string{exampleID}
		}
		return exampleID
	case *core.FileField:
		if f.MaxSelect > 1 {
			return []string{}
		}
		return ""
	case *core.JSONField:
		return nil
	}
	if field.GetName() == "id" {
		return exampleID
	}
	return ""
}

// exampleRecord is a record as answers have it.
func exampleRecord(c *core.Collection) object {
	record := object{"collectionId": c.Id, "collectionName": c.Name}
	for _, f := range c.Fields {
		if f.Type() != core.FieldTypePassword && !f.GetHidden() {
			record[f.GetName()] = exampleField(f)
		}
	}
	return record
}

// exampleOf is what a request with a new record has at least.
func exampleOf(c *core.Collection) object {
	body := object{}
	for _, name := range needs(c) {
		body[name] = exampleField(c.Fields.GetByName(name))
	}
	if c.IsAuth() {
		body["passwordConfirm"] = body["password"]
	}
	return body
}
