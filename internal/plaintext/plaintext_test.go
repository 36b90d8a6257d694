package plaintext

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestHTMLBecomesText(t *testing.T) {
	for name, c := range map[string]struct{ html, want string }{
		"paragraphs":                        {"<p>One\n two</p>\n<p>three</p>", "One two\n\nthree"},
		"line breaks":                       {"one<br>two<br/><br>three", "one\ntwo\n\nthree"},
		"headings":                          {"<h1>Title</h1><p>Text</p><h2>More</h2>Text", "Title\n\nText\n\nMore\n\nText"},
		"spaces around inline tags":         {"<p>a<b> b</b> <i>c</i>d </p>", "a b cd"},
		"a link":                            {`<p>See <a href="https://example.org/a?b=1&amp;c=2">our <b>site</b></a>.</p>`, "See our site (https://example.org/a?b=1&c=2)."},
		"a link that shows its URL":         {`<a href="https://example.org">https://example.org</a> <a href="https://example.org">example.org</a>`, "https://example.org example.org"},
		"a mail link":                       {`<a href="mailto:a@example.org">write</a>, <a href="mailto:a@example.org">a@example.org</a>`, "write (a@example.org), a@example.org"},
		"a link to nowhere":                 {`<a href="#top">Up</a> <a>plain</a> <a href="">empty</a>`, "Up plain empty"},
		"a link around an image":            {`<a href="https://example.org"><img src="x" alt="Our shop"></a>`, "Our shop (https://example.org)"},
		"a link around nothing":             {`x <a href="https://example.org"><img src="x"></a>`, "x https://example.org"},
		"an image without alt":              {`a <img src="pixel.gif"> b`, "a b"},
		"a list":                            {"<p>x</p><ul><li>one<li><p>two</p></li></ul><p>y</p>", "x\n\n- one\n- two\n\ny"},
		"a numbered list":                   {`<ol start="3"><li>c</li><li>d</li></ol>`, "3. c\n4. d"},
		"a list in a list":                  {"<ul><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ul>", "- a\n  - b\n  - c\n- d"},
		"empty list items":                  {"<ul><li></li><li>a</li></ul>", "- \n- a"},
		"a quote":                           {"<p>x</p><blockquote><p>a</p><p>b</p></blockquote>y", "x\n\n> a\n>\n> b\n\ny"},
		"preformatted":                      {"<pre>a\n  b\n\nc</pre>d", "a\n  b\n\nc\n\nd"},
		"a table":                           {"<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>", "A B\n1 2"},
		"a table for layout":                {"<table><tr><td><table><tr><td><p>x</p></td></tr></table></td></tr><tr><td>y</td></tr></table>", "x\n\ny"},
		"a rule":                            {"a<hr>b", "a\n\n---\n\nb"},
		"what is not shown":                 {`<head><title>t</title></head><style>p{}</style><script>x</script><div style="DISPLAY : none">a<div>b</div></div><p hidden>c</p>d`, "d"},
		"entities and invisible fillers":    {"a&nbsp;&lt;b&gt;&zwnj;&shy; &#1103;", "a <b> я"},
		"HTML that is broken":               {"<p>a</b></p></ul></a><li>b<blockquote></pre>c", "a\n\n- b\n\n> c"},
		"text only":                         {"just text", "just text"},
		"nothing":                           {"", ""},
		"white space only":                  {" \n\t <p> </p>", ""},
		"emoji keep their joiners":          {"👩‍👧", "👩‍👧"},
		"a hidden element is not closed":    {"a<svg>b", "a"},
		"a hidden paragraph, not closed":    {`<p style="display:none">a<p>b<p>c`, "b\n\nc"},
		"its parent ends":                   {`<div><p hidden>a</div>b`, "b"},
		"a hidden item, not closed":         {`<ul><li hidden>a<ul><li>x</ul><li>b</ul>`, "- b"},
		"a hidden cell, not closed":         {`<table><tr><td style="visibility: hidden">a<table><tr><td>x</table><td>b<tr><td>c</table>`, "b\nc"},
		"hidden only from Outlook":          {`<a href="https://a.example" style="mso-hide:all">a</a>`, "a (https://a.example)"},
		"without height":                    {`<div style="max-height: 0px; overflow: hidden">a</div><div style="max-height:0">b</div><div style="max-height:0.5em;overflow:hidden">c</div>`, "b\nc"},
		"hidden by a class":                 {`<style>/* .c{display:none} */ p.a, .x b{display:none} @media (max-width:9px){.b{display:none}} .c{color:red}</style><p class="z a">a</p><p class="b">b</p><p class="c">c</p>`, "b\n\nc"},
		"a stray end tag in what is hidden": {`<div hidden>a</b></p></x>b</div>c`, "c"},
		"an unknown element is only text":   {"<x-card>a</x-card> b", "a b"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := FromHTML(c.html); got != c.want+"\n" {
				t.Errorf("%s\ngot  %q\nwant %q", c.html, got, c.want)
			}
		})
	}
}

