package clientrow

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gonets/internal/excerpt"
	"gonets/internal/tablefile"
)

// Column says where a column of a file goes.
type Column struct {
	Header string `json:"header"` // what its header says; "" when the file has none
	// Field is email, full_name, comment, language, attributes (an object in JSON), attributes.<name>, lists, lists_left, a field that
	// says who has left (status, subscribed, unsubscribed, bounced, complained, blocked), or "" for nowhere.
	Field string `json:"field"`
	By    string `json:"by,omitempty"` // why: mapping, header, content or place

	alsoStatus bool // an attribute whose cells may say all the same that somebody has left
}

// Why a column has its field: the values of Column.By.
const (
	byMapping = "mapping"
	byHeader  = "header"
	byContent = "content"
	byPlace   = "place" // there is no header
)

// Columns decides where each column of a file goes: as the mapping says, which names columns by header or by number from 1,
// and otherwise by the header and what the column has. header is nil for a file without one; rows are some of the records,
// counts those of as many as were needed. The error is a *tablefile.Error.
func Columns(header []string, rows [][]string, counts Counts, mapping map[string]string) ([]Column, error) {
	width := len(counts.Filled)
	for width > len(header) && counts.Filled[width-1] == 0 { // delimiters at the ends of lines make no column
		width--
	}
	cols := make([]Column, max(len(header), width))
	for i := range cols {
		if i < len(header) {
			cols[i].Header = excerpt.Of(Clean(header[i]), maxHeader)
		}
	}
	if err := mapColumns(cols, mapping); err != nil {
		return nil, err
	}
	g := guess{cols: cols, rows: rows, counts: counts}
	if header == nil {
		g.byPlace()
	} else {
		g.byHeader()
	}
	if !slices.ContainsFunc(cols, isEmailColumn) {
		return nil, tablefile.Errorf("no_email_column", "no column of the file has e-mail addresses in it")
	}
	uniqueFields(cols)
	return cols, nil
}

func isEmailColumn(c Column) bool { return c.Field == "email" }

// mapColumns applies the mapping.
func mapColumns(cols []Column, mapping map[string]string) error {
	for name, field := range mapping {
		if !isTarget(field) {
			return &tablefile.Error{Field: "mapping", Code: "unknown_field", Detail: fmt.Sprintf(
				"a column goes to email, full_name, comment, language, attributes.<name>, status or nowhere (\"\"), not to %q", field)}
		}
		i := slices.IndexFunc(cols, func(c Column) bool {
			return c.Header != "" && strings.EqualFold(c.Header, excerpt.Of(Clean(name), maxHeader))
		})
		if i < 0 {
			n, err := strconv.Atoi(name)
			if err != nil || n < 1 || n > len(cols) {
				return &tablefile.Error{Field: "mapping", Code: "unknown_column", Detail: fmt.Sprintf("the file has no column %q", name)}
			}
			i = n - 1
		}
		cols[i].Field, cols[i].By = field, byMapping
	}
	return nil
}

// isTarget reports whether a mapping can send a column to the field.
func isTarget(field string) bool {
	if key, ok := strings.CutPrefix(field, "attributes."); ok {
		return isOwnKey(key) && !strings.ContainsAny(key, `"'\[]{}`)
	}
	return saysWhoLeft(field) || slices.Contains([]string{"", "email", "full_name", "comment", "language", "attributes", "lists", "lists_left"}, field)
}

// guess decides about the columns that the mapping does not name.
type guess struct {
	cols   []Column
	rows   [][]string
	counts Counts
}

func (g *guess) set(i int, field, by string) {
	if g.cols[i].By != byMapping {
		g.cols[i].Field, g.cols[i].By = field, by
	}
}

func (g *guess) isMapped(i int) bool { return g.cols[i].By == byMapping }

// cells are some cells of a column.
func (g *guess) cells(column int) []string {
	var cells []string
	for _, row := range g.rows {
		if column < len(row) {
			cells = append(cells, tablefile.Unguard(Clean(row[column])))
		}
	}
	return cells
}

// byHeader decides by the headers, and by what the columns have where a header may mean several things.
func (g *guess) byHeader() {
	if isOwnExport(g.cols) {
		g.ownExport()
		return
	}
	kinds := make([]int, len(g.cols))
	for i, c := range g.cols {
		var reason string
		kinds[i], reason = kindOfHeader(c.Header)
		g.set(i, "attributes."+attributeName(c.Header, i), byHeader)
		switch kinds[i] {
		case kindComment:
			g.set(i, "comment", byHeader)
		case kindStatus:
			g.who(i, fieldStatus)
		case kindSubscribed:
			g.who(i, fieldSubscribed)
		case kindConfirmed:
			g.who(i, fieldConfirmed)
		case kindLeft:
			g.who(i, leftField(reason))
		}
		if cells := g.cells(i); len(cells) > 0 && !g.isMapped(i) && areObjects(cells) {
			g.set(i, "attributes", byContent)
		}
	}
	g.names(kinds)
	g.address(func(i int) bool { return kinds[i] == kindEmail })
}

