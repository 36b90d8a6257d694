// Package request has what the handlers of requests share: refusals in PocketBase's shape, who asks, pages of lists, and
// answers that clients may keep or get compressed.
package request

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/internal/database"
	"gonets/internal/denial"
	"gonets/internal/printable"
)

// Refusals collects what is wrong with the fields of a record. PocketBase answers them with 400 and
// {field: {code, message}}; the code is a stable word that the UI translates.
type Refusals validation.Errors

// Add notes one problem of a field; the first one noted stays.
func (r Refusals) Add(field, code, message string) {
	if _, has := r[field]; !has {
		r[field] = validation.NewError(code, message)
	}
}

// Err is nil without problems.
func (r Refusals) Err() error {
	if len(r) == 0 {
		return nil
	}
	return validation.Errors(r)
}

// Refuse is the error of a single field.
func Refuse(field, code, message string) error {
	r := Refusals{}
	r.Add(field, code, message)
	return r.Err()
}

// OneLine refuses control characters in the fields: a line break in a value that gets into a mail header would start another
// header.
func (r Refusals) OneLine(record *core.Record, fields ...string) {
	for _, field := range fields {
		if strings.ContainsFunc(record.GetString(field), BreaksLine) {
			r.Add(field, "no_line_breaks", "Must be one line without control characters")
		}
	}
}

// Within notes the field as an invalid reference unless every record that it points at is in the collection and belongs to the
// record's owner. Missing records and those of others get the same answer. References that did not change are not checked
// again, and a record without an owner has another problem.
func (r Refusals) Within(app core.App, record *core.Record, field, collection string) error {
	if record.GetString("owner") == "" || !Changed(record, field) {
		return nil
	}
	ids := record.GetStringSlice(field)
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)

	var found int
	err := app.DB().NewQuery("SELECT COUNT(*) FROM " + collection + " WHERE id IN (SELECT value FROM json_each({:ids})) AND owner = {:owner}").
		Bind(dbx.Params{"ids": database.JSONArray(ids), "owner": record.GetString("owner")}).Row(&found)
	if err != nil {
		return fmt.Errorf("look up %s.%s: %w", record.Collection().Name, field, err)
	}
	if found != len(ids) {
		r.Add(field, "invalid_reference", "There is no such record among the owner's "+collection)
	}
	return nil
}

// BreaksLine reports whether r is a control character or one of Unicode's line and paragraph separators.
func BreaksLine(r rune) bool { return printable.BreaksLine(r) }

// Changed reports whether the record's field differs from the value that was read from the database. JSON is compared by
// value.
func Changed(record *core.Record, field string) bool {
	return !reflect.DeepEqual(plain(record.Get(field)), plain(record.Original().Get(field)))
}

// plain is a field's value after a round trip through JSON; an empty list equals no list.
func plain(value any) any {
	raw, err := json.Marshal(value)
	if err != nil {
		return value
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return value
	}
	if list, ok := v.([]any); ok && len(list) == 0 {
		return nil
	}
	return v
}

// SetDefault sets an empty field.
func SetDefault(record *core.Record, field string, value any) {
	if record.GetString(field) == "" {
		record.Set(field, value)
	}
}

// Denied is the answer to a *denial.Error; ok is false for any other error. field is the one that it is about when it names none.
func Denied(err error, field string) (answer *router.ApiError, ok bool) {
	var denied *denial.Error
	if !errors.As(err, &denied) {
		return nil, false
	}
	message := AsSentence(denied.Message)
	return apis.NewApiError(denied.Status, message, Refuse(cmp.Or(denied.Field, field), denied.Code, message)), true
}

// AsSentence makes a sentence of an error: with a capital letter and a full stop.
func AsSentence(s string) string {
	if s == "" {
		return s
	}
	if s[0] >= 'a' && s[0] <= 'z' {
		s = string(s[0]-'a'+'A') + s[1:]
	}
	return s + "."
}
