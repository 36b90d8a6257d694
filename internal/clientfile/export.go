package clientfile

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// exportColumns are the columns that every export begins with. One a name of the attributes follow.
var exportColumns = []string{"email", "full_name", "comment", "status", "created"}

const (
	exportPage  = 2000    // clients that are read at a time
	exportBytes = 2 << 20 // bytes after which a page ends sooner
	// maxExportKeys is how many attributes have a column. What is beyond goes into one column together, as
	// JSON: a column for each would cost every client a cell.
	maxExportKeys = 1000
	maxCounted    = 20_000 // attributes that are counted to find those that most clients have
	maxKeyBytes   = 256    // of the name of an attribute with a column
)

// restColumn is the name of the column of attributes without one.
const restColumn = "attributes"

// exporting is the export of all clients of one owner, in whatever kind of file.
type exporting struct {
	app     core.App
	owner   string
	keys    []string       // names of the attributes with a column, in their order
	columns map[string]int // the place of each in keys
	rest    bool           // there are others
}

// newExporting finds out which columns there are: one for each attribute, or for those that most clients
// have.
func newExporting(ctx context.Context, app core.App, owner string) (*exporting, error) {
	x := &exporting{app: app, owner: owner, columns: map[string]int{}}
	counts := map[string]int{}
	err := x.each(ctx, func(c exportRow) error {
		for key := range c.attributes() {
			n, counted := counts[key]
			if len(key) > maxKeyBytes || !counted && len(counts) == maxCounted {
				x.rest = true
				continue
			}
			counts[key] = n + 1
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	x.keys = slices.Collect(maps.Keys(counts))
	if len(x.keys) > maxExportKeys {
		slices.SortFunc(x.keys, func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
		x.keys, x.rest = x.keys[:maxExportKeys], true
	}
	slices.Sort(x.keys)
	for i, key := range x.keys {
		x.columns[key] = i
	}
	return x, nil
}

// header is the first line of the file. Import knows what each of its names means.
func (x *exporting) header() []string {
	header := append([]string{}, exportColumns...)
	for _, key := range x.keys {
		header = append(header, "attributes."+key)
	}
	if x.rest {
		header = append(header, restColumn)
	}
	return header
}

// cells calls write with the cells of every client, by address. The cells are good until the next call.
func (x *exporting) cells(ctx context.Context, write func(cells []string) error) error {
	cells := make([]string, len(x.header()))
	return x.each(ctx, func(c exportRow) error {
		if err := x.fill(cells, c); err != nil {
			return err
		}
		return write(cells)
	})
}

// each calls do with every client, by address.
//
// It pages by address, so that no read takes long; a client who is added meanwhile may be in it or not.
func (x *exporting) each(ctx context.Context, do func(exportRow) error) error {
	for after := ""; ; {
		page, err := x.page(ctx, after)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, c := range page {
			if err := do(c); err != nil {
				return err
			}
		}
		after = page[len(page)-1].Email
	}
}

type exportRow struct {
	storedClient
	Status  string `db:"status"`
	Created string `db:"created"`
}

// attributes are the client's attributes. What is no object has none.
func (r exportRow) attributes() map[string]json.RawMessage {
	var attributes map[string]json.RawMessage
	if strings.HasPrefix(strings.TrimSpace(r.Attributes), "{") {
		_ = json.Unmarshal([]byte(r.Attributes), &attributes) // what is no JSON has none either
	}
	return attributes
}

// page reads a page in the order of idx_clients_owner_email.
func (x *exporting) page(ctx context.Context, after string) (page []exportRow, err error) {
	rows, err := x.app.ConcurrentDB().NewQuery(fmt.Sprintf(`
		SELECT id, email, full_name, comment, COALESCE(attributes, '') AS attributes, status, created
		FROM clients WHERE owner = {:owner} AND email > {:after}
		ORDER BY email LIMIT %d`, exportPage)).
		WithContext(ctx).Bind(dbx.Params{"owner": x.owner, "after": after}).Rows()
	if err != nil {
		return nil, fmt.Errorf("read the clients to export: %w", err)
	}
	defer func() {
		if cerr := errors.Join(rows.Err(), rows.Close()); cerr != nil {
			page, err = nil, errors.Join(err, fmt.Errorf("read the clients to export: %w", cerr))
		}
	}()
	for size := 0; size < exportBytes && rows.Next(); {
		var c exportRow
		if err := rows.ScanStruct(&c); err != nil {
			return nil, fmt.Errorf("read a client to export: %w", err)
		}
		page = append(page, c)
		size += len(c.Email) + len(c.FullName) + len(c.Comment) + len(c.Attributes)
	}
	return page, nil
}

// fill puts the client's line into cells.
func (x *exporting) fill(cells []string, r exportRow) error {
	clear(cells)
	copy(cells, []string{r.Email, r.FullName, r.Comment, r.Status, r.Created})
	rest := map[string]json.RawMessage{}
	for key, value := range r.attributes() {
		if column, has := x.columns[key]; has {
			cells[len(exportColumns)+column] = attributeText(value)
		} else {
			rest[key] = value
		}
	}
	if len(rest) == 0 || !x.rest { // added since the columns were counted
		return nil
	}
	encoded, err := json.Marshal(rest)
	if err != nil {
		return fmt.Errorf("write the attributes of %s: %w", r.ID, err)
	}
	cells[len(cells)-1] = string(encoded)
	return nil
}
