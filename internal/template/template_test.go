package template

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// anna is a client.
func anna() Values {
	return Values{
		Email: "anna@example.com", FullName: "Anna Petrova",
		Attributes:     map[string]any{"city": "Tver", "age": 34.0, "tags": []any{"tea", "books"}},
		UnsubscribeURL: "https://gonets.example.org/u/c0ffee00c0ffee00c0ffee00c0ffee00",
		ViewURL:        "https://gonets.example.org/v/c0ffee00c0ffee00c0ffee00c0ffee00",
	}
}

// render parses and renders a template in plain text.
func render(source string, values Values) (string, error) {
	t, err := Parse("body", source, Syntax{TrimLines: true})
	if err != nil {
		return "", err
	}
	var budget Budget
	budget.Reset()
	r := NewRenderer(&budget)
	if err := r.Run(t, &values); err != nil {
		return "", err
	}
	return string(r.AppendText(nil, t)), nil
}

// workOf is the work of one rendering.
func workOf(source string, values Values) (Budget, error) {
	t, err := Parse("body", source, Syntax{TrimLines: true})
	if err != nil {
		return Budget{}, err
	}
	var budget Budget
	budget.Reset()
	err = NewRenderer(&budget).Run(t, &values)
	return Budget{steps: maxSteps - budget.steps, bytes: maxTouched - budget.bytes}, err
}

// rendered is a template in plain text, rendered for a client, without the line ends at its end.
func rendered(t testing.TB, source string, values Values) string {
	t.Helper()
	text, err := render(source, values)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimRight(text, "\n")
}

