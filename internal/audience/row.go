package audience

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/address"
	"gonets/internal/excerpt"
)

// Problem is what is to be said about one line of a file.
type Problem struct {
	Line   int    `json:"line"`
	Code   string `json:"code"`   // no_email, bad_email, several_emails, duplicate, too_long, open_quote, left_list
	Value  string `json:"value"`  // the cell in question, shortened
	Detail string `json:"detail"` // the same in plain English words
}

// row is one line of a file as a client.
type row struct {
	line       int
	email      string
	fullName   string
	comment    string
	attributes []attribute // those with a value
}

type attribute struct{ key, value string }

// limits are the collection's own, so that what an import writes past PocketBase passes its validators.
type limits struct {
	fullName, comment  int // characters
	attributes         int // bytes of JSON
	onlyDomains, never []string
}

func limitsOf(app core.App) (limits, error) {
	c, err := app.FindCachedCollectionByNameOrId("clients")
	if err != nil {
		return limits{}, fmt.Errorf("read the limits of clients: %w", err)
	}
	var l limits
	if f, ok := c.Fields.GetByName("full_name").(*core.TextField); ok {
		l.fullName = orDefault(f.Max, 5000)
	}
	if f, ok := c.Fields.GetByName("comment").(*core.TextField); ok {
		l.comment = orDefault(f.Max, 5000)
	}
	if f, ok := c.Fields.GetByName("attributes").(*core.JSONField); ok {
		l.attributes = orDefault(int(f.MaxSize), 1<<20)
	}
	if f, ok := c.Fields.GetByName("email").(*core.EmailField); ok {
		l.onlyDomains, l.never = f.OnlyDomains, f.ExceptDomains
	}
	return l, nil
}

// orDefault is the limit, or PocketBase's own for none.
func orDefault(limit, fallback int) int {
	if limit > 0 {
		return limit
	}
	return fallback
}

const (
	maxCell    = 64 << 10 // bytes of a cell; no field of a client takes as much
	maxAddress = 2000     // bytes of a cell with an address and a name
)

// readRow makes a client of a record. With a problem there is none.
func readRow(record []string, line int, cols []Column, l limits) (row, *Problem) {
	r := row{line: line}
	var names []string
	var emailCell string
	problem := func(code, value, detail string) (row, *Problem) {
		return row{}, &Problem{Line: line, Code: code, Value: excerpt.Of(oneLine(value), 120), Detail: detail}
	}
	openQuote := swallowed(record, cols)
	for i, col := range cols {
		if i >= len(record) || col.Field == "" {
			continue
		}
		if len(record[i]) > maxCell && !openQuote {
			return problem("too_long", record[i][:1000], fmt.Sprintf("a cell is longer than %d KB", maxCell>>10))
		}
		value := unguard(clean(record[i]))
		if value == "" {
			continue
		}
		switch col.Field {
		case "email":
			emailCell = value
		case "full_name":
			names = append(names, oneLine(value))
		case "comment":
			r.comment = value
		default:
			key := strings.TrimPrefix(col.Field, "attributes.")
			r.attributes = append(r.attributes, attribute{key, value})
		}
	}

	if openQuote {
		return problem("open_quote", emailCell, "a quotation mark is not closed: the lines after it were taken for one cell")
	}
	email, name, wrong := parseAddress(emailCell)
	if wrong != "" {
		return problem(wrong, emailCell, addressProblems[wrong])
	}
	if !l.takes(email) {
		return problem("bad_email", emailCell, "addresses of this domain are not accepted here")
	}
	r.email, r.fullName = email, strings.Join(names, " ")
	if r.fullName == "" {
		r.fullName = name
	}
	switch {
	case utf8.RuneCountInString(r.fullName) > l.fullName:
		return problem("too_long", r.fullName, fmt.Sprintf("the name is longer than %d characters", l.fullName))
	case utf8.RuneCountInString(r.comment) > l.comment:
		return problem("too_long", r.comment, fmt.Sprintf("the comment is longer than %d characters", l.comment))
	case len(encodeAttributes(r.attributes)) > l.attributes:
		return problem("too_long", emailCell, fmt.Sprintf("the attributes take more than %d KB", l.attributes>>10))
	}
	return r, nil
}

// takes says whether the collection takes addresses of that domain.
func (l limits) takes(email string) bool {
	domain := address.Domain(email)
	return (len(l.onlyDomains) == 0 || slices.Contains(l.onlyDomains, domain)) && !slices.Contains(l.never, domain)
}

var addressProblems = map[string]string{
	"no_email":       "there is no e-mail address",
	"bad_email":      "this is not an e-mail address",
	"several_emails": "there is more than one e-mail address: give each a line of its own",
}

var namedAddress = regexp.MustCompile(`^(.*)<([^<>]+)>$`)

// parseAddress reads a cell with an address, alone or as "Name <address>". problem is a key of
// addressProblems, or "".
func parseAddress(cell string) (email, name, problem string) {
	cell = strings.TrimRight(clean(cell), ".,; ")
	if len(cell) > maxAddress {
		return "", "", badAddress(cell)
	}
	if found := namedAddress.FindStringSubmatch(cell); found != nil {
		name, cell = strings.Trim(clean(found[1]), `"' `), found[2]
	}
	if len(cell) > len("mailto:") && strings.EqualFold(cell[:len("mailto:")], "mailto:") {
		cell = cell[len("mailto:"):]
	}
	if cell == "" {
		return "", "", "no_email"
	}
	email, err := address.Normalize(cell)
	if err != nil {
		return "", "", badAddress(cell)
	}
	return email, oneLine(name), ""
}

// badAddress says what is wrong with a cell that is no address.
func badAddress(cell string) string {
	if strings.Count(cell, "@") > 1 && strings.ContainsAny(cell, ",; /\n") {
		return "several_emails"
	}
	return "bad_email"
}

// swallowed says whether a cell has eaten the lines after it: whether a line inside it reads like a
// line of the file.
func swallowed(record []string, cols []Column) bool {
	for _, cell := range record {
		lines := strings.Split(cell, "\n")
		for _, line := range lines[1:] {
			if len(cols) > 1 && strings.ContainsAny(line, ",;\t") && strings.Contains(line, "@") && likeRow(line, cols) {
				return true
			}
		}
	}
	return false
}

func likeRow(line string, cols []Column) bool {
	at := slices.IndexFunc(cols, isEmailColumn)
	for _, delimiter := range []string{",", ";", "\t"} {
		cells := strings.Split(line, delimiter)
		if len(cells) >= len(cols) && at < len(cells) && isAddress(strings.Trim(cells[at], `"`)) {
			return true
		}
	}
	return false
}

// clean drops what cannot be seen at the ends of a cell and what no text has in it.
func clean(cell string) string {
	cell = strings.TrimFunc(strings.ToValidUTF8(cell, "\ufffd"), address.IsInvisible)
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\u00a0':
			return ' '
		case unicode.IsControl(r) || r == '\ufeff':
			return -1
		}
		return r
	}, cell)
}

// oneLine puts a text on one line, with single spaces.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func encodeAttributes(list []attribute) []byte {
	values := make(map[string]string, len(list))
	for _, a := range list {
		values[a.key] = a.value
	}
	encoded, err := json.Marshal(values)
	if err != nil {
		panic(err) // strings always encode
	}
	return encoded
}
