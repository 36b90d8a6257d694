package clientexport

import (
	"context"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
	"gonets/internal/excerpt"
)

// listsSQL looks each client up in idx_subscriptions_client; the + keeps SQLite from reading all subscriptions of the owner for each.
const listsSQL = `
	SELECT s.client AS client, l.name AS name, s.status AS status
	FROM json_each({:clients}) c CROSS JOIN subscriptions s ON s.client = c.value CROSS JOIN lists l ON l.id = s.list
	WHERE +s.owner = {:owner} AND s.status IN ('confirmed', 'unsubscribed')`

// readLists fills in the lists of the clients, in the order of their names. Who has not confirmed yet is on none.
func (x *export) readLists(ctx context.Context, page []client) error {
	ids, place := make([]string, len(page)), make(map[string]int, len(page))
	for i, c := range page {
		ids[i], place[c.ID] = c.ID, i
	}
	var found []struct{ Client, Name, Status string }
	err := x.app.ConcurrentDB().NewQuery(listsSQL + ` ORDER BY s.client, l.name`).WithContext(ctx).
		Bind(dbx.Params{"owner": x.wanted.Owner, "clients": database.JSONArray(ids)}).All(&found)
	if err != nil {
		return fmt.Errorf("read the lists of the clients to export: %w", err)
	}
	for _, f := range found {
		c := &page[place[f.Client]]
		if f.Status == "confirmed" {
			c.lists = append(c.lists, f.Name)
		} else {
			c.left = append(c.left, f.Name)
		}
	}
	return nil
}

// joinNames writes names of lists into one cell, separated by commas. A name with a comma or a quotation mark is quoted as in
// CSV.
func joinNames(names []string) string {
	if len(names) == 0 {
		return ""
	}
	var cell strings.Builder
	w := csv.NewWriter(&cell)
	lines := make([]string, len(names))
	for i, name := range names {
		lines[i] = excerpt.OneLine(name)
	}
	if err := w.Write(lines); err != nil {
		panic(err) // a strings.Builder takes everything
	}
	w.Flush()
	return strings.TrimSuffix(cell.String(), "\n")
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