func TestTemplatesRender(t *testing.T) {
	a := anna()
	a.Attributes = map[string]any{
		"city": "Tver", "empty": "", "age": 34.0, "price": 12.5, "big": 1e15, "vip": true, "no": false, "null": nil,
		"tags": []any{"tea", "books", 3.0}, "none": []any{}, "address": map[string]any{"street": "Lenina 5", "zip": ""},
		"since": "2024-05-06 07:08:09.000Z", "город": "Тверь", "first-name": "Anna", "when": time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC),
	}
	for name, c := range map[string]struct{ source, want string }{
		"a name":                              {"Hi {{ client.full_name }}!", "Hi Anna Petrova!"},
		"without spaces":                      {"{{client.email}}", "anna@example.com"},
		"an attribute":                        {"{{ client.attributes.city }}", "Tver"},
		"an attribute in brackets":            {`{{ client.attributes["city"] }}`, "Tver"},
		"an attribute in Cyrillic":            {"{{ client.attributes.город }}", "Тверь"},
		"an attribute with a hyphen":          {"{{ client.attributes.first-name }}", "Anna"},
		"an attribute of an attribute":        {"{{ client.attributes.address.street }}", "Lenina 5"},
		"the view URL":                        {"{{ view_url }}", a.ViewURL},
		"a whole number":                      {"{{ client.attributes.age }}", "34"},
		"a large number":                      {"{{ client.attributes.big }}", "1000000000000000"},
		"a fraction":                          {"{{ client.attributes.price }}", "12.5"},
		"true":                                {"{{ client.attributes.vip }}", "true"},
		"a list":                              {"{{ client.attributes.tags }}", "tea, books, 3"},
		"an object has no text":               {"[{{ client.attributes.address }}]", "[]"},
		"an unknown variable is empty":        {"[{{ client.nmae }}{{ foo.bar[1].baz }}]", "[]"},
		"a missing attribute is empty":        {"[{{ client.attributes.nope }}{{ client.attributes.null }}]", "[]"},
		"a first name":                        {"Hi {{ client.first_name }}!", "Hi Anna!"},
		"a first name in an expression":       {"Hi {{ client.first_name | upcase }}!", "Hi ANNA!"},
		"no default for what is there":        {`{{ client.full_name | default: "friend" }}`, "Anna Petrova"},
		"a default for what is missing":       {`{{ client.attributes.nope | default: "friend" }}`, "friend"},
		"a default for what is empty":         {`{{ client.attributes.empty | default: 'friend' }}`, "friend"},
		"a default for an empty list":         {`{{ client.attributes.none | default: "nothing" }}`, "nothing"},
		"a default from a variable":           {`{{ client.attributes.nope | default: client.email }}`, "anna@example.com"},
		"a default then a filter":             {`{{ client.attributes.nope | default: "friend" | upcase }}`, "FRIEND"},
		"typographic quotes":                  {`{{ client.attributes.nope | default: “friend” }}`, "friend"},
		"braces in a default":                 {`{{ client.attributes.nope | default: "{x}" }}`, "{x}"},
		"if with a value":                     {"{% if client.full_name %}yes{% else %}no{% endif %}", "yes"},
		"if with an empty value":              {"{% if client.attributes.empty %}yes{% else %}no{% endif %}", "no"},
		"if with an empty value, and":         {"{% if client.full_name and client.attributes.empty %}yes{% else %}no{% endif %}", "no"},
		"if it equals nothing":                {`{% if client.attributes.empty == "" %}yes{% endif %}`, "yes"},
		"if it is blank":                      {`{% if client.attributes.empty == blank %}yes{% endif %}`, "yes"},
		"if it differs from nothing":          {`{% if client.attributes.city != '' %}yes{% endif %}`, "yes"},
		"if the email is empty or so":         {`{% if client.email == "" or client.full_name == "" %}yes{% else %}no{% endif %}`, "no"},
		"elsif":                               {`{% if false %}1{% elsif client.attributes.city == "Tver" %}2{% else %}3{% endif %}`, "2"},
		"unless":                              {"{% unless client.attributes.no %}yes{% endunless %}", "yes"},
		"comparing numbers":                   {"{% if client.attributes.age >= 18 and client.attributes.price < 13 %}yes{% endif %}", "yes"},
		"contains":                            {`{% if client.attributes.tags contains "tea" %}yes{% endif %}`, "yes"},
		"ends with a condition in a filter":   {`{% assign domain = client.email | split: "@" | last %}{% if domain == "example.com" %}yes{% endif %}`, "yes"},
		"case":                                {`{% case client.attributes.city %}{% when "Moscow", "Tver" %}near{% else %}far{% endcase %}`, "near"},
		"case, else":                          {`{% case client.attributes.nope %}{% when "Tver" %}near{% else %}far{% endcase %}`, "far"},
		"for":                                 {"{% for t in client.attributes.tags %}<{{ t }}>{% endfor %}", "<tea><books><3>"},
		"for over nothing":                    {"{% for t in client.attributes.none %}x{% else %}none{% endfor %}", "none"},
		"for over what is missing":            {"{% for t in client.attributes.nope %}x{% else %}none{% endfor %}", "none"},
		"for with position":                   {"{% for t in client.attributes.tags %}{{ forloop.index }}/{{ forloop.length }}{% unless forloop.last %}, {% endunless %}{% endfor %}", "1/3, 2/3, 3/3"},
		"for with limit and offset":           {"{% for i in (1..9) limit:2 offset: 3 %}{{ i }}{% endfor %}", "45"},
		"for reversed":                        {"{% for i in (1..3) reversed %}{{ i }}{% endfor %}", "321"},
		"for to a number of the client":       {"{% for i in (33..client.attributes.age) %}{{ i }} {% endfor %}", "33 34 "},
		"for over an object":                  {"{% for f in client.attributes.address %}{{ f[0] }}={{ f[1] }}{% endfor %}", "street=Lenina 5"},
		"for in for":                          {"{% for i in (1..2) %}{% for j in (1..2) %}{{ i }}{{ j }}{{ forloop.index }} {% endfor %}{{ forloop.index }};{% endfor %}", "111 122 1;211 222 2;"},
		"a range backwards is empty":          {"[{% for i in (3..1) %}x{% endfor %}]", "[]"},
		"assign":                              {`{% assign x = client.full_name | split: " " | first %}{{ x }}`, "Anna"},
		"trimming":                            {"a  {{- client.attributes.age -}}  b \n {%- if true -%} c {%- endif -%} d", "a34bcd"},
		"raw":                                 {"{% raw %}{{ client.email }}{% endraw %}", "{{ client.email }}"},
		"comment":                             {"a{% comment %}{{ broken | {% if %}{% endcomment %}b", "ab"},
		"a tag alone on its line":             {"a\n  {% if true %}\nb\n{% endif %}\nc", "a\nb\nc"},
		"a date":                              {`{{ client.attributes.since | date: "%d.%m.%Y" }}`, "06.05.2024"},
		"what is no date stays":               {`{{ client.attributes.city | date: "%d.%m.%Y" }}`, "Tver"},
		"text filters":                        {`{{ "ab" | upcase | append: "c" | prepend: "x" | replace: "B", "bb" | remove: "x" | capitalize }}`, "Abbc"},
		"truncate counts characters":          {`{{ "Привет, мир" | truncate: 7 }}|{{ "Привет" | truncate: 6 }}`, "Привет…|Привет"},
		"list filters":                        {`{{ client.attributes.tags | sort | reverse | join: "-" }} {{ client.attributes.tags | size }} {{ client.attributes.tags | first }}`, "tea-books-3 3 tea"},
		"sorting numbers":                     {`{{ "10,9,8" | split: "," | sort | join: " " }}`, "8 9 10"},
		"numbers":                             {`{{ client.attributes.age | plus: 1 | times: 2 | minus: 4 | divided_by: 4 | round: 1 }} {{ 7 | modulo: 4 }}`, "16.5 3"},
		"counting what is missing":            {`{{ client.attributes.nope | plus: 1 }}`, "1"},
		"url_encode":                          {`{{ "a b&c" | url_encode }}`, "a+b%26c"},
		"escape does nothing, values are":     {`{{ "<" | escape }}`, "<"},
		"no methods of Go values":             {"{{ client.attributes.when.Year }}{{ client.attributes.when.String }}", ""},
		"no fields of Go values":              {"{{ client.Email }}{{ client.Attributes }}", ""},
		"control characters are dropped":      {"a\x00\x1b\u0085b\r\nc", "ab\nc"},
		"single braces are text":              {"{ } } }} %} { {", "{ } } }} %} { {"},
		"a default that looks like a tag end": {`{{ client.attributes.nope | default: "%}" }}`, "%}"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := rendered(t, c.source, a); got != c.want {
				t.Errorf("%s\ngot  %q\nwant %q", c.source, got, c.want)
			}
		})
	}
}

