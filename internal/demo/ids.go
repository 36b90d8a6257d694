package demo

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
)

// ids makes ids of records of 15 characters, which PocketBase requires: eight for the time in milliseconds, by which they
// sort, two for the shop, five for a counter.
type ids struct {
	prefix string
	count  uint64
}

func (i *ids) at(t time.Time) string {
	i.count++
	return database.Base36(uint64(t.UnixMilli()), 8) + i.prefix + database.Base36(i.count, 5)
}

// rows are rows to insert into one table.
type rows struct {
	table   string
	columns []string
	values  [][]any
}

func newRows(table string, columns ...string) *rows { return &rows{table: table, columns: columns} }

// add adds a row; lists and maps are written as JSON.
func (r *rows) add(values ...any) { r.values = append(r.values, values) }

// insert writes all rows in one statement. Other columns get their default.
func (r *rows) insert(db dbx.Builder) error {
	if len(r.values) == 0 {
		return nil
	}
	picked := make([]string, len(r.columns))
	for i := range picked {
		picked[i] = fmt.Sprintf("value ->> %d", i)
	}
	_, err := db.NewQuery(`INSERT INTO ` + r.table + ` (` + strings.Join(r.columns, ", ") + `)
		SELECT ` + strings.Join(picked, ", ") + ` FROM json_each({:rows})`).
		Bind(dbx.Params{"rows": encode(r.values)}).Execute()
	if err != nil {
		return fmt.Errorf("add rows of %s: %w", r.table, err)
	}
	r.values = nil
	return nil
}

// encode writes rows as JSON.
func encode(values [][]any) string {
	raw, err := json.Marshal(values)
	if err != nil {
		panic(err) // texts, numbers and maps of them always encode
	}
	return string(raw)
}
