package database

import (
	"strings"
	"testing"
)

func TestLongPatternsOfFilters(t *testing.T) {
	at, past := strings.Repeat("ж", MaxPattern), strings.Repeat("ж", MaxPattern+1)
	for filter, want := range map[string]bool{
		`email ~ "` + at + `"`:                                  false,
		`email ~ "` + past + `"`:                                true,
		`email !~ '` + past + `'`:                               true,
		`attributes.a ?~ "` + past + `"`:                        true,
		`attributes.a ?!~ "` + past + `"`:                       true,
		`a = 1 && (b = 2 || (c = 3 && email ~ "` + past + `"))`: true,
		`email ~ strftime("` + past + `", created)`:             true,
		`email ~ ` + strings.Repeat("1", MaxPattern+1):          true,
		`email = "` + past + `"`:                                false,
		`"` + past + `" ~ email`:                                false, // a text to look in
		`email ~ "` + past:                                      false, // cannot be read
		``:                                                      false,
	} {
		if got := HasLongPattern(filter); got != want {
			t.Errorf("%s: %v", filter, got)
		}
	}
}
