package template

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gonets/internal/template/filter"
)

// TestTheExamplesOfTheDocumentationDoWhatTheySay renders each example of docs/templates.md for the
// client that the page introduces.
func TestTheExamplesOfTheDocumentationDoWhatTheySay(t *testing.T) {
	page, err := os.ReadFile("../../docs/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	fenced := regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$").FindAllStringSubmatch(string(page), -1)
	var sample struct {
		Email      string
		FullName   string `json:"full_name"`
		Attributes map[string]any
	}
	if fenced[0][1] != "json" {
		t.Fatal("the page does not begin with a client")
	}
	if err := json.Unmarshal([]byte(fenced[0][2]), &sample); err != nil {
		t.Fatal(err)
	}
	a := Values{Email: sample.Email, FullName: sample.FullName, Attributes: sample.Attributes}
	examples := fenced[1:]
	if len(examples) < 10 || len(examples)%2 != 0 {
		t.Fatalf("%d blocks are no pairs of template and result", len(examples))
	}
	for pair := range slices.Chunk(examples, 2) {
		if pair[0][1] != "liquid" || pair[1][1] != "text" {
			t.Fatalf("%q and %q are no template and its result", pair[0][1], pair[1][1])
		}
		if got, want := rendered(t, pair[0][2], a), strings.TrimSuffix(pair[1][2], "\n"); got != want {
			t.Errorf("%s\ngives %q\nthe page says %q", pair[0][2], got, want)
		}
	}
}

func TestTheDocumentationNamesAllFilters(t *testing.T) {
	page, err := os.ReadFile("../../docs/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range filter.Names() {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("the filter %s is missing", name)
		}
	}
}
