package audience

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ganigeorgiev/fexpr"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/search"

	"gonets/internal/database"
	"gonets/internal/deadline"
)

// maxFilter is the length in characters that the filter fields of the collections allow.
const maxFilter = 2000

// maxConditions is how many conditions one filter may have.
const maxConditions = 50

// filterColumns are the fields of a client that a filter can use, besides attributes.<path>.
var filterColumns = []string{"email", "full_name", "comment", "status", "created", "updated"}

// Codes of a FilterError, for translation.
const (
	FilterTooLong    = "filter_too_long"
	FilterUnreadable = "filter_unreadable"
	FilterField      = "filter_unknown_field"
	FilterFunction   = "filter_function"
	FilterTooComplex = "filter_too_complex"
	FilterPattern    = "filter_pattern_too_long"
	FilterTooSlow    = "filter_too_slow"
)

// FilterError says what is wrong with a filter over clients.
type FilterError struct {
	Code   string // one of the codes above
	Detail string // the same in English, with the part of the filter that is wrong
}

// Error implements error.
func (e *FilterError) Error() string { return e.Detail }

// CheckFilter returns nil for a filter that Query accepts, and otherwise a *FilterError. An empty filter is valid: every
// client matches it.
func CheckFilter(app core.App, filter string) error {
	where, err := buildFilter(filter)
	if err != nil || where == nil {
		return err
	}
	var none []string
	err = app.DB().Select("c.id").From("clients c").Where(where).Limit(0).Column(&none)
	if err != nil {
		return fmt.Errorf("try the filter %q: %w", filter, err)
	}
	return nil
}

// filterField is buildFilter with an *InvalidError.
func filterField(filter string) (dbx.Expression, error) {
	condition, err := buildFilter(filter)
	if wrong, ok := err.(*FilterError); ok {
		return nil, &InvalidError{"filter", wrong.Code, wrong.Detail}
	}
	return condition, err
}

// buildFilter makes a condition over the table clients, named c, of a filter in PocketBase's syntax, and nil of an empty one.
// It allows the client's own fields only: no relations, no other collections, nothing of the request.
func buildFilter(filter string) (dbx.Expression, error) {
	filter = strings.TrimSpace(filter)
	if filter == "" {
		return nil, nil
	}
	if utf8.RuneCountInString(filter) > maxFilter {
		return nil, &FilterError{FilterTooLong, fmt.Sprintf("the filter is longer than %d characters", maxFilter)}
	}
	if database.HasLongPattern(filter) {
		return nil, &FilterError{FilterPattern, longPattern}
	}

	fields := &clientFields{}
	aliased := fields.alias(filter)
	parsed, err := fexpr.Parse(aliased)
	if err != nil {
		return nil, &FilterError{FilterUnreadable, "the filter cannot be read: " + err.Error()}
	}
	if err := fields.plan(parsed); err != nil {
		return nil, err
	}
	where, err := search.FilterData(aliased).BuildExprWithLimit(fields, maxConditions)
	if errors.Is(err, search.ErrFilterExprLimit) {
		return nil, &FilterError{FilterTooComplex, fmt.Sprintf("the filter has more than %d conditions", maxConditions)}
	}
	if err != nil {
		return nil, &FilterError{FilterUnreadable, "the filter cannot be read: " + err.Error()}
	}
	return where, nil
}

// longPattern is the error of a search text that is too long.
var longPattern = fmt.Sprintf("a text to search for has at most %d characters", database.MaxPattern)

// inTime does work whose time depends on a filter. It fails with an *InvalidError when the work takes too long.
func inTime(ctx context.Context, app core.App, work func(context.Context) error) error {
	err := deadline.Run(ctx, app, work)
	if errors.Is(err, deadline.ErrPassed) {
		return &InvalidError{"filter", FilterTooSlow, err.Error()}
	}
	return err
}

// clientFields resolves the names in a filter to columns of clients. PocketBase's builder passes one
// side of a comparison at a time; but whether the attribute "30" is above 4 depends on the other side. So the filter is
// walked first (plan), in the order in which the builder asks (Resolve).
type clientFields struct {
	paths [][]string // the paths of attributes.0, attributes.1…
	asked []asked    // the names still to be resolved, in order
}

type asked struct {
	name string
	as   reading
}

// reading is how the value of an attribute is read, which depends on the other side of the comparison.
type reading int

const (
	readRaw    reading = iota // as SQLite reads JSON: with true, false, null, another field
	readNumber                // as a number, also from text; NULL when it is no number
	readText                  // as text, a missing one as the empty text
	readOrder                 // as text that is compared by order
)

