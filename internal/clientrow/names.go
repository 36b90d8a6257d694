package clientrow

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"gonets/internal/excerpt"
)

const (
	// maxKey is the length of the name of an attribute that import makes of a header, in characters.
	maxKey = 64
	// maxOwnKey is the length of one that a file or a mapping has to the letter, in bytes.
	maxOwnKey = 256
)

// maxHeader is how much of a header is looked at and kept, in characters.
const maxHeader = 200

// commonAttributes are the names that templates use for common Russian headers.
var commonAttributes = map[string]string{
	"город": "city", "телефон": "phone", "тел": "phone", "мобильный": "phone", "компания": "company", "организация": "company",
	"должность": "position", "страна": "country", "регион": "region", "дата рождения": "birthday", "день рождения": "birthday",
	"пол": "gender", "возраст": "age", "адрес": "address", "сайт": "site", "статус": "status",
}

// attributeName makes a name that templates and filters can use of a header: small letters, digits and "_", and no digit
// at the beginning. Latin and Russian headers get Latin letters, others keep theirs. Of a header attributes.<name>, which
// exports have, it is the name to the letter.
func attributeName(header string, column int) string {
	if key, ok := strings.CutPrefix(header, "attributes."); ok && isOwnKey(key) {
		return key
	}
	words := headerWords(excerpt.Of(header, maxHeader))
	if common, ok := commonAttributes[words]; ok {
		return common
	}
	var name strings.Builder
	for _, r := range words {
		if latin, ok := transliteration[r]; ok {
			name.WriteString(latin)
		} else {
			name.WriteRune(r)
		}
	}
	key := strings.Trim(strings.ReplaceAll(name.String(), " ", "_"), "_")
	if letters := []rune(key); len(letters) > maxKey-4 { // leaves room for a number
		key = string(letters[:maxKey-4])
	}
	if key == "" {
		return "column_" + strconv.Itoa(column+1)
	}
	if first, _ := utf8.DecodeRuneInString(key); !unicode.IsLetter(first) {
		key = "_" + key
	}
	return key
}

// isOwnKey reports whether an attribute can have this name. Templates have every such name: client.attributes["favourite tea"].
func isOwnKey(key string) bool {
	return key != "" && len(key) <= maxOwnKey && utf8.ValidString(key) && strings.TrimSpace(key) == key && !strings.ContainsFunc(key, unicode.IsControl)
}

// transliteration writes Russian and Ukrainian letters in Latin ones, as in passports and web addresses, and the Latin letters
// that are no accented ones.
var transliteration = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'е': "e", 'ж': "zh", 'з': "z", 'и': "i", 'й': "y", 'к': "k",
	'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "kh",
	'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "sch", 'ъ': "", 'ы': "y", 'ь': "", 'э': "e", 'ю': "yu", 'я': "ya",
	'і': "i", 'ї': "yi", 'є': "ye", 'ґ': "g", 'ў': "u",
	'ß': "ss", 'ł': "l", 'ø': "o", 'æ': "ae", 'œ': "oe", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i",
}

// headerWords is a header in small letters without punctuation and Latin accents: "E-Mail:" is "e mail", "Prénom" "prenom".
func headerWords(header string) string {
	fields := strings.FieldsFunc(withoutAccents(strings.ToLower(header)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	return strings.ReplaceAll(strings.Join(fields, " "), "ё", "е")
}

// withoutAccents takes the accents of Latin letters away. Those of other scripts make other letters: й is no и.
func withoutAccents(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return s
	}
	var plain strings.Builder
	for _, r := range norm.NFC.String(s) {
		if !unicode.Is(unicode.Latin, r) {
			plain.WriteRune(r)
			continue
		}
		for _, part := range norm.NFD.String(string(r)) {
			if !unicode.IsMark(part) {
				plain.WriteRune(part)
			}
		}
	}
	return plain.String()
}
