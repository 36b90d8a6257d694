package markdown

import (
	"regexp"
	"strings"

	"gonets/internal/placeholder"
	"gonets/internal/template"
)

// TemplateToHTML converts a template in Markdown to a template in HTML with the same tags, so that it can be edited
// further. Its error says which limit the template exceeds.
func TemplateToHTML(source string) (string, error) {
	if len(source) > maxSource { // before it is searched for tags
		return "", check(source)
	}
	place := placeholder.New(source)
	var tags []string
	marked, err := template.ReplaceTags("body", source, func(tag string) string {
		tags = append(tags, tag)
		return place.Of(len(tags) - 1)
	})
	if err != nil {
		return "", err
	}
	document, err := ToHTML(marked)
	if err != nil {
		return "", err
	}
	// A {% … %} that is alone on its line gets no paragraph and no line of its own.
	one := string(place) + `[0-9]+z`
	for _, alone := range []string{`<p>(` + one + `)</p>`, `(?m)^(` + one + `)<br>$`, `(?m)<br>\n(` + one + `)</p>$`} {
		document = regexp.MustCompile(alone).ReplaceAllStringFunc(document, func(found string) string {
			number, begin, end := place.Next(found)
			if !strings.HasPrefix(tags[number], "{%") {
				return found
			}
			if strings.HasPrefix(found, "<br>") {
				return "</p>\n" + found[begin:end]
			}
			return found[begin:end]
		})
	}
	return strings.TrimSpace(place.Replace(document, tags)) + "\n", nil
}
