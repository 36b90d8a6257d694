// Package clientrow reads the rows of a file as clients: which column goes where, and what is wrong with a row.
package clientrow

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
	"gonets/internal/tablefile"
)

// Problem is what is wrong with one line of a file.
type Problem struct {
	Line   int    `json:"line"`
	Code   string `json:"code"`   // no_email, bad_email, several_emails, duplicate, too_long, open_quote, left_list
	Value  string `json:"value"`  // the cell in question, shortened
	Detail string `json:"detail"` // the same in English
}

// Row is one line of a file as a client.
type Row struct {
	Line       int
	Email      string
	FullName   string
	Comment    string
	Attributes []attribute // those with a value
}

type attribute struct{ Key, Value string }

// Limits are those of the clients collection: an import writes by SQL, and what it writes has to pass PocketBase's
// validators.
type Limits struct {
	FullName, Comment  int // characters
	Attributes         int // bytes of JSON
	onlyDomains, never []string
}

// LimitsOf reads the limits from the collection.
func LimitsOf(app core.App) (Limits, error) {
	c, err := app.FindCachedCollectionByNameOrId("clients")
	if err != nil {
		return Limits{}, fmt.Errorf("read the limits of clients: %w", err)
	}
	var l Limits
	if f, ok := c.Fields.GetByName("full_name").(*core.TextField); ok {
		l.FullName = orDefault(f.Max, 5000)
	}
	if f, ok := c.Fields.GetByName("comment").(*core.TextField); ok {
		l.Comment = orDefault(f.Max, 5000)
	}
	if f, ok := c.Fields.GetByName("attributes").(*core.JSONField); ok {
		l.Attributes = orDefault(int(f.MaxSize), 1<<20)
	}
	if f, ok := c.Fields.GetByName("email").(*core.EmailField); ok {
		l.onlyDomains, l.never = f.OnlyDomains, f.ExceptDomains
	}
	return l, nil
}

// orDefault is the limit, or PocketBase's default when there is none.
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

// Read makes a client of a record, or returns what is wrong with it.
func Read(record []string, line int, cols []Column, l Limits) (Row, *Problem) {
	r := Row{Line: line}
	var names []string
	var emailCell string
	problem := func(code, value, detail string) (Row, *Problem) {
		return Row{}, &Problem{Line: line, Code: code, Value: excerpt.Of(excerpt.OneLine(value), 120), Detail: detail}
	}
	openQuote := holdsRows(record, cols)
	for i, col := range cols {
		if i >= len(record) || col.Field == "" {
			continue
		}
		if len(record[i]) > maxCell && !openQuote {
			return problem("too_long", record[i][:1000], fmt.Sprintf("a cell is longer than %d KB", maxCell>>10))
		}
		value := tablefile.Unguard(Clean(record[i]))
		if value == "" {
			continue
		}
		switch col.Field {
		case "email":
			emailCell = value
		case "full_name":
			names = append(names, excerpt.OneLine(value))
		case "comment":
			r.Comment = value
		default:
			key := strings.TrimPrefix(col.Field, "attributes.")
			r.Attributes = append(r.Attributes, attribute{key, value})
		}
	}

	if openQuote {
		return problem("open_quote", emailCell, "a quotation mark is not closed: the lines after it were taken for one cell")
	}
	email, name, wrong := parseAddress(emailCell)
	if wrong != "" {
		return problem(wrong, emailCell, addressProblems[wrong])
	}
	if !l.allows(email) {
		return problem("bad_email", emailCell, "addresses of this domain are not accepted here")
	}
	r.Email, r.FullName = email, strings.Join(names, " ")
	if r.FullName == "" {
		r.FullName = name
	}
	switch {
	case utf8.RuneCountInString(r.FullName) > l.FullName:
		return problem("too_long", r.FullName, fmt.Sprintf("the name is longer than %d characters", l.FullName))
	case utf8.RuneCountInString(r.Comment) > l.Comment:
		return problem("too_long", r.Comment, fmt.Sprintf("the comment is longer than %d characters", l.Comment))
	case len(EncodeAttributes(r.Attributes)) > l.Attributes:
		return problem("too_long", emailCell, fmt.Sprintf("the attributes take more than %d KB", l.Attributes>>10))
	}
	return r, nil
}

// allows reports whether the collection allows addresses of that domain.
func (l Limits) allows(email string) bool {
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
	cell = strings.TrimRight(Clean(cell), ".,; ")
	if len(cell) > maxAddress {
		return "", "", badAddress(cell)
	}
	if found := namedAddress.FindStringSubmatch(cell); found != nil {
		name, cell = strings.Trim(Clean(found[1]), `"' `), found[2]
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
	return email, excerpt.OneLine(name), ""
}

// badAddress is the problem of a cell that holds no address.
func badAddress(cell string) string {
	if strings.Count(cell, "@") > 1 && strings.ContainsAny(cell, ",; /\n") {
		return "several_emails"
	}
	return "bad_email"
}

// holdsRows reports whether a cell contains later lines of the file, because its quotation mark is not closed: whether
// a line inside it looks like a row.
func holdsRows(record []string, cols []Column) bool {
	for _, cell := range record {
		lines := strings.Split(cell, "\n")
		for _, line := range lines[1:] {
			if len(cols) > 1 && strings.ContainsAny(line, ",;\t") && strings.Contains(line, "@") && isLikeRow(line, cols) {
				return true
			}
		}
	}
	return false
}

func isLikeRow(line string, cols []Column) bool {
	at := slices.IndexFunc(cols, isEmailColumn)
	for _, delimiter := range []string{",", ";", "\t"} {
		cells := strings.Split(line, delimiter)
		if len(cells) >= len(cols) && at < len(cells) && isAddress(strings.Trim(cells[at], `"`)) {
			return true
		}
	}
	return false
}

// Clean removes invisible characters at the ends of a cell, and control characters everywhere in it.
func Clean(cell string) string {
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

// EncodeAttributes writes attributes as a JSON object.
func EncodeAttributes(list []attribute) []byte {
	values := make(map[string]string, len(list))
	for _, a := range list {
		values[a.Key] = a.Value
	}
	encoded, err := json.Marshal(values)
	if err != nil {
		panic(err) // strings always encode
	}
	return encoded
}
