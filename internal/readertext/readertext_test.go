package readertext

import (
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"testing"
	"time"
)

// value is what a program puts into a text.
var value = regexp.MustCompile(`%[a-z]|\{\{[^}]*\}\}`)

// read adds the texts in v to all, by their places.
func read(v reflect.Value, place string, all map[string]string) {
	switch v.Kind() {
	case reflect.String:
		all[place] = v.String()
	case reflect.Struct:
		for i := range v.NumField() {
			read(v.Field(i), place+"."+v.Type().Field(i).Name, all)
		}
	case reflect.Array:
		for i := range v.Len() {
			read(v.Index(i), fmt.Sprintf("%s[%d]", place, i), all)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			read(v.MapIndex(key), fmt.Sprintf("%s[%s]", place, key), all)
		}
	}
}

func textsOf(t *Text) map[string]string {
	all := map[string]string{}
	read(reflect.ValueOf(*t), t.Code, all)
	places := map[string]string{}
	for place, text := range all {
		places[place[len(t.Code):]] = text
	}
	return places
}

func TestEachLanguageHasAllTextsWithTheSameValues(t *testing.T) {
	want := textsOf(texts[usual])
	if len(want) < 130 {
		t.Fatalf("only %d texts were found", len(want))
	}
	for _, one := range All() {
		got := textsOf(one)
		for place, text := range want {
			written := got[place]
			if written == "" {
				t.Errorf("%s has no %s", one.Code, place)
			}
			if !reflect.DeepEqual(value.FindAllString(written, -1), value.FindAllString(text, -1)) {
				t.Errorf("%s%s has other values than in %s: %q, %q", one.Code, place, usual, written, text)
			}
		}
		for place := range got {
			if _, known := want[place]; !known {
				t.Errorf("%s%s is not in %s", one.Code, place, usual)
			}
		}
	}
}

func TestTheLanguageIsThatOfTheClientElseOfTheBrowserElseOfTheEmail(t *testing.T) {
	add(Text{Code: "de"})
	defer delete(texts, "de")
	for _, c := range []struct{ first, browser, last, want string }{
		{"ru", "de, en", "en", "ru"},
		{"RU-ru", "de", "", "ru"},
		{"", "de-AT, en;q=0.5", "ru", "de"},
		{"", "en;q=0.5, de;q=0.8", "", "de"},
		{"fr", "fr, de", "ru", "de"},
		{"auto", "de", "", "de"},
		{"", "fr", "de", "de"},
		{"", "", "ru", "ru"},
		{"", "", "", "en"},
		{"x", "not; a header", "../../ru", "en"},
	} {
		header := http.Header{"Accept-Language": {c.browser}}
		if got := For(c.first, header, c.last); got.Code != c.want {
			t.Errorf("%+v: got %s", c, got.Code)
		}
	}
	if got := For("fr", nil, "de"); got.Code != "de" {
		t.Errorf("without a request: got %s", got.Code)
	}
	if all := All(); len(all) != 3 || all[0].Code != "de" {
		t.Errorf("the languages that a reader may choose: %d", len(all))
	}
}

func TestADayIsWrittenAsInItsLanguage(t *testing.T) {
	at := time.Date(2026, 5, 9, 23, 30, 0, 0, time.FixedZone("", -2*3600))
	for code, want := range map[string]string{"en": "May 10, 2026", "ru": "10 мая 2026 года"} {
		if got := texts[code].Day(at); got != want {
			t.Errorf("%s: got %q", code, got)
		}
	}
}
