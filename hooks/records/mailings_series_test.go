package records_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
)

// stampOf is a time as the database has it.
func stampOf(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05.000Z") }

// TestAnEditedSeriesIsPlannedAnew edits a series that began on 31 January of last year: the tests of the
// calendar itself are those of the engine.
func TestAnEditedSeriesIsPlannedAnew(t *testing.T) {
	w := newWorld(t)
	now := time.Now().UTC()
	first := time.Date(now.Year()-1, 1, 31, 9, 0, 0, 0, time.UTC)
	next := now.Truncate(24 * time.Hour).Add(24*time.Hour + 9*time.Hour) // tomorrow at nine
	other := stampOf(next.Add(90 * time.Minute))
	// The 31st at nine, or the last day of a month without it.
	monthly := func() time.Time {
		for month := now.Month(); ; month++ {
			last := time.Date(now.Year(), month+1, 0, 9, 0, 0, 0, time.UTC)
			if last.After(now) {
				return last
			}
		}
	}()
	for _, c := range []struct {
		name, repeat     string
		edit             map[string]any
		wantNext, wantAt string // starts_at and occurrence_at
	}{
		{"by its name", "daily", map[string]any{"name": "renamed"}, stampOf(next), stampOf(first)},
		{"by another start", "daily", map[string]any{"starts_at": other}, other, other},
		{"by its own start", "daily", map[string]any{"starts_at": stampOf(next), "repeat": "daily"}, stampOf(next), stampOf(first)},
		{"by another rule", "daily", map[string]any{"repeat": "monthly"}, stampOf(monthly), stampOf(first)},
		{"by another rule and another start", "daily", map[string]any{"repeat": "monthly", "starts_at": other}, other, other},
		{"by another rule and its own start", "daily", map[string]any{"repeat": "weekly", "starts_at": stampOf(next)}, stampOf(next), stampOf(next)},
		{"to be sent once", "daily", map[string]any{"repeat": "none"}, stampOf(next), ""},
		{"to be sent more than once", "none", map[string]any{"repeat": "weekly"}, stampOf(next), stampOf(next)},
	} {
		t.Run(c.name, func(t *testing.T) {
			id := w.Add(t, "mailings", map[string]any{"owner": w.IDs[anna], "name": "Spring", "repeat": c.repeat, "timezone": "UTC"}).Id
			anchor := stampOf(first)
			if c.repeat == "none" {
				anchor = ""
			}
			w.SQL(t, `UPDATE mailings SET status = 'scheduled', starts_at = {:next}, occurrence_at = {:first} WHERE id = {:id}`,
				dbx.Params{"next": stampOf(next), "first": anchor, "id": id})
			a := w.Expect(t, 200, anna, http.MethodPatch, recordsOf("mailings", id), c.edit)
			if a.Body["starts_at"] != c.wantNext || w.Column(t, "mailings", id, "starts_at") != c.wantNext {
				t.Errorf("next at %v, want %s", a.Body["starts_at"], c.wantNext)
			}
			if at := w.Column(t, "mailings", id, "occurrence_at"); a.Body["occurrence_at"] != c.wantAt || at != c.wantAt {
				t.Errorf("counted from %v (%s), want %s", a.Body["occurrence_at"], at, c.wantAt)
			}
		})
	}

	t.Run("by another zone, in which its clock shows another time", func(t *testing.T) {
		// Nine in UTC is four in New York in winter and five in summer.
		id := w.Add(t, "mailings", map[string]any{"owner": w.IDs[anna], "name": "Spring", "repeat": "daily", "timezone": "UTC"}).Id
		w.SQL(t, `UPDATE mailings SET status = 'scheduled', starts_at = {:next}, occurrence_at = {:first} WHERE id = {:id}`,
			dbx.Params{"next": stampOf(next), "first": stampOf(first), "id": id})
		a := w.Expect(t, 200, anna, http.MethodPatch, recordsOf("mailings", id), map[string]any{"timezone": "America/New_York"})
		zone, err := time.LoadLocation("America/New_York")
		must(t, err)
		shown, err := time.Parse("2006-01-02 15:04:05.000Z", a.Body["starts_at"].(string))
		must(t, err)
		if shown.In(zone).Hour() != 4 || !shown.After(now) || shown.After(now.Add(25*time.Hour)) {
			t.Errorf("next at %s", shown.In(zone))
		}
	})

	t.Run("by an end before its next occurrence, which is refused", func(t *testing.T) {
		id := w.Add(t, "mailings", map[string]any{"owner": w.IDs[anna], "name": "Spring", "repeat": "daily", "timezone": "UTC"}).Id
		w.SQL(t, `UPDATE mailings SET status = 'scheduled', starts_at = {:next}, occurrence_at = {:first} WHERE id = {:id}`,
			dbx.Params{"next": stampOf(next), "first": stampOf(first), "id": id})
		a := w.Expect(t, 400, anna, http.MethodPatch, recordsOf("mailings", id), map[string]any{"ends_at": stampOf(next.Add(-time.Hour))})
		if a.Code("ends_at") != "ends_before_start" {
			t.Error(a.Text)
		}
		a = w.Expect(t, 400, anna, http.MethodPatch, recordsOf("mailings", id), map[string]any{"occurrence_at": other})
		if a.Code("occurrence_at") != "read_only" {
			t.Error(a.Text)
		}
	})
}
