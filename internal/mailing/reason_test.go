package mailing

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// TestAReasonIsCutByCharacters: the column has 4096 bytes, and what does not fit it keeps an owner from
// renaming the mailing.
func TestAReasonIsCutByCharacters(t *testing.T) {
	for _, letter := range []string{"a", "я", "信", "📨", "<", `"`} {
		for _, before := range []string{"", "x", "xy", "xyz"} {
			detail := before + strings.Repeat(letter, 3000)
			raw := NewReason(WaitRefusing, detail, time.Time{}).Column().(string)
			if len(raw) > 4096 {
				t.Errorf("%s: %d bytes", letter, len(raw))
			}
			var r Reason
			if err := json.Unmarshal([]byte(raw), &r); err != nil {
				t.Fatal(err)
			}
			if n := utf8.RuneCountInString(r.Detail); n != maxDetail || strings.ContainsRune(r.Detail, utf8.RuneError) {
				t.Errorf("%s: %d characters, ends in %q", letter, n, r.Detail[len(r.Detail)-8:])
			}
		}
	}
}