func TestBrokenTemplatesSayWhere(t *testing.T) {
	for name, c := range map[string]struct {
		source string
		line   int
		detail string
	}{
		"an output that is not closed":     {"a\nb {{ client.email\nc", 2, "{{ client.email is not closed"},
		"a tag that is not closed":         {"a\n\n{% if client.email ", 3, "is not closed"},
		"nothing inside":                   {"{{ }}", 1, "cannot read"},
		"an unknown tag":                   {"\n{% include 'x' %}", 2, `no tag "include"`},
		"an unknown filter":                {"\n\n{{ client.email | shout }}", 3, `no filter "shout"`},
		"an if without an end":             {"a\n{% if true %}\nb", 2, "unterminated"},
		"an end without an if":             {"a\n{% endif %}", 2, "endif"},
		"an end of something else":         {"{% if true %}{% endfor %}", 1, "endfor"},
		"an else without an if":            {"\n{% else %}", 2, "else"},
		"a raw without an end":             {"a\n{% raw %}{{", 2, "endraw"},
		"a missing filter":                 {"{{ client.email | }}", 1, `cannot read "client.email |"`},
		"unbalanced quotes":                {`{{ client.email | default: "x }}`, 1, "cannot read"},
		"an if without a condition":        {"{% if %}{% endif %}", 1, "cannot read"},
		"a for without in":                 {"\n{% for x of y %}{% endfor %}", 2, "cannot read"},
		"a for with a wrong modifier":      {"{% for x in y upside %}{% endfor %}", 1, "upside"},
		"an assign without a value":        {"{% assign x %}", 1, "has no ="},
		"an assign to a name of ours":      {"{% assign client = 1 %}", 1, `"client" cannot be`},
		"a loop over a name of ours":       {"{% for client in x %}{% endfor %}", 1, `"client" cannot be`},
		"a number beyond numbers":          {"a\n{{ 99999999999999999999 }}", 1, "number"},
		"a range in a filter":              {"{{ (1..9) | size }}", 1, "range"},
		"a range with a filter":            {"{% for i in (1..9) | reverse %}{% endfor %}", 1, "range"},
		"a method of a range":              {"{% for i in (1..9).AsArray %}{% endfor %}", 1, "range"},
		"a method of a range, in brackets": {`{% for i in (1..9)["AsArray"] %}{% endfor %}`, 1, "range"},
		"a range in a range":               {`{% for i in ((1..9)..9) %}{% endfor %}`, 1, "range"},
		"an expression without an end":     {"{{ " + strings.Repeat("client.email ", 100) + "}}", 1, "longer than 1000"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("body", c.source, Syntax{TrimLines: true})
			var broken *Error
			if !errors.As(err, &broken) {
				t.Fatalf("%v is no *Error", err)
			}
			if broken.Field != "body" || broken.Line != c.line || !strings.Contains(broken.Detail, c.detail) {
				t.Errorf("%v, want line %d, %q", broken, c.line, c.detail)
			}
		})
	}
}

