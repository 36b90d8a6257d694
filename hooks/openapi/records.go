package openapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/middleware"
	"gonets/hooks/records"
	"gonets/internal/fieldschema"
)

// collections are those whose records are described.
var collections = []string{
	"clients", "lists", "subscriptions", "filters", "suppressions", "messages", "images", "brands", "forms", "mailings", "attempts", "bounces", "imports", "senders",
	"consents", "opt_out_reasons", "webhooks", "tokens", "users", "domains", "mailboxes", "bounce_hooks", "instance",
}

// never are the actions that nobody can carry out by the API, whatever the rules say.
var never = map[string][]string{
	"attempts": {"create", "update", "delete"}, "bounces": {"create", "update", "delete"},
	"consents": {"create", "update", "delete"}, "imports": {"create"}, "instance": {"create", "delete"}, "tokens": {"create", "update"},
}

// sometimes are the fields that some answers lack, because of who asks.
var sometimes = map[string][]string{"users": {"email"}, "senders": {"created", "updated"}}

// computed are fields of answers that no column has.
var computed = map[string]object{"images": {"url": object{"type": "string", "description": "The public address of the picture, for messages"}}}

// alsoNumbers are the texts that requests may give as numbers.
var alsoNumbers = map[string]string{"mailboxes": "delete_after_days"}

// sample is the body of a request that has a schema of its own.
type sample struct{ schema, example object }

// MarshalJSON implements json.Marshaler: a body is written as its example.
func (s sample) MarshalJSON() ([]byte, error) { return json.Marshal(s.example) }

func recordRef(collection string) object {
	return object{"$ref": "#/components/schemas/" + collection}
}

func recordPageRef(collection string) object {
	return object{"$ref": "#/components/schemas/" + collection + "_page"}
}

// addCollection describes the records of a collection, and returns the routes of what its rules allow.
func (s *schemas) addCollection(c *core.Collection) (routes []Route) {
	s.Components[c.Name] = recordSchema(c)
	s.Components[c.Name+"_page"] = pageSchema(c.Name)
	list := "/api/collections/" + c.Name + "/records"
	one := list + "/{id}"
	add := func(action string, rule *string, r Route) {
		if slices.Contains(never[c.Name], action) {
			return
		}
		r.ID = c.Name + "_" + action
		if rule == nil {
			r.For = superusers
		} else if c.Name == "users" && action == "create" {
			r.For = guests
		}
		routes = append(routes, r)
	}
	query := paging()
	if slices.Contains(middleware.Logs, c.Name) {
		query = append(query, text("cursor", "In place of page: empty for the newest, then `next` of the page before; the filter stays"))
	}
	add("list", c.ListRule, Route{
		Method: http.MethodGet, Path: list, Summary: "Lists records of " + c.Name,
		Query: append(query,
			text("filter", "Which records, in PocketBase's language of filters"), text("sort", "Names of fields divided by commas, with - in front downwards"),
			text("expand", "Relations whose records are put into the answer"), text("fields", "The fields of the answer; others are then missing from it"),
			Param{Name: "skipTotal", Doc: "Counts nothing, which is quicker: the totals are -1", Schema: object{"type": "string"}}),
		Answers: Answers{200: recordPage(c.Name)}, Errors: Errors{400: listCodes, 429: {"answers_busy"}},
	})
	add("view", c.ViewRule, Route{
		Method: http.MethodGet, Path: one, Summary: "Reads one record of " + c.Name, Query: shown(),
		Answers: Answers{200: record(c.Name)}, Errors: Errors{400: {"expand.expand_too_large"}, 429: {"answers_busy"}},
	})
	if !slices.Contains(never[c.Name], "update") {
		s.Components[c.Name+"_input"] = inputSchema(c)
	}
	body := sample{object{"$ref": "#/components/schemas/" + c.Name + "_input"}, exampleOf(c)}
	add("create", c.CreateRule, Route{
		Method: http.MethodPost, Path: list, Summary: "Makes a record of " + c.Name, Query: shown(), Body: body, Needs: needs(c),
		Answers: Answers{200: record(c.Name)}, Errors: Errors{400: recordCodes, 403: creationCodes[c.Name], 409: {"running"}},
	})
	add("update", c.UpdateRule, Route{
		Method: http.MethodPatch, Path: one, Summary: "Changes a record of " + c.Name + ": fields that are left out stay", Query: shown(), Body: body,
		Headers: []Param{text("If-Match", "The record's `updated` as it was read: the answer is 412 if it has changed since")},
		Answers: Answers{200: record(c.Name)}, Errors: Errors{400: recordCodes, 409: {"running"}, 412: {"updated.changed_meanwhile"}},
	})
	add("delete", c.DeleteRule, Route{
		Method: http.MethodDelete, Path: one, Summary: "Deletes a record of " + c.Name,
		Headers: []Param{text("If-Match", "The record's `updated` as it was read: the answer is 412 if it has changed since")},
		Answers: Answers{204: nil}, Errors: Errors{400: recordCodes, 409: {"status.running"}, 412: {"updated.changed_meanwhile"}},
	})
	return routes
}

