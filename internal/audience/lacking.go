package audience

import (
	"context"
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// MaxLacking is for how many fields Lacking counts.
const MaxLacking = 20

// Lack is how many of an audience have no value in some fields.
type Lack struct {
	Of     int   // how many clients were looked at: those who may be mailed, up to 10 000
	Capped bool  // there are more of them
	Counts []int // without a value, by field
}

// Lacking counts who of the audience may be mailed and has no value in each of the fields: full_name, or an attribute as
// attributes.city. It looks at MaxLacking fields and 10 000 clients at most. The error is an *InvalidError if the audience is
// invalid, or takes too long.
func (a Audience) Lacking(ctx context.Context, app core.App, owner string, fields []string) (Lack, error) {
	s, err := a.Query(app, owner)
	if err != nil {
		return Lack{}, err
	}
	fields = fields[:min(len(fields), MaxLacking)]
	lack := Lack{Counts: make([]int, len(fields))}
	params := dbx.Params{"owner": owner, "cap": countCap + 1}
	to := []any{&lack.Of}
	var columns, sums strings.Builder
	for i, field := range fields {
		fmt.Fprintf(&columns, ", %s AS lacks%d", lackSQL(field, fmt.Sprintf("path%d", i), params), i)
		fmt.Fprintf(&sums, ", COALESCE(SUM(lacks%d), 0)", i)
		to = append(to, &lack.Counts[i])
	}
	query := `SELECT COUNT(*)` + sums.String() + ` FROM (
		SELECT c.id` + columns.String() + ` FROM clients c
		WHERE c.owner = {:owner} AND c.status IN ('', 'active') AND ` + s.where(params) + ` LIMIT {:cap})`
	err = inTime(ctx, app, func(ctx context.Context) error {
		return app.ConcurrentDB().NewQuery(query).WithContext(ctx).Bind(params).Row(to...)
	})
	if err != nil {
		return Lack{}, fmt.Errorf("count who lacks a value: %w", err)
	}
	if lack.Of > countCap {
		lack.Of, lack.Capped = countCap, true
	}
	return lack, nil
}

// lackSQL is whether a client, named c, has no value in a field. The path of an attribute is bound as a parameter; a name that
// SQLite cannot have in a path is counted for nobody.
func lackSQL(field, name string, params dbx.Params) string {
	path, ok := strings.CutPrefix(field, "attributes.")
	if !ok {
		return "(c.full_name = '')"
	}
	if strings.ContainsAny(path, `"\\`) {
		return "FALSE"
	}
	params[name] = jsonPath(strings.Split(path, "."))
	return "(COALESCE(CASE WHEN json_valid(c.attributes) THEN json_extract(c.attributes, {:" + name + "}) END, '') IN ('', '[]'))"
}
