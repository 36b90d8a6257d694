package compose

import (
	"strings"
	"testing"
)

func TestValuesAreEscapedForWhereTheyStand(t *testing.T) {
	for name, c := range map[string]struct{ template, value, want string }{
		"between tags":                        {`<p>{{ client.full_name }}</p>`, `<b>"A" & 'B'</b>`, `<p>&lt;b&gt;&#34;A&#34; &amp; &#39;B&#39;&lt;/b&gt;</p>`},
		"an entity stays what was typed":      {`<p>{{ client.full_name }}</p>`, `Tom &amp; Co`, `<p>Tom &amp;amp; Co</p>`},
		"escape is not done twice":            {`<p>{{ client.full_name | escape }}</p>`, `A & B`, `<p>A &amp; B</p>`},
		"a default is escaped too":            {`<p>{{ client.attributes.x | default: "a < b" }}</p>`, ``, `<p>a &lt; b</p>`},
		"as editors write conditions":         {`{% if 2 &gt; 1 and &quot;a&quot; == &quot;a&quot; %}<p>yes</p>{% endif %}`, ``, `<p>yes</p>`},
		"in a quoted attribute":               {`<i title="{{ client.full_name }}">`, `" onclick="x`, `<i title="&#34;&#32;onclick&#61;&#34;x">`},
		"in an attribute without quotes":      {`<i title={{ client.full_name }}>`, `a onclick=x>`, `<i title=a&#32;onclick&#61;x&gt;>`},
		"as an attribute":                     {`<i {{ client.full_name }}>`, `onclick=x y`, `<i onclick&#61;x&#32;y>`},
		"a link":                              {`<a href="{{ client.full_name }}">`, `https://example.org/?a=1&b=2`, `<a href="https://example.org/?a=1&amp;b=2">`},
		"a link that runs":                    {`<a href="{{ client.full_name }}">`, ` JavaScript:alert(1)`, `<a href="#">`},
		"a link that runs, with data":         {`<img src='{{ client.full_name }}'>`, `data:text/html,x`, `<img src='#'>`},
		"a link that runs, with a tab":        {`<a href={{ client.full_name }}>`, "java\tscript:x", `<a href=#>`},
		"a link that runs, behind an empty":   {`<a href="{{ client.nope }}{{ client.full_name }}">`, "vbscript:x", `<a href="#">`},
		"a colon further on is no scheme":     {`<a href="{{ client.full_name }}">`, `/a?t=10:30`, `<a href="/a?t=10:30">`},
		"part of a link":                      {`<a href="https://example.org/?n={{ client.full_name }}">`, `Анна & "co"`, `<a href="https://example.org/?n=%D0%90%D0%BD%D0%BD%D0%B0%20&amp;%20%22co%22">`},
		"part of a link, encoded by a filter": {`<a href="https://example.org/?n={{ client.full_name | url_encode }}">`, `a b&c=d%`, `<a href="https://example.org/?n=a+b%26c%3Dd%25">`},
		"in a style attribute":                {`<i style="color:{{ client.full_name }}">`, `red;background:url(x)"`, `<i style="color:redbackgroundurlx">`},
		"in an event":                         {`<i onclick="f('{{ client.full_name }}')">`, `');g('`, `<i onclick="f('g')">`},
		"in a style":                          {`<style>p{color:{{ client.full_name }}}</style>`, `#fff}</style><script>`, `<style>p{color:#fffstylescript}</style>`},
		"in a comment":                        {`<!-- {{ client.full_name }} -->`, `--><script>`, `<!-- --&gt;&lt;script&gt; -->`},
		"in Outlook's comments":               {`<!--[if mso]><v:rect href="{{ client.full_name }}"><![endif]-->`, `https://example.org/?a=1&b`, `<!--[if mso]><v:rect href="https://example.org/?a&#61;1&amp;b"><![endif]-->`},
		"in a text area":                      {`<textarea>{{ client.full_name }}</textarea>`, `</textarea>`, `<textarea>&lt;/textarea&gt;</textarea>`},
		"in a tag that never ends":            {`<html><body><a href="{{ unsubscribe_url }}">x</a><i title="{{ client.full_name }}`, `"><script>`, `<i title="&#34;&gt;&lt;script&gt;`},
		"tags around an attribute":            {`<i {% if client.full_name %}title="{{ client.full_name }}"{% endif %}>`, `"`, `<i title="&#34;">`},
	} {
		t.Run(name, func(t *testing.T) {
			a := anna()
			a.FullName = c.value
			if got := preview(t, draft(FormatHTML, c.template), a).HTML; !strings.Contains(got, c.want) {
				t.Errorf("%s is not in\n%s", c.want, got)
			}
		})
	}
}

