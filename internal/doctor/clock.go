package doctor

import (
	"context"
	"fmt"
	"time"

	"gonets/internal/build"
	"gonets/internal/database"
)

// aheadMost is how far ahead of the clock what was written may be: less is the jitter of several machines.
const aheadMost = 2 * time.Minute

// clock checks that the clock of this machine can be right: signatures, limits of a day and starts of mailings depend on it.
func (d *doctor) clock(ctx context.Context) error {
	const do = "set the clock, and have it kept: timedatectl set-ntp true"
	now := time.Now().UTC()
	f := Finding{Code: "clock", Level: levelOK, Detail: now.Format(time.DateTime + " MST"), Values: map[string]any{"now": now.Format(time.RFC3339)}}
	var newest string
	// By idx_attempts_created.
	if err := d.app.ConcurrentDB().NewQuery(`SELECT COALESCE(MAX(created), '') FROM attempts`).WithContext(ctx).Row(&newest); err != nil {
		return fmt.Errorf("find the newest attempt: %w", err)
	}
	built, err := time.Parse(time.RFC3339, build.Of().Date)
	synced, known := synchronized()
	switch {
	case err == nil && now.Before(built):
		f.Level, f.Reason, f.Do = levelError, "before_build", do
		f.Detail += ": before this program was written"
	case newest > database.Stamp(now.Add(aheadMost)):
		f.Level, f.Reason, f.Do = levelError, "went_back", do
		f.Detail += ": e-mails were sent at " + newest + ", which is yet to come"
	case known && !synced:
		f.Level, f.Reason, f.Do = levelWarning, "not_synchronized", do
		f.Detail += ": the system does not keep it by other clocks"
	}
	d.findings = append(d.findings, f)
	return nil
}
