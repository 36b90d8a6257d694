package template

import (
	"errors"
	"strings"
	"testing"
)

// TestTemplatesThatAreReadTooOftenAreRefused: what is not closed makes the search for the next tag go on to
// the end of the text, again after each tag.
func TestTemplatesThatAreReadTooOftenAreRefused(t *testing.T) {
	padding := strings.Repeat("x", 300<<10)
	for name, source := range map[string]string{
		"outputs that are not closed, in a raw":      "{% raw %}" + strings.Repeat("{{{%a%}", 100) + padding + "{% endraw %}",
		"outputs that are not closed, in a comment":  "{% comment %}" + strings.Repeat("{{ {%a%}", 100) + padding + "{% endcomment %}",
		"more tags than allowed, hidden by a zero":   strings.Repeat("{\x00{ client.email }}", maxTags+1),
		"more tags than allowed, hidden by entities": "{{ client.email | default: '" + strings.Repeat("&#123;&#123; x }&#125;", maxTags+1) + "' }}",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("body", source, Syntax{Entities: true})
			var broken *Error
			if !errors.As(err, &broken) || !strings.HasPrefix(broken.Detail, "there are ") {
				t.Errorf("%.200v", err)
			}
			if _, err := ReplaceTags("body", source, strings.ToUpper); err == nil && !strings.Contains(source, "&#123;") { // there it stays text
				t.Error("its tags are replaced")
			}
		})
	}
}

func TestOpenings(t *testing.T) {
	for _, c := range []struct {
		source string
		want   int
	}{
		{" a }} b }}", 3}, {"}} b }}", 5}, {" a\n}}", 2}, {" a", 2}, {"", 0},
	} {
		if got := openOutput(c.source); got != c.want {
			t.Errorf("{{%s is open for %d bytes, want %d", c.source, got, c.want)
		}
	}
	for _, c := range []struct {
		source string
		want   int
	}{
		{" a %} b", 3}, {" a %%} %}", 7}, {" a\n%}", 3}, {" a %", 4}, {"", 0}, {"%}", 0},
	} {
		if got := openTag(c.source); got != c.want {
			t.Errorf("{%%%s is open for %d bytes, want %d", c.source, got, c.want)
		}
	}
}
