package openapi

import "github.com/pocketbase/pocketbase/core"

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
