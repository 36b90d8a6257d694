package clientrow

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gonets/internal/clientexport"
	"gonets/internal/tablefile"
)

// maxKey is the length of the name of an attribute, in characters.
const maxKey = 64

// Column says where a column of a file goes.
type Column struct {
	Header string `json:"header"` // what its first line says; "" when the file has no header
	Field  string `json:"field"`  // email, full_name, comment, attributes.<name>, or "" for nowhere
}

// Columns decides where each column of a file goes: as the mapping says, which names columns by header or by number
// from 1, and otherwise by the text of the header. first is the first record; header reports whether it is a header.
// rows are some records after it. The error is a *tablefile.Error.
func Columns(first []string, rows [][]string, mapping map[string]string) (cols []Column, header bool, err error) {
	header = !slices.ContainsFunc(first, isAddress)
	cols = make([]Column, len(first))
	for i, cell := range first {
		if header {
			cols[i].Header = Clean(cell)
		}
	}
	mapped, err := byMapping(cols, mapping)
	if err != nil {
		return nil, false, err
	}
	if header {
		byHeader(cols, mapped)
	} else {
		byPlace(cols, mapped)
		rows = append([][]string{first}, rows...)
	}
	if !slices.ContainsFunc(cols, isEmailColumn) {
		byContent(cols, mapped, rows)
	}
	if !slices.ContainsFunc(cols, isEmailColumn) {
		return nil, false, tablefile.Errorf("no_email_column", "no column of the file has e-mail addresses in it")
	}
	uniqueFields(cols)
	return cols, header, nil
}

func isEmailColumn(c Column) bool { return c.Field == "email" }

// byMapping applies the mapping and returns which columns it named.
func byMapping(cols []Column, mapping map[string]string) (mapped []bool, err error) {
	mapped = make([]bool, len(cols))
	for name, field := range mapping {
		if !isTarget(field) {
			return nil, &tablefile.Error{Field: "mapping", Code: "unknown_field", Detail: fmt.Sprintf(
				"a column goes to email, full_name, comment, attributes.<name> or nowhere (\"\"), not to %q", field)}
		}
		i := slices.IndexFunc(cols, func(c Column) bool { return c.Header != "" && strings.EqualFold(c.Header, Clean(name)) })
		if i < 0 {
			n, err := strconv.Atoi(name)
			if err != nil || n < 1 || n > len(cols) {
				return nil, &tablefile.Error{Field: "mapping", Code: "unknown_column", Detail: fmt.Sprintf("the file has no column %q", name)}
			}
			i = n - 1
		}
		cols[i].Field, mapped[i] = field, true
	}
	return mapped, nil
}

// isTarget reports whether a column can go to the field.
func isTarget(field string) bool {
	if key, ok := strings.CutPrefix(field, "attributes."); ok {
		return key != "" && utf8.RuneCountInString(key) <= maxKey && !strings.ContainsFunc(key, func(r rune) bool {
			return r != '_' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
		})
	}
	return slices.Contains([]string{"", "email", "full_name", "comment"}, field)
}

// Headers as people write them, in the form of headerWords.
var (
	emailHeaders = []string{
		"email", "e mail", "mail", "email address", "e mail address", "почта", "электронная почта", "эл почта",
		"адрес электронной почты", "электронный адрес", "емейл", "имейл", "мейл", "эл адрес", "e mail адрес", "email адрес",
	}
	// addressHeaders may also mean where somebody lives: they do when another column has an emailHeader.
	addressHeaders = []string{"адрес", "address"}
	nameHeaders    = []string{
		"name", "full name", "имя", "фио", "ф и о", "полное имя", "имя и фамилия", "имя фамилия", "фамилия имя",
		"фамилия имя отчество", "имя отчество", "контакт", "контактное лицо", "клиент", "contact", "contact name", "client",
		"first name", "firstname", "given name", "last name", "lastname", "surname", "family name", "middle name", "patronymic",
		"фамилия", "отчество",
	}
	commentHeaders = []string{
		"comment", "comments", "комментарий", "комментарии", "примечание", "примечания", "заметка", "заметки", "note", "notes",
	}
	// commonAttributes are the names that templates use for common Russian headers.
	commonAttributes = map[string]string{
		"город": "city", "телефон": "phone", "тел": "phone", "мобильный": "phone", "компания": "company", "организация": "company",
		"должность": "position", "страна": "country", "регион": "region", "дата рождения": "birthday", "день рождения": "birthday",
		"пол": "gender", "возраст": "age", "адрес": "address", "сайт": "site", "статус": "status",
	}
)