func TestShownLinks(t *testing.T) {
	for document, want := range map[string]string{
		`<a href="x">a</a> <a href=" y "><b>b</b></a><area href="z">`:                                                             "x y z",
		`<!-- <a href="x">a</a> --><a href="y"> &nbsp;</a><a href="z"></a>`:                                                       "",
		`<a href="x"><img src="a.png"></a><a href="y"><img width=1 height="1px" src="b.gif"></a>`:                                 "x",
		`<p hidden><a href="x">a</a><p><a href="y">b`:                                                                             "y",
		`<a href="x" style="opacity:0">a</a><a href="y" style="FONT-SIZE : 0px">b</a><a style="color:transparent" href="z">c</a>`: "",
		`<a href="x" style="opacity:0.5;font-size:10px">a</a>`:                                                                    "x",
		`<a href="x">a<a href="y">b</a>`:                                                                                          "x y",
		`<template><a href="x">a</a></template><a name="n">n</a>`:                                                                 "",
	} {
		if got := strings.Join(ShownLinks(document), " "); got != want {
			t.Errorf("%s: %q, want %q", document, got, want)
		}
	}
}

// TestAnchorsInAnchors: the text of each was searched for where it begins.
func TestAnchorsInAnchors(t *testing.T) {
	for name, document := range map[string]string{
		"around many spaces": "<pre>" + strings.Repeat("<a href=x>", 40_000) + strings.Repeat(" ", 400_000) + strings.Repeat("</a>", 40_000) + "end",
		"around a long word": strings.Repeat("<a href=x>", 40_000) + strings.Repeat("y", 400_000) + strings.Repeat("</a>", 40_000) + "end",
	} {
		if text := FromHTML(document); !strings.HasSuffix(text, "end\n") || strings.Count(text, "x") > maxOpenLinks {
			t.Errorf("%s: %d bytes of text, %d addresses", name, len(text), strings.Count(text, "x"))
		}
	}
	if got := FromHTML(`<a href="https://a.example">one <a href="https://b.example">two</a></a> <a href="https://c.example">three</a>`); got != "one two (https://b.example) (https://a.example) three (https://c.example)\n" {
		t.Errorf("%q", got)
	}
}

// FuzzPlainText converts any HTML to text, and the text back to HTML.
func FuzzPlainText(f *testing.F) {
	for _, seed := range []string{
		"<p>One\n two</p><ul><li>a<ol start=3><li>b</ol></ul>", `<a href="https://example.org/?a=1&amp;b">x <img alt="y"></a>`, "<pre>a\n  b</pre><blockquote><p>c</blockquote>",
		`<div style="display:none">a<div>b</div></div><svg>c`, "https://a.example/(b)). <b", "\u00ad<!-- x --><table><tr><td>1<td>2",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, document string) {
		text := FromHTML(document)
		if !strings.HasSuffix(text, "\n") || utf8.ValidString(document) && !utf8.ValidString(text) {
			t.Errorf("%q became %q", document, text)
		}
		for _, url := range URLs(text) {
			if !strings.Contains(text, url) || strings.ContainsAny(url, "<>\"' \n") {
				t.Errorf("%q has the address %q", text, url)
			}
		}
		if strings.Contains(strings.NewReplacer("<br>", "", "<a href=", "", "</a>", "").Replace(ToHTML(text, "gntx", nil)), "<") {
			t.Errorf("%q became an element", text)
		}
	})
}
