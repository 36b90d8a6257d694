package request

import (
	"encoding/base64"
	"net/url"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
)

// cursorParam is the parameter with which logs are read from a place on, the newest record first.
const cursorParam = "cursor"

// A Cursor is a place in a log: after the record of that time and id, where the next page begins. Clients get it as one word. It is
// no secret, and lets nobody see more than the list without it.
type Cursor struct {
	Created string // as PocketBase writes times
	ID      string
}

// String is the cursor as clients get it.
func (c Cursor) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(c.Created + "~" + c.ID))
}

// CursorOf reads the cursor of a query: byCursor is false if the log is read by page, and the cursor is empty for the first page. It fails
// with invalid_cursor.
func CursorOf(query url.Values) (c Cursor, byCursor bool, err error) {
	given := query.Get(cursorParam)
	if given == "" {
		return c, query.Has(cursorParam), nil
	}
	c, ok := parseCursor(given)
	if !ok {
		const message = "The cursor is none that this list has given: begin again with an empty cursor."
		return c, true, apis.NewBadRequestError(message, Refuse(cursorParam, "invalid_cursor", message))
	}
	return c, true, nil
}

// CursorAfter is the cursor of the page after these records, as clients get it; empty if the page is not full.
func CursorAfter(records []*core.Record, perPage int) string {
	if len(records) == 0 || len(records) < perPage {
		return ""
	}
	last := records[len(records)-1]
	return Cursor{Created: last.GetString("created"), ID: last.Id}.String()
}

// parseCursor reads a cursor that a client sends back. ok is false if it is none of ours.
func parseCursor(s string) (c Cursor, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return c, false
	}
	c.Created, c.ID, ok = strings.Cut(string(raw), "~")
	if _, err := time.Parse("2006-01-02 15:04:05.000Z", c.Created); err != nil || len(c.ID) > 50 {
		return c, false
	}
	return c, ok && !strings.ContainsFunc(c.ID, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_'
	})
}
