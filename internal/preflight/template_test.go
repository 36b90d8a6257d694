package preflight

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whoever changes a starting template changes what is looked for, too.
func TestEveryStartingTemplateHasWhatIsLookedFor(t *testing.T) {
	all := ""
	for _, language := range []string{"en", "ru"} {
		source, err := os.ReadFile(filepath.Join("../../pb_public/pages/message/templates", language+".js"))
		if err != nil {
			t.Fatal(err)
		}
		all += string(source)
		head, _, _ := strings.Cut(string(source), "export const letters")
		if !strings.Contains(head, `"https://example.com/"`) {
			t.Errorf("%s: the templates name another site", language)
		}
		for _, template := range strings.Split(string(source), "\n    key: ")[1:] {
			name, _, _ := strings.Cut(template, ",")
			found := strings.Contains(template, "site,") || strings.Contains(template, "end,")
			for _, sample := range samples {
				found = found || strings.Contains(template, sample)
			}
			if !found {
				t.Errorf("%s: nothing is looked for of the template %s", language, name)
			}
		}
	}
	for _, sample := range samples {
		if !strings.Contains(all, sample) {
			t.Errorf("no template has %q", sample)
		}
	}
}