func TestValuesInMarkdownAreNoMarkdown(t *testing.T) {
	a := anna()
	a.FullName = "*A* [x](javascript:y) <b> `c` _d_\n\n# e"
	p := preview(t, draft(FormatMarkdown, "Hi **{{ client.full_name }}** and `{{ client.full_name }}`, [go]({{ client.full_name }}) [on](https://example.org/{{ client.attributes.city }} \"{{ client.email }}\")"), a)
	escaped := "*A* [x](javascript:y) &lt;b&gt; `c` _d_\n\n# e"
	for _, want := range []string{
		"<strong>" + escaped + "</strong>", "<code>" + escaped + "</code>", `<a href="#">go</a>`, `<a href="https://example.org/Tver" title="anna@example.com">`,
	} {
		if !strings.Contains(p.HTML, want) {
			t.Errorf("%s is not in\n%s", want, p.HTML)
		}
	}
}

func TestMarkdownIsMadeAfterTheTags(t *testing.T) {
	for name, c := range map[string]struct{ markdown, html, text string }{
		"a list from a loop":   {"Tags:\n\n{% for t in client.attributes.tags %}\n- {{ t }}\n{% endfor %}\n\nBye", "<ul>\n<li>tea</li>\n<li>books</li>\n</ul>\n<p>Bye</p>", "Tags:\n\n- tea\n- books\n\nBye\n"},
		"a row of a table":     {"| a | b |\n|---|---|\n{% for t in client.attributes.tags %}\n| {{ t }} | {{ forloop.index }} |\n{% endfor %}", "<td>books</td>\n<td>2</td>", "a b\ntea 1\nbooks 2\n"},
		"a condition in a row": {"One {% if client.email %}*two*{% endif %} three", "<p>One <em>two</em> three</p>", "One two three\n"},
		"a line end is kept":   {"Yours,\nAnna", "<p>Yours,<br>\nAnna</p>", "Yours,\nAnna\n"},
		"a hash in a value":    {"{{ \"#\" }} x", "<p># x</p>", "# x\n"},
	} {
		t.Run(name, func(t *testing.T) {
			a := anna()
			a.UnsubscribeURL = ""
			p := preview(t, draft(FormatMarkdown, c.markdown), a)
			if !strings.Contains(p.HTML, c.html) {
				t.Errorf("%s is not in\n%s", c.html, p.HTML)
			}
			if p.Text != c.text {
				t.Errorf("text %q, want %q", p.Text, c.text)
			}
		})
	}
}

func TestTextAndSubjectAreNotEscaped(t *testing.T) {
	a := anna()
	a.FullName = `<b> & "Co"`
	l := draft(FormatHTML, "<p>{{ client.full_name }}</p>")
	l.Subject = "For {{ client.full_name }}"
	p := preview(t, l, a)
	if p.Subject != "For "+a.FullName || !strings.HasPrefix(p.Text, a.FullName+"\n") {
		t.Errorf("subject %q, text %q", p.Subject, p.Text)
	}
	l.TextBody = "Dear {{ client.full_name }}"
	if p := preview(t, l, a); !strings.HasPrefix(p.Text, "Dear "+a.FullName+"\n") {
		t.Errorf("text %q", p.Text)
	}
}
