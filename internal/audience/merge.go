package audience

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Conflict is what an import does with what it has on a client who is known already.
type Conflict string

// The values of on_conflict.
const (
	Keep      Conflict = "keep"      // nothing: known clients stay as they are
	Fill      Conflict = "fill"      // it fills in what is empty
	Overwrite Conflict = "overwrite" // it takes the place of what is there; empty cells do not
)

// known is a client as the database has it.
type known struct {
	ID         string `db:"id"`
	Email      string `db:"email"`
	FullName   string `db:"full_name"`
	Comment    string `db:"comment"`
	Attributes string `db:"attributes"`
}

// errAttributes is why a client cannot be merged with a row: its attributes, written past the API, are no object.
var errAttributes = errors.New("the attributes of the client are not a JSON object")

// merge returns the client as it is after the row. changed is false when nothing is different. It may fail with
// errAttributes.
func (k known) merge(r row, c Conflict) (after known, changed bool, err error) {
	after = k
	if c == Keep {
		return after, false, nil
	}
	takes := func(old, new string) bool { return new != "" && new != old && (old == "" || c == Overwrite) }
	if takes(k.FullName, r.fullName) {
		after.FullName, changed = r.fullName, true
	}
	if takes(k.Comment, r.comment) {
		after.Comment, changed = r.comment, true
	}
	if len(r.attributes) == 0 {
		return after, changed, nil
	}

	attributes := map[string]json.RawMessage{}
	if raw := strings.TrimSpace(k.Attributes); raw != "" && raw != "null" {
		if err := json.Unmarshal([]byte(raw), &attributes); err != nil {
			return k, false, fmt.Errorf("%w: %w", errAttributes, err)
		}
	}
	merged := false
	for _, a := range r.attributes {
		if takes(attributeText(attributes[a.key]), a.value) {
			value, err := json.Marshal(a.value)
			if err != nil {
				return k, false, err
			}
			attributes[a.key], merged = value, true
		}
	}
	if !merged {
		return after, changed, nil
	}
	raw, err := json.Marshal(attributes)
	after.Attributes = string(raw)
	return after, true, err
}

// attributeText is the value of an attribute as a cell shows it: a text without its quotation marks,
// the rest as JSON writes it, nothing for null.
func attributeText(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	var s string
	if raw[0] == '"' && json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}
