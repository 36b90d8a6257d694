// Package clientrow reads the rows of a file as clients: which column goes where, and what is wrong with a row.
package clientrow

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/address"
	"gonets/internal/clientexport"
	"gonets/internal/excerpt"
	"gonets/internal/tablefile"
)

// Problem is what is wrong with one line of a file.
type Problem struct {
	Line   int    `json:"line"`
	Code   string `json:"code"`   // docs/clients.md lists them
	Value  string `json:"value"`  // the cell in question, shortened
	Detail string `json:"detail"` // the same in English
}

// Row is one line of a file as a client.
type Row struct {
	Line       int
	Email      string
	FullName   string
	Comment    string
	Language   string      // of pages for the client; "" if the row does not say
	Attributes []attribute // those with a value
	Lists      []string    // names of lists that the client is on
	ListsLeft  []string    // names of lists that the client has left
	Left       string      // why the client must not be mailed, a reason of package suppression or Unconfirmed; "" for one who may be
	LeftWord   string      // what the file says about that
	Notes      []Problem   // what is odd about a row that is taken all the same
}

// attribute is a value for an attribute of a client.
type attribute struct {
	Key  string
	Text string          // as clientexport.AttributeText has it
	JSON json.RawMessage // nil if the text is all of it
}

// Value is the attribute in JSON.
func (a attribute) Value() json.RawMessage {
	if a.JSON != nil {
		return a.JSON
	}
	encoded, err := json.Marshal(a.Text)
	if err != nil {
		panic(err) // strings always encode
	}
	return encoded
}

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
func Read(record tablefile.Record, cols []Column, l Limits) (Row, *Problem) {
	r := Row{Line: record.Line}
	var names []string
	var emailCell string
	note := func(code, value, detail string) { r.Notes = append(r.Notes, *r.problem(code, value, detail)) }
	for i, cell := range record.Cells {
		if i >= len(cols) {
			if cell = Clean(cell); cell != "" {
				note("more_cells", cell, "the line has more cells than the header; this one and those after it are left out")
				break
			}
			continue
		}
		if cols[i].Field == "" {
			continue
		}
		if len(cell) > maxCell {
			return Row{}, r.problem("too_long", cell[:1000], fmt.Sprintf("a cell is longer than %d KB", maxCell>>10))
		}
		value := tablefile.Unguard(Clean(cell))
		if value == "" {
			continue
		}
		if strings.ContainsRune(value, utf8.RuneError) {
			note("broken_characters", value, "some characters of it cannot be read")
		}
		switch field := cols[i].Field; {
		case field == "email":
			emailCell = value
		case field == "full_name":
			names = append(names, excerpt.OneLine(value))
		case field == "comment":
			r.Comment = value
		case field == "language":
			if r.Language = languageOf(value); r.Language == "" {
				note("bad_language", value, "a language is a code such as en, ru or pt-BR; it was left out")
			}
		case field == "lists":
			r.Lists = clientexport.ListNames(value)
		case field == "lists_left":
			r.ListsLeft = clientexport.ListNames(value)
		case field == "attributes":
			r.addObject(value)
		case saysWhoLeft(field):
			if reason, known := leftBy(field, value); reason != "" {
				r.leave(reason, value)
			} else if !known {
				r.Attributes = append(r.Attributes, attribute{Key: attributeName(cols[i].Header, i), Text: value})
			}
		default:
			r.Attributes = append(r.Attributes, attribute{Key: strings.TrimPrefix(field, "attributes."), Text: value})
			if reason, known := leftBy(fieldStatus, value); cols[i].alsoStatus && known && reason != "" && !slices.Contains(waitingWords, word(value)) {
				r.leave(reason, value)
			}
		}
	}

	r.FullName = strings.Join(names, " ")
	if wrong := r.complete(emailCell, l); wrong != nil {
		return Row{}, wrong
	}
	if record.OpenQuote {
		note("open_quote", strings.Join(record.Cells, " "), "a quotation mark is not closed; it was taken for a part of the text")
	}
	return r, nil
}

// complete sets the address, and the name that may stand before it, and checks the fields against the limits.
func (r *Row) complete(emailCell string, l Limits) *Problem {
	email, name, wrong := parseAddress(emailCell)
	if wrong != "" {
		return r.problem(wrong, emailCell, addressProblems[wrong])
	}
	if !l.allows(email) {
		return r.problem("bad_email", emailCell, "addresses of this domain are not accepted here")
	}
	r.Email = email
	if r.FullName == "" {
		r.FullName = name
	}
	switch {
	case utf8.RuneCountInString(r.FullName) > l.FullName:
		return r.problem("too_long", r.FullName, fmt.Sprintf("the name is longer than %d characters", l.FullName))
	case utf8.RuneCountInString(r.Comment) > l.Comment:
		return r.problem("too_long", r.Comment, fmt.Sprintf("the comment is longer than %d characters", l.Comment))
	case len(EncodeAttributes(r.Attributes)) > l.Attributes:
		return r.problem("too_long", emailCell, fmt.Sprintf("the attributes take more than %d KB", l.Attributes>>10))
	}
	if !address.HasASCIILocalPart(email) {
		r.Notes = append(r.Notes, *r.problem("smtputf8", email, "only mail servers with SMTPUTF8 can send to an address whose part before the @ is not in Latin letters"))
	}
	return nil
}

// problem is something that is wrong with the row.
func (r *Row) problem(code, value, detail string) *Problem {
	return &Problem{Line: r.Line, Code: code, Value: excerpt.Of(excerpt.OneLine(value), 120), Detail: detail}
}

// leave records why the client must not be mailed. Of several reasons the one that binds more stays.
func (r *Row) leave(reason, word string) {
	if bindsMore(reason, r.Left) {
		r.Left, r.LeftWord = reason, word
	}
}

// addObject makes attributes of a JSON object. What is none is an attribute itself.
func (r *Row) addObject(cell string) {
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(cell), &object) != nil {
		r.Attributes = append(r.Attributes, attribute{Key: "attributes", Text: cell})
		return
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if text := clientexport.AttributeText(object[key]); text != "" && isOwnKey(key) {
			r.Attributes = append(r.Attributes, attribute{Key: key, Text: text, JSON: object[key]})
		}
	}
}

// allows reports whether the collection allows addresses of that domain.
func (l Limits) allows(email string) bool {
	domain := address.Domain(email)
	return (len(l.onlyDomains) == 0 || slices.Contains(l.onlyDomains, domain)) && !slices.Contains(l.never, domain)
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
	var encoded []byte
	var err error
	if slices.ContainsFunc(list, func(a attribute) bool { return a.JSON != nil }) {
		values := make(map[string]json.RawMessage, len(list))
		for _, a := range list {
			values[a.Key] = a.Value()
		}
		encoded, err = json.Marshal(values)
	} else { // much quicker
		values := make(map[string]string, len(list))
		for _, a := range list {
			values[a.Key] = a.Text
		}
		encoded, err = json.Marshal(values)
	}
	if err != nil {
		panic(err) // they are valid JSON
	}
	return encoded
}
