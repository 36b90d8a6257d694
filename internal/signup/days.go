package signup

import (
	"fmt"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// Columns of form_days.
const (
	shownToday     = "shown"
	requestedToday = "requested"
	confirmedToday = "confirmed"
)

// count adds to a column of today's row of a form; "" is none.
func count(db dbx.Builder, form, column string, n int, now time.Time) error {
	if form == "" {
		return nil
	}
	// A form that was deleted meanwhile is not counted: nobody would delete the row.
	_, err := db.NewQuery(`
		INSERT INTO form_days (form, day, ` + column + `) SELECT id, {:day}, {:n} FROM forms WHERE id = {:form}
		ON CONFLICT (form, day) DO UPDATE SET ` + column + ` = ` + column + ` + excluded.` + column).
		Bind(dbx.Params{"form": form, "day": now.UTC().Format(time.DateOnly), "n": n}).Execute()
	if err != nil {
		return fmt.Errorf("count for form %s: %w", form, err)
	}
	return nil
}

// shown counts in memory how often forms were shown, so that not every visit of a page writes.
type shown struct {
	mu    sync.Mutex
	forms map[string]int
	last  time.Time // when they were written
}

// writeShown is how often the counts in memory are written.
const writeShown = 5 * time.Second

// Shown counts that a form was shown.
func (s *Service) Shown(form string) error {
	now := time.Now()
	s.shown.mu.Lock()
	s.shown.forms[form]++
	due := now.Sub(s.shown.last) >= writeShown
	s.shown.mu.Unlock()
	if !due {
		return nil
	}
	return s.WriteShown()
}

// WriteShown writes the counts that are in memory.
func (s *Service) WriteShown() error {
	now := time.Now()
	s.shown.mu.Lock()
	forms := s.shown.forms
	s.shown.forms, s.shown.last = map[string]int{}, now
	s.shown.mu.Unlock()
	if len(forms) == 0 {
		return nil
	}
	return s.app.RunInTransaction(func(tx core.App) error {
		for form, n := range forms {
			if err := count(tx.DB(), form, shownToday, n, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// Day is what became of a form on a UTC day.
type Day struct {
	Day       string `json:"day" db:"day"` // such as 2026-03-01
	Shown     int    `json:"shown" db:"shown"`
	Requested int    `json:"requested" db:"requested"`
	Confirmed int    `json:"confirmed" db:"confirmed"`
}

// Totals are the sums over all days of a form.
type Totals struct {
	Shown     int `json:"shown" db:"shown"`
	Requested int `json:"requested" db:"requested"`
	Confirmed int `json:"confirmed" db:"confirmed"`
}

// Figures are what became of a form.
type Figures struct {
	Totals Totals `json:"totals"`
	// Days are those of the last 90 on which something happened, the oldest first.
	Days []Day `json:"days"`
}

// Figures reads what became of a form.
func (s *Service) Figures(form string, now time.Time) (Figures, error) {
	f := Figures{Days: []Day{}}
	if err := s.WriteShown(); err != nil {
		return f, err
	}
	params := dbx.Params{"form": form, "since": now.UTC().AddDate(0, 0, -89).Format(time.DateOnly)}
	err := s.app.DB().NewQuery(`
		SELECT COALESCE(SUM(shown), 0) AS shown, COALESCE(SUM(requested), 0) AS requested, COALESCE(SUM(confirmed), 0) AS confirmed
		FROM form_days WHERE form = {:form}`).Bind(params).One(&f.Totals)
	if err != nil {
		return f, fmt.Errorf("sum up form %s: %w", form, err)
	}
	err = s.app.DB().NewQuery(`
		SELECT day, shown, requested, confirmed FROM form_days WHERE form = {:form} AND day >= {:since} ORDER BY day`).
		Bind(params).All(&f.Days)
	if err != nil {
		return f, fmt.Errorf("read the days of form %s: %w", form, err)
	}
	return f, nil
}
