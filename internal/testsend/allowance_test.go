package testsend

import (
	"testing"
	"time"

	"gonets/internal/apptest"
)

func TestAnHourHasTwentyAddresses(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	begin := now
	app := apptest.New(t)
	clock := func() time.Time { return now }
	a := newAllowance(app, clock)
	take := func(name, user string, n int, ok bool, left int) time.Time {
		t.Helper()
		gotOK, gotLeft, again, err := a.Take(user, n)
		if err != nil {
			t.Fatal(err)
		}
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
	if err := a.giveBack("anna", 2); err != nil {
		t.Fatal(err)
	}
	a = newAllowance(app, clock) // as after a restart
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
	if err := a.giveBack("nobody", 3); err != nil {
		t.Fatal(err)
	}
	take("somebody who gave back more than was taken", "nobody", 20, true, 0)
	var users int
	if err := app.DB().NewQuery(`SELECT COUNT(DISTINCT user) FROM trials`).Row(&users); err != nil || users != 2 {
		t.Errorf("remembers %d users, two have used it: %v", users, err)
	}
}
