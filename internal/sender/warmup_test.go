package sender

import "testing"

func TestANewSenderWarmsUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name             string
		w                WarmUp
		day, daily, want int
	}{
		{"on the first day", WarmUp{50, 100}, 0, 1000, 50},
		{"it doubles", WarmUp{50, 100}, 2, 1000, 200},
		{"up to the daily limit", WarmUp{50, 100}, 9, 1000, 1000},
		{"by half when nothing is said", WarmUp{50, 0}, 1, 0, 75},
		{"in the end without a limit", WarmUp{50, 100}, 400, 0, 0},
		{"not when it is off", WarmUp{0, 100}, 0, 1000, 1000},
	} {
		if got := c.w.Limit(c.day, c.daily); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}
