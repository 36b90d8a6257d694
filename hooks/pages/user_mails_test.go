package pages

import "testing"

func TestSpan(t *testing.T) {
	for _, c := range []struct {
		lang    string
		seconds int64
		want    string
	}{
		{"en", 86400, "1 day"},
		{"en", 3 * 86400, "3 days"},
		{"en", 1800, "30 minutes"},
		{"en", 3600, "1 hour"},
		{"en", 90, "90 seconds"},
		{"ru", 86400, "1 день"},
		{"ru", 3 * 86400, "3 дня"},
		{"ru", 5 * 86400, "5 дней"},
		{"ru", 1800, "30 минут"},
		{"ru", 21 * 60, "21 минуту"},
		{"ru", 11 * 60, "11 минут"},
		{"ru", 12 * 3600, "12 часов"},
		{"ru", 22 * 3600, "22 часа"},
	} {
		if got := span(c.lang, c.seconds); got != c.want {
			t.Errorf("%d seconds in %s: got %q, want %q", c.seconds, c.lang, got, c.want)
		}
	}
}
