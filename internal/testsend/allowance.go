package testsend

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// maxHourly is how many addresses a user may send trials to in an hour, so that nobody sends mailings
// by way of trials.
const maxHourly = 20

// allowance counts the addresses that users have sent trials to within the last hour, to the minute. It is
// kept in the database: a restart forgets nothing. Safe for concurrent use.
type allowance struct {
	app core.App
	now func() time.Time
}

// newAllowance returns the allowance of an instance. now is the clock, time.Now outside of tests.
func newAllowance(app core.App, now func() time.Time) *allowance {
	return &allowance{app: app, now: now}
}

// minuteLayout is how trials.minute is written: the end of the minute in UTC, so that nothing is forgotten
// before an hour is over.
const minuteLayout = "2006-01-02T15:04"

// spent are the addresses of one minute.
type spent struct {
	Minute    string `db:"minute"`
	Addresses int    `db:"addresses"`
}

// Take takes n addresses of the user's hour. When so many are not left it takes none, and tells how many
// are and when there will be n; n must not exceed maxHourly.
func (a *allowance) Take(user string, n int) (ok bool, left int, again time.Time, err error) {
	now := a.now().UTC()
	err = a.app.RunInTransaction(func(tx core.App) error {
		db := tx.NonconcurrentDB()
		_, err := db.NewQuery(`DELETE FROM trials WHERE minute <= {:minute}`).
			Bind(dbx.Params{"minute": now.Add(-time.Hour).Format(minuteLayout)}).Execute()
		if err != nil {
			return err
		}
		var minutes []spent
		err = db.NewQuery(`SELECT minute, addresses FROM trials WHERE user = {:user} ORDER BY minute`).
			Bind(dbx.Params{"user": user}).All(&minutes)
		if err != nil {
			return err
		}
		left = maxHourly
		for _, m := range minutes {
			left -= m.Addresses
		}
		if n > left {
			again, err = free(minutes, n-left)
			return err
		}
		ok, left, again = true, left-n, now
		if n == 0 {
			return nil
		}
		_, err = db.NewQuery(`
			INSERT INTO trials (user, minute, addresses) VALUES ({:user}, {:minute}, {:n})
			ON CONFLICT (user, minute) DO UPDATE SET addresses = addresses + excluded.addresses`).
			Bind(dbx.Params{"user": user, "minute": now.Add(time.Minute - 1).Format(minuteLayout), "n": n}).Execute()
		return err
	})
	if err != nil {
		return false, 0, now, fmt.Errorf("count the tests of user %s: %w", user, err)
	}
	return ok, left, again, nil
}

// free is when n of the addresses that were taken are forgotten.
func free(minutes []spent, n int) (time.Time, error) {
	for _, m := range minutes {
		if n -= m.Addresses; n <= 0 {
			at, err := time.Parse(minuteLayout, m.Minute)
			return at.Add(time.Hour), err
		}
	}
	return time.Time{}, fmt.Errorf("more than %d addresses at once", maxHourly)
}

// giveBack returns the n addresses taken last, which no mail was sent to.
func (a *allowance) giveBack(user string, n int) error {
	if n == 0 {
		return nil
	}
	err := a.app.RunInTransaction(func(tx core.App) error {
		db := tx.NonconcurrentDB()
		var minutes []spent
		err := db.NewQuery(`SELECT minute, addresses FROM trials WHERE user = {:user} ORDER BY minute DESC`).
			Bind(dbx.Params{"user": user}).All(&minutes)
		if err != nil {
			return err
		}
		for _, m := range minutes {
			back := min(n, m.Addresses)
			n -= back
			_, err := db.NewQuery(`UPDATE trials SET addresses = addresses - {:n} WHERE user = {:user} AND minute = {:minute}`).
				Bind(dbx.Params{"n": back, "user": user, "minute": m.Minute}).Execute()
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("give tests back to user %s: %w", user, err)
	}
	return nil
}
