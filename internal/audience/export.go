package audience

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// exportColumns are the columns that every export begins with. One a name of the attributes follow.
var exportColumns = []string{"email", "full_name", "comment", "status", "created"}

// exportPage is how many clients are read at a time.
const exportPage = 2000

// exporting is the export of all clients of one owner, in whatever kind of file.
type exporting struct {
	app   core.App
	owner string
	keys  []string // names of the attributes, a column each
}

// newExporting finds out which columns there are.
func newExporting(ctx context.Context, app core.App, owner string) (*exporting, error) {
	x := &exporting{app: app, owner: owner}
	err := app.ConcurrentDB().NewQuery(`
		SELECT DISTINCT a.key
		FROM clients c, json_each(CASE WHEN json_valid(c.attributes) AND json_type(c.attributes) = 'object' THEN c.attributes ELSE '{}' END) a
		WHERE c.owner = {:owner} ORDER BY a.key`).
		WithContext(ctx).Bind(dbx.Params{"owner": owner}).Column(&x.keys)
	if err != nil {
		return nil, fmt.Errorf("find the attributes to export: %w", err)
	}
	return x, nil
}

// header is the first line of the file. Import knows what each of its names means.
func (x *exporting) header() []string {
	header := append([]string{}, exportColumns...)
	for _, key := range x.keys {
		header = append(header, "attributes."+key)
	}
	return header
}

// each calls write with the cells of every client, by address. The cells are good until the next call.
//
// It pages by address, so that no read takes long; a client who is added meanwhile may be in it or not.
func (x *exporting) each(ctx context.Context, write func(cells []string) error) error {
	cells := make([]string, len(exportColumns)+len(x.keys))
	for after := ""; ; {
		page, err := x.page(ctx, after)
		if err != nil {
			return err
		}
		for _, c := range page {
			x.fill(cells, c)
			if err := write(cells); err != nil {
				return err
			}
		}
		if len(page) < exportPage {
			return nil
		}
		after = page[len(page)-1].Email
	}
}

type exportRow struct {
	known
	Status  string `db:"status"`
	Created string `db:"created"`
}

// page reads a page in the order of idx_clients_owner_email.
func (x *exporting) page(ctx context.Context, after string) ([]exportRow, error) {
	var rows []exportRow
	err := x.app.ConcurrentDB().NewQuery(fmt.Sprintf(`
		SELECT id, email, full_name, comment, COALESCE(attributes, '') AS attributes, status, created
		FROM clients WHERE owner = {:owner} AND email > {:after}
		ORDER BY email LIMIT %d`, exportPage)).
		WithContext(ctx).Bind(dbx.Params{"owner": x.owner, "after": after}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("read the clients to export: %w", err)
	}
	return rows, nil
}

// fill puts the client's line into cells.
func (x *exporting) fill(cells []string, r exportRow) {
	copy(cells, []string{r.Email, r.FullName, r.Comment, r.Status, r.Created})
	var attributes map[string]json.RawMessage
	if bytes.HasPrefix(bytes.TrimSpace([]byte(r.Attributes)), []byte("{")) {
		_ = json.Unmarshal([]byte(r.Attributes), &attributes) // what is no JSON has no attributes
	}
	for i, key := range x.keys {
		cells[len(exportColumns)+i] = attributeText(attributes[key])
	}
}
