package template

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// attributesOf gives attributes as the database has them.
func attributesOf(t testing.TB, text string) map[string]any {
	t.Helper()
	var attributes map[string]any
	if err := json.Unmarshal([]byte(text), &attributes); err != nil {
		t.Fatal(err)
	}
	return attributes
}

// listOf is a JSON list of so many times the same item.
func listOf(n int, item string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
}

// objectOf is a JSON object with so many names.
func objectOf(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"name%05d":%d`, (i*7919)%n, i)
	}
	return "{" + strings.TrimPrefix(b.String(), ",") + "}"
}

// TestWorkIsTakenOffTheBudget has templates that work far more than they write: each construct goes through
// a value of some kilobytes some thousand times. None of them passes the limits of the result.
func TestWorkIsTakenOffTheBudget(t *testing.T) {
	turns := func(n int, body string) string {
		return fmt.Sprintf("{%% for i in (1..%d) %%}%s{%% endfor %%}", n, body)
	}
	// doubled makes a text of 2^n times as many bytes, once.
	doubled := func(n int, name string) string {
		return "{% assign x = client.attributes." + name + " %}" + strings.Repeat("{% assign x = x | append: x %}", n)
	}
	long := `"` + strings.Repeat("y", 8000) + `"`
	for name, c := range map[string]struct{ attributes, body string }{
		"loops over an object":                {`{"o":` + objectOf(500) + `}`, turns(9000, "{% for f in client.attributes.o limit:0 %}{% endfor %}")},
		"loops over an object, nested":        {`{"o":` + objectOf(500) + `}`, turns(100, turns(100, "{% for f in client.attributes.o limit:1 %}{% endfor %}"))},
		"loops over nothing":                  {`{}`, turns(9000, strings.Repeat("{% for f in nothing %}{% endfor %}", 20))},
		"loops over what a filter gives":      {`{}`, turns(500, strings.Repeat("{% for f in nothing | "+strings.Repeat("default: nothing | ", 40)+"first %}{% endfor %}", 5))},
		"cases of simple values":              {`{}`, turns(9000, strings.Repeat("{% case client.email %}{% endcase %}", 20))},
		"cases with long expressions":         {`{}`, turns(900, "{% case 1 %}{% when nothing"+strings.Repeat(".nothing", 110)+" %}{% endcase %}")},
		"comparisons of long texts":           {`{"a":` + long + `,"b":` + long + `}`, turns(5000, "{% if client.attributes.a == client.attributes.b %}{% endif %}")},
		"comparisons of long texts by order":  {`{"a":` + long + `,"b":` + long + `}`, turns(5000, "{% if client.attributes.a < client.attributes.b %}{% endif %}")},
		"comparisons of long texts in a case": {`{"a":` + long + `,"b":` + long + `}`, turns(5000, "{% case client.attributes.a %}{% when client.attributes.b %}{% endcase %}")},
		"comparisons of lists":                {`{"a":` + listOf(4000, "1") + `,"b":` + listOf(4000, "1") + `}`, turns(900, "{% if client.attributes.a == client.attributes.b %}{% endif %}")},
		"comparisons of lists in lists":       {`{"a":[` + listOf(4000, "1") + `],"b":[` + listOf(4000, "1") + `]}`, turns(900, "{% if client.attributes.a == client.attributes.b %}{% endif %}")},
		"comparisons of objects":              {`{"a":` + objectOf(500) + `,"b":` + objectOf(500) + `}`, turns(3000, "{% if client.attributes.a == client.attributes.b %}{% endif %}")},
		"contains in long texts":              {`{"a":` + long + `}`, turns(5000, `{% if client.attributes.a contains "x" %}{% endif %}`)},
		"contains in lists":                   {`{"a":` + listOf(4000, "1") + `}`, turns(900, "{% if client.attributes.a contains 2 %}{% endif %}")},
		"texts that leave nothing":            {`{"a":"` + strings.Repeat(`\u0001`, 4000) + `"}`, turns(5000, "{{ client.attributes.a }}")},
		"lists that leave nothing":            {`{"a":` + listOf(4000, `[[]]`) + `}`, turns(500, "{{ client.attributes.a }}")},
		"lists of lists in filters":           {`{"a":[[` + listOf(4000, `[]`) + `]]}`, turns(1000, "{% assign x = client.attributes.a | reverse %}")},
		"sorting":                             {`{"a":` + listOf(1500, `"y"`) + `}`, turns(60, "{% assign x = client.attributes.a | sort %}")},
		"joining with a long separator":       {`{"a":` + listOf(4000, `"y"`) + `,"s":` + long + `}`, "{% assign x = client.attributes.a | join: client.attributes.s %}"},
		"replacing with a long text":          {`{"a":` + long + `,"s":` + long + `}`, `{% assign x = client.attributes.a | replace: "y", client.attributes.s %}`},
		"replacing a number":                  {`{"a":"` + strings.Repeat("1", 8000) + `","s":"` + strings.Repeat("y", 3000) + `"}`, `{% assign x = client.attributes.a | replace: 1, client.attributes.s %}`},
		"splitting":                           {`{"a":` + long + `}`, turns(100, `{% assign x = client.attributes.a | split: "" %}`)},
		"growth by append":                    {`{"a":` + long + `}`, doubled(24, "a")},
		"growth by truncate":                  {`{"a":` + long + `}`, turns(2000, `{% assign x = "y" | append: "y" | truncate: 1, client.attributes.a %}`)},
		"mapping the letters of a long text":  {`{"a":` + long + `}`, turns(1000, "{% assign x = client.attributes.a | upcase | downcase | capitalize | strip | url_encode %}")},
		"sizes of long texts":                 {`{"a":` + long + `}`, turns(3000, "{% assign x = client.attributes.a | size %}")},
		"numbers from long texts":             {`{"a":"` + strings.Repeat("1", 300) + `"}`, turns(9000, "{% assign x = client.attributes.a | times: client.attributes.a | plus: client.attributes.a %}")},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := render(c.body, Values{})
			if err == nil {
				values := anna()
				values.Attributes = attributesOf(t, c.attributes)
				_, err = render(c.body, values)
			}
			var broken *Error
			if !errors.As(err, &broken) || !broken.LimitExceeded {
				t.Errorf("%v is no failure for too much work", err)
			}
		})
	}
}

// TestAConstantIsNotSearchedForWhatIsNoText: the library would write out the list or the object each time.
func TestAConstantIsNotSearchedForWhatIsNoText(t *testing.T) {
	a := anna()
	a.Attributes = attributesOf(t, `{"o":{"a":1},"l":["a"],"a":"a","n":1}`)
	source := ""
	for _, c := range []string{
		`"map[a:1]" contains client.attributes.o`, `("map[a:1]") contains client.attributes.o`, `"[a]" contains client.attributes.l`,
		`"[a]" contains client.attributes.a`, `'[1]' contains client.attributes.n`, `"[a]" contains "a" and "b" contains "b"`,
	} {
		source += "{% if " + c + " %}yes{% else %}no{% endif %} "
	}
	if got := strings.TrimSpace(rendered(t, source, a)); got != "no no no yes yes yes" {
		t.Error(got)
	}
}

// TestOrdinaryTemplatesTakeLittle keeps the price of what letters really do.
func TestOrdinaryTemplatesTakeLittle(t *testing.T) {
	a := anna()
	a.Attributes = attributesOf(t, `{"city":"Tver","tags":["tea","books"],"orders":[`+strings.TrimSuffix(strings.Repeat(`{"what":"A fine teapot of white china","price":12.5,"status":"sent"},`, 100), ",")+`]}`)
	cities := strings.TrimSuffix(strings.Repeat(`"Moscow", `, 80), ", ")
	for name, c := range map[string]struct {
		body         string
		steps, bytes int
	}{
		"a name":             {`Hello {{ client.full_name | default: "friend" }}!`, 10, 100},
		"a list":             {`{% for tag in client.attributes.tags %}{{ tag | upcase }}{% unless forloop.last %}, {% endunless %}{% endfor %}`, 40, 500},
		"a choice of many":   {`{% case client.attributes.city %}{% when ` + cities + ` %}near{% else %}far{% endcase %}`, 150, 100},
		"a table of orders":  {`{% for o in client.attributes.orders %}{% if o.status == "sent" %}{{ o.what | capitalize }}: {{ o.price | times: 2 | round: 2 }}{% endif %}{% endfor %}`, 1500, 50_000},
		"an object, a loop":  {`{% for o in client.attributes.orders %}{% for field in o %}{{ field[0] }}: {{ field[1] }}; {% endfor %}{% endfor %}`, 3000, 60_000},
		"a sorted long list": {`{{ client.attributes.orders | size }}{% assign tags = client.attributes.tags | sort | reverse %}{{ tags | join: ", " }}`, 30, 1000},
	} {
		used, err := workOf(c.body, a)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if steps, bytes := used.steps, used.bytes; steps > c.steps || bytes > c.bytes {
			t.Errorf("%s takes %d steps and %d bytes", name, steps, bytes)
		}
	}
}

// TestNamesAreSortedOnceARendering counts what is sorted.
func TestNamesAreSortedOnceARendering(t *testing.T) {
	a := anna()
	a.Attributes = attributesOf(t, `{"o":`+objectOf(100)+`}`)
	work := func(body string) int {
		used, err := workOf(body, a)
		if err != nil {
			t.Fatal(err)
		}
		return used.bytes
	}
	once := work("{% for f in client.attributes.o %}{% endfor %}")
	if many := work("{% for i in (1..9) %}{% for f in client.attributes.o %}{% endfor %}{% endfor %}"); many != once {
		t.Errorf("one loop touches %d bytes, nine %d", once, many)
	}
	if once < 100*len("name00000") {
		t.Errorf("sorting 100 names touches %d bytes", once)
	}
}
