package clientexport

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
	"gonets/internal/excerpt"
)

// listsSQL looks each client up in idx_subscriptions_client, which has all that is read.
const listsSQL = `
	SELECT c.key, s.list, s.status
	FROM json_each({:clients}) c CROSS JOIN subscriptions s ON s.client = c.value
	WHERE s.status IN ('confirmed', 'unsubscribed')`

// subscription says that the client at a place of a page is on a list, or has left it.
type subscription struct {
	at           int
	list, status string
}

// readLists fills in the lists of the clients, in the order of their names. Who has not confirmed yet is on none.
func (x *export) readLists(ctx context.Context, page []client) error {
	all, err := x.subscriptions(ctx, page)
	if err != nil {
		return err
	}
	if err := x.learnNames(ctx, all); err != nil {
		return err
	}
	for _, s := range all {
		name, known := x.names[s.list]
		switch c := &page[s.at]; {
		case !known: // deleted meanwhile
		case s.status == "confirmed":
			c.lists = append(c.lists, name)
		default:
			c.left = append(c.left, name)
		}
	}
	for i := range page {
		slices.Sort(page[i].lists)
		slices.Sort(page[i].left)
	}
	return nil
}

func (x *export) subscriptions(ctx context.Context, page []client) (all []subscription, err error) {
	ids := make([]string, len(page))
	for i, c := range page {
		ids[i] = c.ID
	}
	rows, err := x.app.ConcurrentDB().NewQuery(listsSQL).WithContext(ctx).Bind(dbx.Params{"clients": database.JSONArray(ids)}).Rows()
	if err != nil {
		return nil, fmt.Errorf("read the lists of the clients to export: %w", err)
	}
	defer func() {
		if cerr := errors.Join(rows.Err(), rows.Close()); cerr != nil {
			err = errors.Join(err, fmt.Errorf("read the lists of the clients to export: %w", cerr))
		}
	}()
	for rows.Next() {
		var s subscription
		if err := rows.Rows.Scan(&s.at, &s.list, &s.status); err != nil {
			return nil, fmt.Errorf("read a list of a client to export: %w", err)
		}
		all = append(all, s)
	}
	return all, nil
}

// mostNames is how many names of lists are kept from page to page.
const mostNames = 10_000

// learnNames reads the names of lists that are not known yet.
func (x *export) learnNames(ctx context.Context, all []subscription) error {
	if len(x.names) > mostNames {
		clear(x.names)
	}
	unknown := map[string]bool{}
	for _, s := range all {
		if _, known := x.names[s.list]; !known {
			unknown[s.list] = true
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	var lists []struct{ ID, Name string }
	err := x.app.ConcurrentDB().NewQuery(`SELECT l.id, l.name FROM json_each({:ids}) j JOIN lists l ON l.id = j.value WHERE l.owner = {:owner}`).
		WithContext(ctx).Bind(dbx.Params{"owner": x.wanted.Owner, "ids": database.JSONArray(slices.Collect(maps.Keys(unknown)))}).All(&lists)
	if err != nil {
		return fmt.Errorf("read the names of lists to export: %w", err)
	}
	for _, l := range lists {
		x.names[l.ID] = l.Name
	}
	return nil
}

// joinNames writes names of lists into one cell, separated by commas. A name with a comma or a quotation mark is quoted as in
// CSV.
func joinNames(names []string) string {
	if len(names) == 0 {
		return ""
	}
	lines, plain := make([]string, len(names)), true
	for i, name := range names {
		lines[i] = excerpt.OneLine(name)
		plain = plain && isPlain(lines[i])
	}
	if plain {
		return strings.Join(lines, ",")
	}
	var cell strings.Builder
	w := csv.NewWriter(&cell)
	if err := w.Write(lines); err != nil {
		panic(err) // a strings.Builder takes everything
	}
	w.Flush()
	return strings.TrimSuffix(cell.String(), "\n")
}

// isPlain reports whether CSV has the text without quotation marks, for certain.
func isPlain(line string) bool {
	first, _ := utf8.DecodeRuneInString(line)
	return line != "" && !unicode.IsSpace(first) && !strings.ContainsAny(line, ",\"\\\r\n")
}

// ListNames are the names of lists in a cell that joinNames has written, or that somebody has typed like that.
func ListNames(cell string) []string {
	r := csv.NewReader(strings.NewReader(excerpt.OneLine(cell)))
	r.LazyQuotes, r.TrimLeadingSpace = true, true
	cells, err := r.Read()
	if err != nil {
		return nil
	}
	var names []string
	for _, name := range cells {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}
