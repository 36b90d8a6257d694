package trial

import (
	"testing"
	"time"
)

func TestAnHourHasTwentyAddresses(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	begin := now
	a := NewAllowance(func() time.Time { return now })
	take := func(name, user string, n int, ok bool, left int) time.Time {
		t.Helper()
		gotOK, gotLeft, again := a.Take(user, n)
		if gotOK != ok || gotLeft != left {
			t.Errorf("%s: %v with %d left, want %v with %d", name, gotOK, gotLeft, ok, left)
		}
		return again
	}

	take("the first", "anna", 5, true, 15)
	now = now.Add(10 * time.Minute)
	take("up to the limit", "anna", 15, true, 0)
	take("somebody else", "boris", 20, true, 0)
	if again := take("one more", "anna", 1, false, 0); !again.Equal(begin.Add(time.Hour)) {
		t.Errorf("one more again at %s", again)
	}
	if again := take("six more", "anna", 6, false, 0); !again.Equal(begin.Add(70 * time.Minute)) {
		t.Errorf("six more again at %s", again)
	}
	a.GiveBack("anna", 2)
	if again := take("three after two were given back", "anna", 3, false, 2); !again.Equal(begin.Add(time.Hour)) {
		t.Errorf("three again at %s", again)
	}
	take("two after two were given back", "anna", 2, true, 0)
	take("nothing", "anna", 0, true, 0)

	now = begin.Add(time.Hour)
	take("when the first hour is over", "anna", 6, false, 5)
	take("as many as are back", "anna", 5, true, 0)
	now = begin.Add(3 * time.Hour)
	take("much later", "anna", 20, true, 0)
	a.GiveBack("nobody", 3)
	take("somebody who gave back more than was taken", "nobody", 20, true, 0)
	if len(a.spent) != 2 {
		t.Errorf("remembers %d users, two have used it", len(a.spent))
	}
}