func shown() []Param {
	return []Param{
		text("expand", "Relations whose records are put into the answer"), text("fields", "The fields of the answer; others are then missing from it"),
	}
}

// needs are the fields that a new record must have. The owner is the signed-in user if it is left out.
func needs(c *core.Collection) (names []string) {
	for _, f := range c.Fields {
		if isRequired(f) && f.GetName() != "id" && f.GetName() != "owner" && isInput(c, f) {
			names = append(names, f.GetName())
		}
	}
	return names
}

func isRequired(f core.Field) bool {
	raw, err := json.Marshal(f)
	var options struct {
		Required bool `json:"required"`
	}
	return err == nil && json.Unmarshal(raw, &options) == nil && options.Required
}

// isInput reports whether requests may set a field.
func isInput(c *core.Collection, f core.Field) bool {
	switch f.(type) {
	case *core.AutodateField:
		return false
	case *core.PasswordField:
		return true
	}
	name := f.GetName()
	return name != "id" && name != "tokenKey" && !slices.Contains(readOnly(c.Name), name)
}

// readOnly are the fields of a collection that requests cannot set: a change of them is refused, or has no effect.
func readOnly(collection string) []string {
	switch collection {
	case "clients":
		return []string{"status"}
	case "mailings":
		return slices.Collect(maps.Keys(records.EngineFields))
	case "mailboxes":
		return []string{"last_read_at", "last_error"}
	case "bounce_hooks":
		return []string{"last_seen_at", "last_error"}
	case "webhooks":
		return []string{"disabled_reason", "last_success_at", "failing_since", "rotated_at"}
	case "domains":
		return []string{"checked_at", "result"}
	}
	return nil
}

// recordSchema is a record as answers have it.
func recordSchema(c *core.Collection) object {
	properties := object{
		"collectionId": object{"type": "string"}, "collectionName": object{"type": "string", "enum": []string{c.Name}},
		"expand": object{"type": "object", "description": "The records that ?expand= names", "additionalProperties": true},
	}
	required := []string{"collectionId", "collectionName"}
	for _, f := range c.Fields {
		name := f.GetName()
		if f.Type() == core.FieldTypePassword || name == "tokenKey" {
			continue
		}
		schema := fieldschema.Of(f, got)
		help := fieldschema.Help(f)
		if slices.Contains(readOnly(c.Name), name) || f.Type() == core.FieldTypeAutodate || name == "id" {
			schema["readOnly"] = true
		}
		switch {
		case f.GetHidden():
			help = "For superusers only. " + help
		case !slices.Contains(sometimes[c.Name], name):
			required = append(required, name)
		}
		if help != "" {
			schema["description"] = help
		}
		properties[name] = schema
	}
	maps.Copy(properties, computed[c.Name])
	slices.Sort(required)
	return object{"type": "object", "properties": properties, "required": required, "example": exampleRecord(c)}
}

// inputSchema is what requests say of a record.
func inputSchema(c *core.Collection) object {
	properties := object{}
	for _, f := range c.Fields {
		if !isInput(c, f) {
			continue
		}
		schema := fieldschema.Of(f, sent)
		if alsoNumbers[c.Name] == f.GetName() {
			schema["type"] = []string{"string", "integer"}
		}
		if help := fieldschema.Help(f); help != "" {
			schema["description"] = help
		}
		properties[f.GetName()] = schema
	}
	if c.IsAuth() {
		properties["passwordConfirm"] = object{"type": "string", "description": "The password again"}
		properties["oldPassword"] = object{"type": "string", "description": "The password until now, to change it"}
	}
	return object{"type": "object", "properties": properties}
}

func pageSchema(collection string) object {
	schema := object{
		"type": "object", "required": []string{"items", "page", "perPage", "totalItems", "totalPages"},
		"properties": object{
			"page": object{"type": "integer"}, "perPage": object{"type": "integer"},
			"totalItems": object{"type": "integer", "description": "-1 if it was not asked for"},
			"totalPages": object{"type": "integer", "description": "-1 if it was not asked for"},
			"items":      object{"type": "array", "items": recordRef(collection)},
		},
	}
	if slices.Contains(middleware.Logs, collection) {
		schema["properties"].(object)["next"] = object{
			"type": "string", "description": "If the page was asked for by cursor: that of the page after this one; empty at the end",
		}
	}
	return schema
}

// collection reads one of the collections.
func collection(app core.App, name string) (*core.Collection, error) {
	c, err := app.FindCachedCollectionByNameOrId(name)
	if err != nil {
		return nil, fmt.Errorf("describe the %s collection: %w", name, err)
	}
	return c, nil
}
