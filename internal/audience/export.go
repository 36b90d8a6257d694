package audience

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// exportColumns are the columns that every export begins with. One a name of the attributes follow.
var exportColumns = []string{"email", "full_name", "comment", "status", "created"}

// exportPage is how many clients are read at a time.
const exportPage = 2000

// ExportCSV writes all clients of the owner: UTF-8 with a byte order mark, so that Excel reads it as
// such, CRLF, the delimiter that the reader's Excel wants (";" in Russia, "," elsewhere). Attributes
// get a column each, attributes.<name>. Cells that a spreadsheet program would take for formulas are
// guarded; Import takes that back.
//
// It pages by address, so that no read takes long; a client who is added meanwhile may be in it or not.
func ExportCSV(ctx context.Context, app core.App, owner string, delimiter rune, w io.Writer) error {
	keys, err := attributeKeys(ctx, app, owner)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(w, 64<<10)
	if _, err := buffered.WriteString("\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(buffered)
	out.Comma, out.UseCRLF = delimiter, true
	header := append([]string{}, exportColumns...)
	for _, key := range keys {
		header = append(header, "attributes."+key)
	}
	if err := out.Write(header); err != nil {
		return err
	}

	for after := ""; ; {
		page, err := exportRows(ctx, app, owner, after)
		if err != nil {
			return err
		}
		for _, c := range page {
			if err := out.Write(c.cells(keys)); err != nil {
				return err
			}
		}
		if len(page) < exportPage {
			break
		}
		after = page[len(page)-1].Email
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return buffered.Flush()
}

// attributeKeys are the names of all attributes that any of the owner's clients has.
func attributeKeys(ctx context.Context, app core.App, owner string) ([]string, error) {
	var keys []string
	err := app.ConcurrentDB().NewQuery(`
		SELECT DISTINCT a.key
		FROM clients c, json_each(CASE WHEN json_valid(c.attributes) AND json_type(c.attributes) = 'object' THEN c.attributes ELSE '{}' END) a
		WHERE c.owner = {:owner} ORDER BY a.key`).
		WithContext(ctx).Bind(dbx.Params{"owner": owner}).Column(&keys)
	if err != nil {
		return nil, fmt.Errorf("find the attributes to export: %w", err)
	}
	return keys, nil
}

type exportRow struct {
	known
	Status  string `db:"status"`
	Created string `db:"created"`
}

// exportRows reads a page in the order of idx_clients_owner_email.
func exportRows(ctx context.Context, app core.App, owner, after string) ([]exportRow, error) {
	var rows []exportRow
	err := app.ConcurrentDB().NewQuery(fmt.Sprintf(`
		SELECT id, email, full_name, comment, COALESCE(attributes, '') AS attributes, status, created
		FROM clients WHERE owner = {:owner} AND email > {:after}
		ORDER BY email LIMIT %d`, exportPage)).
		WithContext(ctx).Bind(dbx.Params{"owner": owner, "after": after}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("read the clients to export: %w", err)
	}
	return rows, nil
}

// cells are the client's line in the file.
func (r exportRow) cells(keys []string) []string {
	cells := []string{guard(r.Email), guard(r.FullName), guard(r.Comment), r.Status, r.Created}
	var attributes map[string]json.RawMessage
	if bytes.HasPrefix(bytes.TrimSpace([]byte(r.Attributes)), []byte("{")) {
		_ = json.Unmarshal([]byte(r.Attributes), &attributes) // what is no JSON has no attributes
	}
	for _, key := range keys {
		cells = append(cells, guard(attributeText(attributes[key])))
	}
	return cells
}
