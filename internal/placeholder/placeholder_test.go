package placeholder

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
)

func TestPlaceholdersAreFoundAndReplaced(t *testing.T) {
	p := Prefix("gntx")
	for s, want := range map[string]string{
		"":                          "",
		"no placeholder":            "no placeholder",
		"a gntx0z b gntx1z c":       "a zero b one c",
		"gntx0zgntx0z":              "zerozero",
		"gntx gntx0 gntxz gntx00z":  "gntx gntx0 gntxz zero",
		"gntxgntx1z":                "gntxone",
		"gntx7z":                    "gntx7z",
		"gntx99999999999999999999z": "gntx99999999999999999999z",
	} {
		if got := p.Replace(s, []string{"zero", "one"}); got != want {
			t.Errorf("%q became %q, want %q", s, got, want)
		}
	}
	if other := New(string(p.Of(3))); other == p || len(other) < 10 {
		t.Errorf("a new prefix is %q", other)
	}
}

// filled is a document with each placeholder replaced by a value, escaped for its place.
func filled(p Prefix, document, value string) string {
	var b []byte
	for _, e := range p.Escapes(document) {
		_, begin, end := p.Next(document)
		b = e.Append(append(b, document[:begin]...), value)
		document = document[end:]
	}
	return string(append(b, document...))
}

// shape lists the elements and attributes of a document in order.
func shape(t testing.TB, document string) []string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	var shape []string
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		shape = append(shape, n.Data)
		for _, attr := range n.Attr {
			shape = append(shape, "@"+attr.Key)
			if attr.Key == "href" && strings.Contains(strings.ToLower(attr.Val), "script:") && !hasSafeScheme(attr.Val) {
				t.Errorf("a link became %q", attr.Val)
			}
		}
	}
	return shape
}

// clean is a value as templates give it: valid UTF-8 with \n as the only control character beside the tab.
func clean(value string) bool {
	return utf8.ValidString(value) && !strings.ContainsFunc(value, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\t' || r == 0x7f
	})
}

// FuzzEscape has a value in every kind of place, and an HTML parser judge whether it added anything.
func FuzzEscape(f *testing.F) {
	const p = Prefix("gntx")
	document := strings.ReplaceAll(`<p title="VALUE">VALUE</p><a href="VALUE">x</a>
<a href='/x?VALUE'>y</a><i class=a title=VALUE>z</i><b style="color:VALUE">c</b>
<style>p{color:VALUE}</style><!-- VALUE --><textarea>VALUE</textarea>`, "VALUE", p.Of(3))
	want := shape(f, filled(p, document, "Anna"))
	for _, seed := range []string{`"><script>`, `javascript:x`, `x onclick=y`, "a\tb\nc", `</style></textarea>-->`, `&quot;`, "\u2028`'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if !clean(value) {
			t.Skip()
		}
		if got := shape(t, filled(p, document, value)); !slices.Equal(got, want) {
			t.Errorf("%q made %v", value, got)
		}
	})
}

// FuzzDocument has placeholders anywhere in any document: each gets its way of escaping.
func FuzzDocument(f *testing.F) {
	const p = Prefix("gntx")
	for _, seed := range []string{
		`<p gntx1z="gntx2z">gntx3z</p>`, `<gntx0z><a href="gntx1zgntx2z?gntx3z`, `<script>gntx1z</script gntx2z><!--gntx3z`, `<a href=gntx1z/><xmp>gntx2z`, `<!DOCTYPE gntx1z><?gntx2z>gntx`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, document string) {
		escapes := p.Escapes(document)
		if n := p.count(document); len(escapes) != n {
			t.Errorf("%d placeholders are escaped in %d ways in %q", n, len(escapes), document)
		}
		if slices.Contains(escapes, EscapeNone) {
			t.Errorf("a value is not escaped in %q", document)
		}
	})
}
