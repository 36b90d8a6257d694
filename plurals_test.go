package main

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// nouns are the Russian nouns that stand after a number, in each case that occurs: as after 1, 2 and 5. A new noun, or one
// in a new case, is added here with its forms.
var nouns = [][3]string{
	{"рассылка", "рассылки", "рассылок"},
	{"письмо", "письма", "писем"},
	{"получатель", "получателя", "получателей"},
	{"получателя", "получателей", "получателей"},
	{"получателю", "получателям", "получателям"},
	{"клиент", "клиента", "клиентов"},
	{"клиента", "клиентов", "клиентов"},
	{"знака", "знаков", "знаков"},
	{"день", "дня", "дней"},
	{"проверка", "проверки", "проверок"},
	{"замечание", "замечания", "замечаний"},
	{"ссылка", "ссылки", "ссылок"},
	{"строка", "строки", "строк"},
	{"адрес", "адреса", "адресов"},
	{"список", "списка", "списков"},
	{"событие", "события", "событий"},
	{"отправка", "отправки", "отправок"},
	{"раз", "раза", "раз"},
	{"ответ", "ответа", "ответов"},
	{"файл", "файла", "файлов"},
	{"файла", "файлов", "файлов"},
}

// verbs and the like that agree with the number alone, after 1 and after others.
var agreeing = [][2]string{{"запланирована", "запланировано"}}

var (
	forms  = regexp.MustCompile(`\b(one|few|many|other): "((?:[^"\\]|\\.)*)"`)
	number = regexp.MustCompile(`\{(count|max|min)\}`)
	// counted is a number with a word of letters right after it.
	counted = regexp.MustCompile(`\{(?:count|max|min|left|limit|total|sent|added)\} \pL`)
	// uncounted are the words after a number that are the same after every number.
	uncounted = regexp.MustCompile(`\{\w+\} (из|of|sent|bounced|failed|uncertain|skipped|changed|left)\b|\{\w+\} (из|до) \{`)
)

// form is the plural form of a whole number in Russian (CLDR, plural rules).
func form(n int) string {
	switch {
	case n%10 == 1 && n%100 != 11:
		return "one"
	case n%10 >= 2 && n%10 <= 4 && (n%100 < 12 || n%100 > 14):
		return "few"
	}
	return "many"
}

// TestRussianNumbersAgree has every text with a number say 0, 1, 2, 5, 11 and 21 of what it counts.
func TestRussianNumbersAgree(t *testing.T) {
	columns := map[string]int{"one": 0, "few": 1, "many": 2}
	for name, words := range dictionaryFiles(t, "ru") {
		for key, entry := range words {
			texts := map[string]string{}
			for _, m := range forms.FindAllStringSubmatch(entry, -1) {
				texts[m[1]] = m[2]
			}
			if len(texts) == 0 {
				continue
			}
			for _, n := range []int{0, 1, 2, 5, 11, 21} {
				text := number.ReplaceAllString(texts[form(n)], strconv.Itoa(n))
				if !agrees(texts, columns[form(n)], form(n)) {
					t.Errorf("%s %q says %q", name, key, text)
				}
			}
		}
	}
}

// agrees reports whether the first noun after the number has the right form. A text without a word after its number agrees
// with every one.
func agrees(texts map[string]string, column int, form string) bool {
	after := map[string][]string{}
	for f, text := range texts {
		at := number.FindAllStringIndex(text, -1)
		if len(at) > 0 {
			text = text[at[len(at)-1][1]:]
		}
		after[f] = strings.FieldsFunc(text, func(r rune) bool {
			return !strings.ContainsRune("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", r)
		})
		if text == "" || strings.ContainsRune(".?:;»)", []rune(text)[0]) {
			return true
		}
	}
	if after["one"] == nil {
		return true
	}
	for _, noun := range nouns {
		if i := slices.Index(after["one"], noun[0]); i >= 0 && i < 3 && slices.Index(after["few"], noun[1]) == i && slices.Index(after["many"], noun[2]) == i {
			return slices.Contains(after[form], noun[column])
		}
	}
	for _, word := range agreeing {
		if slices.Contains(after["one"], word[0]) && slices.Contains(after["few"], word[1]) && slices.Contains(after["many"], word[1]) {
			return true
		}
	}
	return slices.Equal(after["one"][:1], []string{"в"}) // «Ещё 5 в стоп-листе»
}

// TestNumbersThatCountHavePluralForms finds texts with a number and a noun in one form only.
func TestNumbersThatCountHavePluralForms(t *testing.T) {
	for _, code := range []string{"ru", "en"} {
		for name, words := range dictionaryFiles(t, code) {
			for key, entry := range words {
				if !forms.MatchString(entry) && counted.MatchString(uncounted.ReplaceAllString(entry, "")) {
					t.Errorf("%s%s %q needs plural forms: %s", code, name, key, entry)
				}
			}
		}
	}
}
