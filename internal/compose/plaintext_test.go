package compose

import "testing"

func TestHTMLBecomesText(t *testing.T) {
	for name, c := range map[string]struct{ html, want string }{
		"paragraphs":                      {"<p>One\n two</p>\n<p>three</p>", "One two\n\nthree"},
		"line breaks":                     {"one<br>two<br/><br>three", "one\ntwo\n\nthree"},
		"headings":                        {"<h1>Title</h1><p>Text</p><h2>More</h2>Text", "Title\n\nText\n\nMore\n\nText"},
		"spaces around inline tags":       {"<p>a<b> b</b> <i>c</i>d </p>", "a b cd"},
		"a link":                          {`<p>See <a href="https://example.org/a?b=1&amp;c=2">our <b>site</b></a>.</p>`, "See our site (https://example.org/a?b=1&c=2)."},
		"a link that shows its URL":       {`<a href="https://example.org">https://example.org</a> <a href="https://example.org">example.org</a>`, "https://example.org example.org"},
		"a mail link":                     {`<a href="mailto:a@example.org">write</a>, <a href="mailto:a@example.org">a@example.org</a>`, "write (a@example.org), a@example.org"},
		"a link to nowhere":               {`<a href="#top">Up</a> <a>plain</a> <a href="">empty</a>`, "Up plain empty"},
		"a link around an image":          {`<a href="https://example.org"><img src="x" alt="Our shop"></a>`, "Our shop (https://example.org)"},
		"a link around nothing":           {`x <a href="https://example.org"><img src="x"></a>`, "x https://example.org"},
		"an image without alt":            {`a <img src="pixel.gif"> b`, "a b"},
		"a list":                          {"<p>x</p><ul><li>one<li><p>two</p></li></ul><p>y</p>", "x\n\n- one\n- two\n\ny"},
		"a numbered list":                 {`<ol start="3"><li>c</li><li>d</li></ol>`, "3. c\n4. d"},
		"a list in a list":                {"<ul><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ul>", "- a\n  - b\n  - c\n- d"},
		"empty list items":                {"<ul><li></li><li>a</li></ul>", "- \n- a"},
		"a quote":                         {"<p>x</p><blockquote><p>a</p><p>b</p></blockquote>y", "x\n\n> a\n>\n> b\n\ny"},
		"preformatted":                    {"<pre>a\n  b\n\nc</pre>d", "a\n  b\n\nc\n\nd"},
		"a table":                         {"<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>", "A B\n1 2"},
		"a table for layout":              {"<table><tr><td><table><tr><td><p>x</p></td></tr></table></td></tr><tr><td>y</td></tr></table>", "x\n\ny"},
		"a rule":                          {"a<hr>b", "a\n\n---\n\nb"},
		"what is not shown":               {`<head><title>t</title></head><style>p{}</style><script>x</script><div style="DISPLAY : none">a<div>b</div></div><p hidden>c</p>d`, "d"},
		"entities and invisible fillers":  {"a&nbsp;&lt;b&gt;&zwnj;&shy; &#1103;", "a <b> я"},
		"HTML that is broken":             {"<p>a</b></p></ul></a><li>b<blockquote></pre>c", "a\n\n- b\n\n> c"},
		"text only":                       {"just text", "just text"},
		"nothing":                         {"", ""},
		"white space only":                {" \n\t <p> </p>", ""},
		"emoji keep their joiners":        {"👩‍👧", "👩‍👧"},
		"a hidden element is not closed":  {"a<svg>b", "a"},
		"an unknown element is only text": {"<x-card>a</x-card> b", "a b"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := plainText(c.html); got != c.want+"\n" {
				t.Errorf("%s\ngot  %q\nwant %q", c.html, got, c.want)
			}
		})
	}
}
