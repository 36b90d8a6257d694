// Package clientexport writes the clients of an owner to files, as CSV or as a workbook.
package clientexport

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
)

// Columns are the columns with which every export begins. A column for each attribute follows. lists and lists_left are the
// names of the lists that the client is on, and has left: see ListNames.
var Columns = []string{"email", "full_name", "comment", "status", "lists", "lists_left", "created"}

// More are columns after those, which a file has if some client has a value: the language of the pages that the client opens,
// and the newest consents.
var More = []string{"language", "consents"}

const (
	pageClients = 2000    // clients that are read at a time
	pageBytes   = 2 << 20 // bytes after which a page ends sooner
	// maxKeys is how many attributes have a column. The others are in one column together, as JSON: a column for each
	// would cost every client a cell.
	maxKeys     = 1000
	maxCounted  = 20_000 // attributes that are counted to find those that most clients have
	maxKeyBytes = 256    // of the name of an attribute with a column
)

// restColumn is the name of the column of attributes without one.
const restColumn = "attributes"

// export is the export of the clients of one owner that are wanted, in whatever kind of file.
type export struct {
	app     core.App
	wanted  audience.Wanted
	where   dbx.Expression    // the same over clients, named c
	keys    []string          // names of the attributes with a column, in their order
	columns map[string]int    // the column of each
	rest    bool              // there are others
	names   map[string]string // of lists, by id; some of the owner's

	language, consents bool // the columns of More that there are
}

// newExport finds out which columns there are: one for each attribute, or for those that most clients
// have.
func newExport(ctx context.Context, app core.App, wanted audience.Wanted) (*export, error) {
	where, err := wanted.Where()
	if err != nil {
		return nil, err
	}
	x := &export{app: app, wanted: wanted, where: where, columns: map[string]int{}, names: map[string]string{}}
	counts := map[string]int{}
	err = x.each(ctx, x.described, func(page []client) error {
		for _, c := range page {
			x.language = x.language || c.Language != ""
			for key := range c.attributes() {
				n, counted := counts[key]
				if len(key) > maxKeyBytes || !counted && len(counts) == maxCounted {
					x.rest = true
					continue
				}
				counts[key] = n + 1
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := x.learn(ctx); err != nil {
		return nil, err
	}
	x.keys = slices.Collect(maps.Keys(counts))
	if len(x.keys) > maxKeys {
		slices.SortFunc(x.keys, func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
		x.keys, x.rest = x.keys[:maxKeys], true
	}
	slices.Sort(x.keys)
	first := len(x.fixed())
	for i, key := range x.keys {
		x.columns[key] = first + i
	}
	return x, nil
}

// learn finds out whether clients have a language, and the owner any consents.
func (x *export) learn(ctx context.Context) (err error) {
	db := x.app.ConcurrentDB()
	if x.consents, err = exists(ctx, db.Select("id").From("consents").Where(dbx.HashExp{"owner": x.wanted.Owner})); err != nil {
		return err
	}
	if x.wanted.Filter == "" { // with one, the languages are read with the attributes
		// In the order of idx_clients_owner_created, which is nearly that of the rows.
		x.language, err = exists(ctx, db.Select("c.id").From("clients c").Where(x.where).AndWhere(dbx.NewExp("c.language <> ''")).OrderBy("c.created"))
	}
	return err
}

func exists(ctx context.Context, query *dbx.SelectQuery) (bool, error) {
	var found []string
	if err := query.Limit(1).WithContext(ctx).Column(&found); err != nil {
		return false, fmt.Errorf("look for what there is to export: %w", err)
	}
	return len(found) > 0, nil
}

// fixed are the columns before those of attributes.
func (x *export) fixed() []string {
	columns := append([]string{}, Columns...)
	if x.language {
		columns = append(columns, More[0])
	}
	if x.consents {
		columns = append(columns, More[1])
	}
	return columns
}

// header is the first line of the file. An import understands each of its names.
func (x *export) header() []string {
	header := x.fixed()
	for _, key := range x.keys {
		header = append(header, "attributes."+key)
	}
	if x.rest {
		header = append(header, restColumn)
	}
	return header
}

// cells calls write with the cells of every client, in the order of their addresses. The slice is reused.
func (x *export) cells(ctx context.Context, write func(cells []string) error) error {
	cells := make([]string, len(x.header()))
	return x.each(ctx, x.page, func(page []client) error {
		// Consents take as long as clients and lists: so they are not read there.
		if err := x.readConsents(ctx, page); err != nil {
			return err
		}
		for _, c := range page {
			if err := x.fill(cells, c); err != nil {
				return err
			}
			if err := write(cells); err != nil {
				return err
			}
		}
		return nil
	})
}

type client struct {
	ID         string
	Email      string
	FullName   string
	Comment    string
	Attributes string
	Status     string
	Created    string
	Language   string

	lists, left []string // names, sorted
	consents    string   // for its cell
}

// attributes are the client's attributes; none when they are no object.
func (r client) attributes() map[string]json.RawMessage {
	var attributes map[string]json.RawMessage
	if strings.HasPrefix(strings.TrimSpace(r.Attributes), "{") {
		_ = json.Unmarshal([]byte(r.Attributes), &attributes) // nor when they are no JSON
	}
	return attributes
}

// fill writes the row of the client into cells.
func (x *export) fill(cells []string, r client) error {
	clear(cells)
	copy(cells, []string{r.Email, r.FullName, r.Comment, r.Status, joinNames(r.lists), joinNames(r.left), r.Created})
	next := len(Columns)
	if x.language {
		cells[next] = r.Language
		next++
	}
	if x.consents {
		cells[next] = r.consents
	}
	rest := map[string]json.RawMessage{}
	for key, value := range r.attributes() {
		if column, has := x.columns[key]; has {
			cells[column] = AttributeText(value)
		} else {
			rest[key] = value
		}
	}
	if len(rest) == 0 || !x.rest { // added since the columns were counted
		return nil
	}
	encoded, err := json.Marshal(rest)
	if err != nil {
		return fmt.Errorf("write the attributes of %s: %w", r.Email, err)
	}
	cells[len(cells)-1] = string(encoded)
	return nil
}

// AttributeText is the value of an attribute in a cell: a string without its quotation marks, "" for null, and the JSON of
// everything else.
func AttributeText(raw json.RawMessage) string {
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
