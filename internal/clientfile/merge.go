package clientfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"gonets/internal/clientexport"
	"gonets/internal/clientrow"
)

// Conflict is what an import does with the values of a client who exists already.
type Conflict string

// The values of on_conflict.
const (
	Keep      Conflict = "keep"      // existing clients stay as they are
	Fill      Conflict = "fill"      // empty fields get the values of the file
	Overwrite Conflict = "overwrite" // the values of the file replace those of the client; empty cells do not
)

// storedClient is a client in the database.
type storedClient struct {
	ID         string `db:"id"`
	Email      string `db:"email"`
	FullName   string `db:"full_name"`
	Comment    string `db:"comment"`
	Language   string `db:"language"`
	Attributes string `db:"attributes"`
}

// errAttributes is the error of a client whose attributes, which something else than the API wrote, are no JSON object.
var errAttributes = errors.New("the attributes of the client are not a JSON object")

// merge returns the client as it is after the row. changed is false when nothing is different. It may fail with
// errAttributes.
func (k storedClient) merge(r clientrow.Row, c Conflict) (after storedClient, changed bool, err error) {
	after = k
	if c == Keep {
		return after, false, nil
	}
	replaces := func(old, new string) bool { return new != "" && new != old && (old == "" || c == Overwrite) }
	if replaces(k.FullName, r.FullName) {
		after.FullName, changed = r.FullName, true
	}
	if replaces(k.Comment, r.Comment) {
		after.Comment, changed = r.Comment, true
	}
	if replaces(k.Language, r.Language) {
		after.Language, changed = r.Language, true
	}
	if len(r.Attributes) == 0 {
		return after, changed, nil
	}

	attributes := map[string]json.RawMessage{}
	if raw := strings.TrimSpace(k.Attributes); raw != "" && raw != "null" {
		if err := json.Unmarshal([]byte(raw), &attributes); err != nil {
			return k, false, fmt.Errorf("%w: %w", errAttributes, err)
		}
	}
	merged := false
	for _, a := range r.Attributes {
		if replaces(clientexport.AttributeText(attributes[a.Key]), a.Text) {
			attributes[a.Key], merged = a.Value(), true
		}
	}
	if !merged {
		return after, changed, nil
	}
	raw, err := json.Marshal(attributes)
	after.Attributes = string(raw)
	return after, true, err
}