// FuzzTemplate parses and renders any template with any value. The work is limited by the budget, so no input
// takes long; the result is a text of limited length, or an *Error.
func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{
		"Hi {{ client.full_name | default: \"friend\" }}", "{% for t in client.attributes.tags %}- {{ t }}\n{% endfor %}",
		"{% assign x = 1 | plus: 2 %}{% case x %}{% when 3 %}{{ x }}{% endcase %}", "<a href='{{ view_url }}' style=\"{{ x }}\">[a](b)</a>",
		"{% unless a.b[0] contains \"c\" %}{%- raw -%}{{{% endraw %}{% endunless %}", "| a | b |\n|---|---|\n| {{ client.email }} |",
	} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, source, value string) {
		values := anna()
		values.FullName = value
		values.Attributes["tags"] = []any{value, 1.5, map[string]any{value: value, "a": []any{value}}}
		for _, syntax := range []Syntax{{}, {Entities: true}, {TrimLines: true}, {Entities: true, TrimLines: true}} {
			parsed, err := Parse("body", source, syntax)
			if err == nil {
				var budget Budget
				budget.Reset()
				r := NewRenderer(&budget)
				if err = r.Run(parsed, &values); err == nil {
					text := string(r.AppendText(nil, parsed))
					if len(text) > maxOutput || !utf8.ValidString(text) {
						t.Errorf("a result of %d bytes, valid: %v", len(text), utf8.ValidString(text))
					}
					if constant, ok := parsed.Constant(); ok && constant != text {
						t.Errorf("a constant %q became %q", constant, text)
					}
				}
				for range parsed.All() {
				}
			}
			var broken *Error
			if err != nil && !errors.As(err, &broken) {
				t.Errorf("%v is no *Error", err)
			}
			if broken != nil && (len(broken.Detail) > 10*maxExpression || broken.Line < 1) {
				t.Errorf("line %d: an explanation of %d bytes", broken.Line, len(broken.Detail))
			}
		}
	})
}
