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
<style>p{color:VALUE;background:url(VALUE);content:'VALUE'}</style><!-- VALUE --><textarea>VALUE</textarea>
<b style="background:url('VALUE')">d</b><b style='background:url("VALUE");font-family:"VALUE"'>e</b><script type="application/ld+json">{"a":"VALUE","b":VALUE}</script>`, "VALUE", p.Of(3))
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

func TestValuesStayWholeWhereTheyCan(t *testing.T) {
	const p, value = Prefix("gntx"), `https://cdn.example.org/a (1).png?x=1&y='"2`
	for name, c := range map[string]struct{ document, want string }{
		"url in a style":              {`<div style="background:url('VALUE')">`, `<div style="background:url('https://cdn.example.org/a%20%281%29.png?x=1&amp;y=%27%222')">`},
		"url without quotes":          {`<div style="background: URL( VALUE )">`, `<div style="background: URL( https://cdn.example.org/a%20%281%29.png?x=1&amp;y=%27%222 )">`},
		"the rest of a url":           {`<div style="background:url('https://x.example/?u=VALUE')">`, `<div style="background:url('https://x.example/?u=https://cdn.example.org/a%20%281%29.png?x=1&amp;y=%27%222')">`},
		"url in a style sheet":        {`<style>p{background:url("VALUE")}</style>`, `<style>p{background:url("https://cdn.example.org/a%20%281%29.png?x=1&y=%27%222")}</style>`},
		"a quoted text in a style":    {`<p style="font-family:'VALUE'">`, `<p style="font-family:'https\3A \2F \2F cdn.example.org\2F a \28 1\29 .png\3F x\3D 1\26 y\3D \27 \22 2'">`},
		"a word in a style":           {`<p style="color:VALUE">`, `<p style="color:httpscdn.example.orga 1.pngx1y2">`},
		"a word after a url":          {`<p style="background:url('x');color:VALUE">`, `<p style="background:url('x');color:httpscdn.example.orga 1.pngx1y2">`},
		"a text in JSON":              {`<script type="application/ld+json">{"url":"VALUE"}</script>`, `<script type="application/ld+json">{"url":"https://cdn.example.org/a (1).png?x=1\u0026y=\u0027\u00222"}</script>`},
		"no text in JSON":             {`<script type="application/json">{"n":VALUE}</script>`, `<script type="application/json">{"n":httpscdn.example.orga 1.pngx1y2}</script>`},
		"a script":                    {`<script>x="VALUE"</script>`, `<script>x="httpscdn.example.orga 1.pngx1y2"</script>`},
		"quotes that a comment hides": {`<p style="/* it's */color:VALUE">`, `<p style="/* it's */color:httpscdn.example.orga 1.pngx1y2">`},
	} {
		t.Run(name, func(t *testing.T) {
			got := filled(p, strings.ReplaceAll(c.document, "VALUE", p.Of(0)), value)
			if want := strings.ReplaceAll(c.want, `\\`, `\`); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
	if got := filled(p, `<div style="background:url(`+p.Of(0)+`)">`, "javascript:alert(1)"); got != `<div style="background:url(#)">` {
		t.Error(got)
	}
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
