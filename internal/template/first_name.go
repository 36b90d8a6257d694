package template

import (
	"strings"
	"unicode/utf8"
)

// firstName is how the client is called: the attribute first_name if there is one, or else what of the full name is that. It is
// the first word, except where the last name stands in front: "Petrova, Anna", and in Russian "Петрова Анна Ивановна", whose
// last word is a patronymic. It is empty for an initial.
func (v *Values) firstName() string {
	if own, ok := v.Attributes["first_name"].(string); ok && strings.TrimSpace(own) != "" {
		return strings.TrimSpace(own)
	}
	name := v.FullName
	if _, behind, ok := strings.Cut(name, ","); ok && strings.TrimSpace(behind) != "" {
		name = behind
	}
	words := strings.Fields(name)
	first := ""
	switch {
	case len(words) == 0:
		return ""
	case len(words) == 3 && isPatronymic(words[2]):
		first = words[1]
	default:
		first = words[0]
	}
	if utf8.RuneCountInString(strings.TrimSuffix(first, ".")) == 1 {
		return ""
	}
	return first
}

// isPatronymic reports whether a word of a Russian name is formed from that of the father.
func isPatronymic(word string) bool {
	word = strings.ToLower(word)
	for _, end := range []string{"вич", "вна", "ична", "инична", "ильич", "лукич", "фомич", "кузьмич"} {
		if strings.HasSuffix(word, end) {
			return true
		}
	}
	return false
}
