package template

import (
	"strings"
	"testing"
)

func TestBareVariables(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"nothing", "Hello", ""},
		{"values as they are, each once", "{{ client.full_name }} {{client.attributes.city}} {{- client.full_name -}}", "client.full_name client.attributes.city"},
		{"with filters that make nothing of nothing", "{{ client.attributes.city | upcase | strip }}", "client.attributes.city"},
		{"in brackets", `{{ client.attributes["home town"] }}`, "client.attributes.home town"},
		{"with a default", `{{ client.full_name | default: "you" }} {{ client.attributes.city | upcase | default: 'X' }}`, ""},
		{"in a condition on it", `{% if client.full_name != "" %}{{ client.full_name }}{% else %}{{ client.full_name }}{% endif %}`, ""},
		{"in a condition on what it is inside of", `{% if client.attributes.address %}{{ client.attributes.address.city }}{% endif %}`, ""},
		{"in a condition on something else", `{% if client.attributes.vip %}{{ client.attributes.city }}{% endif %}`, "client.attributes.city"},
		{"in a condition within one on it", `{% if client.attributes.city %}{% unless client.attributes.vip %}{{ client.attributes.city }}{% endunless %}{% endif %}`, ""},
		{"in a choice by it", `{% case client.attributes.city %}{% when "York" %}{{ client.attributes.city }}{% endcase %}`, ""},
		{"in a loop", `{% for tag in client.attributes.tags %}{{ tag }} {{ client.full_name }}{% endfor %}`, "client.full_name"},
		{"what the template sets itself", `{% assign city = client.attributes.city %}{{ city }}`, ""},
		{"links, and what is part of a text", `{{ unsubscribe_url }} {{ "to " | append: client.full_name }} {{ client.attributes.tags | size }}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			parsed, err := Parse("body", c.source, Syntax{})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(parsed.Bare(), " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
