package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

var (
	markdownLink    = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	markdownHeading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	codeBlock       = regexp.MustCompile("(?ms)^ *```.*?^ *```")
)

// TestLinksInDocsLeadSomewhere follows the links between the pages, and to their headings.
func TestLinksInDocsLeadSomewhere(t *testing.T) {
	for _, pattern := range []string{"*.md", "*/*.md", "packaging/*/*.md"} {
		pages, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range pages {
			for _, m := range markdownLink.FindAllStringSubmatch(pageText(t, page), -1) {
				if strings.Contains(m[1], ":") {
					continue // on another site
				}
				name, heading, hasHeading := strings.Cut(m[1], "#")
				target := page
				if name != "" {
					target = filepath.Join(filepath.Dir(page), filepath.FromSlash(name))
				}
				if _, err := os.Stat(target); err != nil {
					t.Errorf("%s: %s leads nowhere", page, m[1])
				} else if hasHeading && !hasAnchor(pageText(t, target), heading) {
					t.Errorf("%s: %s has no heading for %s", page, target, m[1])
				}
			}
		}
	}
}

// pageText is a page without its blocks of code.
func pageText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return codeBlock.ReplaceAllString(string(text), "")
}

// hasAnchor reports whether a heading has this anchor, as GitHub makes them.
func hasAnchor(text, anchor string) bool {
	for _, m := range markdownHeading.FindAllStringSubmatch(text, -1) {
		made := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, m[1])
		if made == anchor {
			return true
		}
	}
	return false
}
