package request

import (
	"encoding/base64"
	"strings"
	"time"
)

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

// ParseCursor reads a cursor that a client sends back. ok is false if it is none of ours.
func ParseCursor(s string) (c Cursor, ok bool) {
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
