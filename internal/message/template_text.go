package message

import (
	"golang.org/x/net/html"

	"gonets/internal/placeholder"
	"gonets/internal/plaintext"
	"gonets/internal/template"
)

// TemplateToText converts a template in HTML to a template in plain text with the same tags, byte by byte, so that it can be
// edited further. Its error is a *template.Error.
func TemplateToText(source string) (string, error) {
	place := placeholder.New(source)
	var tags []string
	marked, err := template.ReplaceTags("body", source, func(tag string) string {
		tags = append(tags, html.UnescapeString(tag)) // in HTML > may be written &gt;
		return place.Of(len(tags) - 1)
	})
	if err != nil {
		return "", err
	}
	return place.Replace(plaintext.FromHTML(marked), tags), nil
}
