package e2e

import (
	"encoding/json"
	"fmt"
	"testing"

	"gonets/internal/outbox"
)

// A body that changes its format keeps its links, its tags of the template, and what Markdown has no marks for.
func Test12FormatsKeepWhatTheyCanSay(t *testing.T) {
	t.Parallel()
	_, _, b := newBrowser(t, desktop, outbox.Options{})
	for _, c := range []struct{ name, html, markdown string }{
		{"a link that looks like a handler", `<p><a href="https://shop.example/onsale=1&amp;on=2">Sale</a></p>`, "[Sale](https://shop.example/onsale=1&on=2)\n"},
		{"one without quotation marks", `<p><a href=https://shop.example/onsale=1>Sale</a></p>`, "[Sale](https://shop.example/onsale=1)\n"},
		{"a handler", `<p onclick="steal()">Hi <b onmouseover=steal()>you</b></p>`, "Hi **you**\n"},
		{"tags of the template", `<p>Hi {{ client.full_name | default: "you" }}, {% if client.attributes.age > 3 %}<b>come</b>{% endif %}</p>`, "Hi {{ client.full_name | default: \"you\" }}, {% if client.attributes.age > 3 %}**come**{% endif %}\n"},
		{"a link of the template", `<p><a href="{{ unsubscribe_url }}">Leave</a></p>`, "[Leave]({{ unsubscribe_url }})\n"},
		{"lists in lists", `<ul><li>one<ol><li>two</li></ol></li></ul>`, "- one\n  1. two\n"},
		{"code", "<pre><code>a &lt; b\n  {{ x }}</code></pre>", "```\na < b\n  {{ x }}\n```\n"},
		{"a quotation", `<blockquote><p>One</p><p>two <s>three</s></p></blockquote>`, "> One\n> \n> two ~~three~~\n"},
		{"an image that is fitted", `<p>See <img src="https://shop.example/a.png" alt="a" width="100"></p>`, `See <img src="https://shop.example/a.png" alt="a" width="100">` + "\n"},
		{"an image", `<p><img src="https://shop.example/a.png" alt="a"></p>`, "![a](https://shop.example/a.png)\n"},
		{"signs that are marks", `<p>2 * 3 * 4 and snake_case_name</p>`, "2 \\* 3 \\* 4 and snake\\_case\\_name\n"},
		{"what Markdown has no marks for", `<table><tbody><tr><td style="padding:4px">x</td></tr></tbody></table>`, `<table><tbody><tr><td style="padding:4px">x</td></tr></tbody></table>` + "\n"},
	} {
		given, err := json.Marshal(c.html)
		if err != nil {
			t.Fatal(err)
		}
		got := ask[string](b, fmt.Sprintf(`import(new URL('pages/message/convert.js', document.baseURI)).then(({convert}) => convert(%s, 'html', 'markdown'))`, given))
		if got != c.markdown {
			t.Errorf("%s: got %q, want %q", c.name, got, c.markdown)
		}
	}
	text := ask[string](b, `import(new URL('pages/message/convert.js', document.baseURI)).then(({convert}) => convert('<p><a href="https://shop.example/onsale=1">Sale</a></p>', 'html', 'text'))`)
	if text != "Sale (https://shop.example/onsale=1)\n" {
		t.Errorf("the text is %q", text)
	}
}