// byHeader decides by the text of the headers.
func byHeader(cols []Column, mapped []bool) {
	own := isOwnExport(cols)
	hasEmail := slices.ContainsFunc(cols, func(c Column) bool {
		return c.Field == "email" || slices.Contains(emailHeaders, headerWords(c.Header))
	})
	for i := range cols {
		words := headerWords(cols[i].Header)
		switch {
		case mapped[i]:
		case own && slices.Contains([]string{"status", "created", "lists"}, cols[i].Header):
			cols[i].Field = "" // columns that Gonets maintains itself
		case slices.Contains(emailHeaders, words), !hasEmail && slices.Contains(addressHeaders, words):
			cols[i].Field = "email"
		case slices.Contains(nameHeaders, words):
			cols[i].Field = "full_name"
		case slices.Contains(commentHeaders, words):
			cols[i].Field = "comment"
		default:
			cols[i].Field = "attributes." + attributeName(cols[i].Header, i)
		}
	}
}

// isOwnExport recognises the files that clientexport writes.
func isOwnExport(cols []Column) bool {
	for _, name := range clientexport.Columns {
		if !slices.ContainsFunc(cols, func(c Column) bool { return c.Header == name }) {
			return false
		}
	}
	return true
}

// byPlace decides for a file without a header: the first column with an address is the address, the
// first other one is the name.
func byPlace(cols []Column, mapped []bool) {
	named := slices.ContainsFunc(cols, func(c Column) bool { return c.Field == "full_name" })
	for i := range cols {
		if !mapped[i] {
			cols[i].Field = "attributes." + attributeName("", i)
		}
	}
	for i := range cols {
		if !mapped[i] && !named && len(cols) > 1 && i <= 1 {
			cols[i].Field, named = "full_name", true
		}
	}
}

// byContent takes the column with the most addresses for the address.
func byContent(cols []Column, mapped []bool, rows [][]string) {
	best, most := -1, 0
	for i := range cols {
		found := 0
		for _, row := range rows {
			if i < len(row) && isAddress(row[i]) {
				found++
			}
		}
		if !mapped[i] && found > most {
			best, most = i, found
		}
	}
	if best < 0 {
		return
	}
	wasName := cols[best].Field == "full_name" && cols[best].Header == ""
	cols[best].Field = "email"
	if wasName && best+1 < len(cols) && !mapped[best+1] {
		cols[best+1].Field = "full_name"
	}
}

// uniqueFields makes attributes of further address and comment columns, and adds numbers to equal names of attributes.
// Several columns of a name stay: they are joined.
func uniqueFields(cols []Column) {
	seen := map[string]bool{}
	for i := range cols {
		field := cols[i].Field
		if field == "" || field == "full_name" {
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

// attributeName makes a name that templates and filters can use of a header: small Latin letters, digits and "_". Of a
// header attributes.<name>, which exports have, it is the name.
func attributeName(header string, column int) string {
	if isTarget(header) && strings.HasPrefix(header, "attributes.") {
		return strings.TrimPrefix(header, "attributes.")
	}
	words := headerWords(header)
	if common, ok := commonAttributes[words]; ok {
		return common
	}
	var name strings.Builder
	for _, r := range words {
		switch latin, ok := transliteration[r]; {
		case ok:
			name.WriteString(latin)
		case r < utf8.RuneSelf:
			name.WriteRune(r)
		}
	}
	key := strings.Trim(strings.ReplaceAll(name.String(), " ", "_"), "_")
	if len(key) > maxKey-4 { // leaves room for a number
		key = key[:maxKey-4]
	}
	if key == "" {
		return "column_" + strconv.Itoa(column+1)
	}
	return key
}

// transliteration writes Russian letters in Latin ones, as in passports and web addresses.
var transliteration = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'е': "e", 'ж': "zh", 'з': "z", 'и': "i", 'й': "y", 'к': "k",
	'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "kh",
	'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "sch", 'ъ': "", 'ы': "y", 'ь': "", 'э': "e", 'ю': "yu", 'я': "ya",
}

// headerWords is a header in small letters without punctuation: "E-Mail:" is "e mail".
func headerWords(header string) string {
	fields := strings.FieldsFunc(strings.ToLower(header), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return strings.ReplaceAll(strings.Join(fields, " "), "ё", "е")
}

// isAddress reports whether a cell holds an e-mail address.
func isAddress(cell string) bool {
	_, _, problem := parseAddress(cell)
	return problem == ""
}