// who sends a column to a field that says who has left, if its cells do. If they do not, they may say so further on.
func (g *guess) who(i int, field string) {
	if g.isMapped(i) {
		return
	}
	cells := g.cells(i)
	if fits(field, cells) && (field != fieldStatus || sayLeft(cells)) {
		g.set(i, field, byHeader)
	} else {
		g.cols[i].alsoStatus = true
	}
}

func areObjects(cells []string) bool {
	some := false
	for _, cell := range cells {
		if cell == "" {
			continue
		}
		if !isObject(cell) {
			return false
		}
		some = true
	}
	return some
}

// names decides which columns are the name: the one with the whole name, and the parts of it only when there is none.
func (g *guess) names(kinds []int) {
	hasLast, hasFirst := slices.Contains(kinds, kindLastName), slices.Contains(kinds, kindFirstName)
	whole := -1
	for i, kind := range kinds {
		if g.cols[i].Field == "full_name" { // mapped
			return
		}
		isWhole := kind == kindWholeName || kind == kindName && (!hasLast || hasFirst)
		if isWhole && !g.isMapped(i) && i < len(g.counts.Filled) && g.counts.Filled[i] > 0 &&
			(whole < 0 || kind == kindWholeName && kinds[whole] == kindName) {
			whole = i
		}
	}
	if whole >= 0 {
		g.set(whole, "full_name", byHeader)
		return
	}
	for i, kind := range kinds {
		if kind == kindWholeName || kind == kindName || kind == kindFirstName || kind == kindMiddleName || kind == kindLastName {
			g.set(i, "full_name", byHeader)
		}
	}
}

// address decides which column has the addresses: of those that are called so, the first that has some, and otherwise the one
// with the most.
func (g *guess) address(called func(i int) bool) {
	if slices.ContainsFunc(g.cols, isEmailColumn) {
		return
	}
	first, best, most := -1, -1, 0
	for i := range g.cols {
		n := 0
		if i < len(g.counts.Addresses) {
			n = g.counts.Addresses[i]
		}
		switch {
		case g.isMapped(i):
		case called(i) && n > 0:
			g.set(i, "email", byHeader)
			return
		case called(i) && first < 0:
			first = i
		}
		if !g.isMapped(i) && n > most {
			best, most = i, n
		}
	}
	switch {
	case best >= 0:
		g.set(best, "email", byContent)
	case first >= 0:
		g.set(first, "email", byHeader)
	}
}

// byPlace decides for a file without a header: the column with the most addresses is the address, the first other one is the
// name.
func (g *guess) byPlace() {
	named := slices.ContainsFunc(g.cols, func(c Column) bool { return c.Field == "full_name" })
	for i := range g.cols {
		g.set(i, "attributes."+attributeName("", i), byPlace)
	}
	g.address(func(int) bool { return false })
	for i := range g.cols {
		if cells := g.cells(i); !g.isMapped(i) && g.cols[i].Field != "email" && areObjects(cells) {
			g.set(i, "attributes", byContent)
		}
	}
	for i := range g.cols {
		if !named && !g.isMapped(i) && strings.HasPrefix(g.cols[i].Field, "attributes.") && i <= 1 && isLikeName(g.cells(i)) {
			g.set(i, "full_name", byPlace)
			named = true
		}
	}
}

// isLikeName reports whether the cells of a column can be names: most have letters and no digits.
func isLikeName(cells []string) bool {
	names, all := 0, 0
	for _, cell := range cells {
		if cell == "" {
			continue
		}
		all++
		if !strings.ContainsAny(cell, "0123456789{}@") && utf8.RuneCountInString(cell) <= 200 {
			names++
		}
	}
	return names*2 > all
}

// uniqueFields makes attributes of further address, comment and list columns, and adds numbers to equal names of attributes.
// Several columns of a name stay, they are joined, and several that say who has left, or that are objects.
func uniqueFields(cols []Column) {
	seen := map[string]bool{}
	for i := range cols {
		field := cols[i].Field
		if field == "" || field == "full_name" || field == "attributes" || saysWhoLeft(field) {
			continue
		}
		if seen[field] && !strings.HasPrefix(field, "attributes.") {
			field = "attributes." + attributeName(cols[i].Header, i)
		}
		base := field
		for n := 2; seen[field]; n++ {
			field = base + "_" + strconv.Itoa(n)
		}
		cols[i].Field, seen[field] = field, true
	}
}