// attributePath finds attributes.<path>, and texts in quotes, which are skipped.
var attributePath = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\battributes((?:\.[\pL\pN_-]+)+)`)

// alias replaces the attributes of a filter by numbers: PocketBase's parser reads ASCII names only, and attributes may have
// names such as "город".
func (f *clientFields) alias(filter string) string {
	return attributePath.ReplaceAllStringFunc(filter, func(found string) string {
		path, ok := strings.CutPrefix(found, "attributes.")
		if !ok {
			return found
		}
		f.paths = append(f.paths, strings.Split(path, "."))
		return "attributes." + strconv.Itoa(len(f.paths)-1)
	})
}

// plan stores in f.asked how each name is read, and refuses names that a filter cannot have.
func (f *clientFields) plan(groups []fexpr.ExprGroup) error {
	for _, g := range groups {
		var err error
		switch item := g.Item.(type) {
		case fexpr.Expr:
			if err = f.planOperand(item.Left, item.Op, item.Right); err == nil {
				err = f.planOperand(item.Right, item.Op, item.Left)
			}
		case fexpr.ExprGroup:
			err = f.plan([]fexpr.ExprGroup{item})
		case []fexpr.ExprGroup:
			err = f.plan(item)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *clientFields) planOperand(t fexpr.Token, op fexpr.SignOp, other fexpr.Token) error {
	switch t.Type {
	case fexpr.TokenFunction:
		return &FilterError{FilterFunction, fmt.Sprintf("a filter has no functions: %s(…)", t.Literal)}
	case fexpr.TokenIdentifier:
		if isConstant(t.Literal) {
			return nil
		}
		if _, err := f.column(asked{name: t.Literal}); err != nil {
			return err
		}
		f.asked = append(f.asked, asked{t.Literal, readingFor(op, other)})
	}
	return nil
}

// isConstant reports whether PocketBase's builder has a value for the name itself.
func isConstant(name string) bool {
	switch strings.ToLower(name) {
	case "null", "true", "false":
		return true
	}
	return slices.Contains([]string{
		"@now", "@yesterday", "@tomorrow", "@second", "@minute", "@hour", "@day", "@month", "@weekday", "@year",
		"@todayStart", "@todayEnd", "@monthStart", "@monthEnd", "@yearStart", "@yearEnd",
	}, name)
}

func readingFor(op fexpr.SignOp, other fexpr.Token) reading {
	bare := strings.TrimPrefix(string(op), "?")
	switch {
	case bare == "~" || bare == "!~":
		return readText
	case other.Type == fexpr.TokenNumber:
		return readNumber
	case other.Type == fexpr.TokenText && (bare == "=" || bare == "!="):
		return readText
	case other.Type == fexpr.TokenText:
		return readOrder
	}
	return readRaw
}

// UpdateQuery implements search.FieldResolver: there is nothing to join.
func (f *clientFields) UpdateQuery(*dbx.SelectQuery) error { return nil }

// Resolve implements search.FieldResolver.
func (f *clientFields) Resolve(name string) (*search.ResolverResult, error) {
	if isConstant(name) {
		return nil, errors.New("a constant")
	}
	if len(f.asked) == 0 || f.asked[0].name != name {
		return nil, fmt.Errorf("unexpected name %q", name)
	}
	next := f.asked[0]
	f.asked = f.asked[1:]
	return f.column(next)
}

// column is the SQL of one name.
func (f *clientFields) column(a asked) (*search.ResolverResult, error) {
	if slices.Contains(filterColumns, a.name) {
		return &search.ResolverResult{Identifier: "[[c." + a.name + "]]"}, nil
	}
	index, ok := strings.CutPrefix(a.name, "attributes.")
	i, err := strconv.Atoi(index)
	if !ok || err != nil || i < 0 || i >= len(f.paths) {
		return nil, &FilterError{FilterField, fmt.Sprintf("clients have no field %q; there are %s and attributes.<name>",
			a.name, strings.Join(filterColumns, ", "))}
	}
	return &search.ResolverResult{
		Identifier:   attributeSQL(jsonPath(f.paths[i]), a.as),
		NullFallback: search.NullFallbackDisabled,
	}, nil
}

// jsonPath is the path of an attribute for SQLite's JSON functions. Its parts are letters, digits,
// "_" and "-" (attributePath), so it needs no escaping, neither for JSON nor for SQL nor for dbx.
func jsonPath(parts []string) string {
	path := "$"
	for i, part := range parts {
		if _, err := strconv.ParseUint(part, 10, 31); err == nil && i > 0 {
			path += "[" + part + "]"
		} else {
			path += `."` + part + `"`
		}
	}
	return path
}

// attributeSQL reads the attribute at the path. A column without valid JSON counts as one without attributes;
// it must not fail the whole query.
func attributeSQL(path string, as reading) string {
	value := "CASE WHEN json_valid(c.attributes) THEN json_extract(c.attributes, '" + path + "') END"
	switch as {
	case readNumber:
		// In SQLite every text is greater than every number, so the type is checked first. A text that is valid JSON and a number there ("30", not "007") counts as one.
		return "(SELECT CASE WHEN typeof(v) IN ('integer', 'real') THEN v" +
			" WHEN json_valid(v) THEN CASE WHEN json_type(v) IN ('integer', 'real') THEN CAST(v AS NUMERIC) END END" +
			" FROM (SELECT " + value + " AS v))"
	case readText:
		return "COALESCE(CAST(" + value + " AS TEXT), '')"
	case readOrder:
		return "CAST(" + value + " AS TEXT)"
	}
	return "(" + value + ")"
}
