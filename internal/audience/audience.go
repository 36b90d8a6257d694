// Package audience selects the clients who get a mailing, by lists, filters or one by one: it counts them, inserts them as
// recipients, and searches clients for lists by the same filters. Package suppression decides who must not be mailed.
package audience

import (
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
)

// The kinds of audience: the values of mailings.audience.
const (
	Everyone = "everyone" // all clients of the owner
	Lists    = "lists"    // those whose subscription to one of the lists is confirmed
	Picked   = "picked"   // those named one by one
)

// maxPicked is how many clients can be picked: the limit of mailings.recipients.
const maxPicked = 1000

// maxLists is how many lists can be named: the limit of mailings.lists.
const maxLists = 100

// Audience is the rule that says who a mailing goes to.
type Audience struct {
	Kind       string   // Everyone, Lists or Picked
	Lists      []string // ids of lists, for Lists
	Recipients []string // ids of clients, for Picked
	Filter     string   // narrows Everyone and Lists; PocketBase's syntax over the client's own fields
}

// OfMailing is the audience that a mailing names.
func OfMailing(mailing *core.Record) Audience {
	return Audience{
		Kind:       mailing.GetString("audience"),
		Lists:      mailing.GetStringSlice("lists"),
		Recipients: mailing.GetStringSlice("recipients"),
		Filter:     mailing.GetString("filter"),
	}
}

// InvalidError says which part of an audience cannot be used and why.
type InvalidError struct {
	Field  string // audience, lists, recipients or filter
	Code   string // a stable word: unknown_audience, unknown_list, unknown_client, too_many, or that of a FilterError
	Detail string // the same in English
}

// Error implements error.
func (e *InvalidError) Error() string { return e.Detail }

// Check returns an *InvalidError when the audience names lists or clients that the owner does not have, or a filter that
// cannot be parsed. An empty audience is valid.
func (a Audience) Check(app core.App, owner string) error {
	switch a.Kind {
	case Everyone, Lists:
	case Picked:
		if len(a.Recipients) > maxPicked {
			return &InvalidError{"recipients", "too_many", fmt.Sprintf("no more than %d clients can be picked", maxPicked)}
		}
		return checkOwn(app, "clients", owner, a.Recipients, &InvalidError{"recipients", "unknown_client", "there is no such client"})
	default:
		return &InvalidError{"audience", "unknown_audience", "an audience is everyone, lists or picked"}
	}
	if _, err := filterField(a.Filter); err != nil {
		return err
	}
	if a.Kind == Everyone {
		return nil
	}
	if len(a.Lists) > maxLists {
		return &InvalidError{"lists", "too_many", fmt.Sprintf("no more than %d lists can be named", maxLists)}
	}
	return checkOwn(app, "lists", owner, a.Lists, &InvalidError{"lists", "unknown_list", "there is no such list"})
}

// checkOwn returns wrong unless the owner has all records with these ids.
func checkOwn(app core.App, collection, owner string, ids []string, wrong *InvalidError) error {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) == 0 {
		return nil
	}
	var found int
	err := app.DB().Select("COUNT(*)").From(collection).
		Where(dbx.HashExp{"owner": owner}).
		AndWhere(dbx.NewExp("id IN (SELECT value FROM json_each({:ids}))", dbx.Params{"ids": database.JSONArray(ids)})).
		Row(&found)
	if err != nil {
		return fmt.Errorf("look up %s: %w", collection, err)
	}
	if found < len(ids) {
		return wrong
	}
	return nil
}
