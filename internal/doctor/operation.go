package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tools/cron"

	"gonets/internal/backup"
	"gonets/internal/build"
	"gonets/internal/database"
	"gonets/internal/delivery"
	"gonets/internal/disk"
	"gonets/internal/mailing"
	"gonets/internal/measure"
	"gonets/internal/printable"
	"gonets/internal/results"
)

// sending checks that mailings are sent by some process.
func (d *doctor) sending(context.Context) error {
	state := d.state()
	switch state.Sending {
	case delivery.Here:
		d.found(levelOK, "sending", "this process sends")
		return nil
	case delivery.Elsewhere:
		d.found(levelOK, "sending", "another process sends")
		return nil
	case delivery.Nowhere:
	}
	f := Finding{Code: "sending", Reason: state.Code, Level: levelError, Detail: "nobody sends: " + state.Detail}
	switch state.Code {
	case delivery.StateStarting:
		f.Level, f.Detail, f.Do = levelWarning, "sending is about to begin", "wait some seconds"
	case delivery.StateStopped:
		f.Level, f.Detail, f.Do = levelWarning, "nobody sends: the service does not run", "start it: gonets serve, or systemctl start gonets"
	case delivery.StateDatabase:
		f.Do = "free space on the disk, or end what holds the database; sending goes on by itself"
	case delivery.StateEpoch, delivery.StateLock:
		f.Do = "make the data folder and all files in it writable for the user that Gonets runs as"
	default:
		f.Do = "look at the log for what failed before that"
	}
	d.findings = append(d.findings, f)
	return nil
}

// longWait is how long recipients of a running mailing may wait before that is worth a look: longer than a daily limit.
const longWait = 25 * time.Hour

// oldestWaiting tells how long the recipients have been waiting who wait longest.
func (d *doctor) oldestWaiting(ctx context.Context) error {
	w, err := results.LongestWaiting(ctx, d.app)
	if err != nil {
		return err
	}
	if w == nil {
		d.found(levelOK, "oldest_waiting", "nobody waits")
		return nil
	}
	waited := time.Since(w.Since.Time())
	f := Finding{
		Code: "oldest_waiting", Level: levelOK, Subject: w.Mailing,
		Detail: fmt.Sprintf("recipients of mailing %s wait since %s", w.Mailing, w.Since.Time().Format(time.DateTime+" MST")),
		Values: map[string]any{"seconds": int64(waited.Seconds())},
	}
	var reason mailing.Reason
	if json.Unmarshal([]byte(w.Reason), &reason) == nil && reason.Code != "" {
		f.Reason = reason.Code
		f.Detail += ": " + strings.ReplaceAll(reason.Code, "_", " ")
	}
	if waited > longWait {
		f.Level, f.Do = levelWarning, "look at the mailing for what it waits for, and at the limits of its owner and sender"
	}
	d.findings = append(d.findings, f)
	return nil
}

// breakers tells which mail servers cannot be used at the moment, as the engine of this process has found out.
func (d *doctor) breakers(context.Context) error {
	servers := d.engine.Servers()
	for _, s := range servers {
		if s.Trouble == nil {
			continue
		}
		d.findings = append(d.findings, Finding{
			Code: "mail_server", Level: levelError, Reason: s.Trouble.Code, Subject: measure.Label(s.Sender),
			Detail: fmt.Sprintf("the mail server of sender %s cannot be used: %s", measure.Label(s.Sender), s.Trouble.Detail),
			Do:     "mailings wait and go on by themselves when it works; test the sender, and mend its host, port, encryption or password",
		})
	}
	if !slices.ContainsFunc(servers, func(s delivery.MailServer) bool { return s.Trouble != nil }) {
		d.found(levelOK, "mail_server", "no mail server in use is in trouble")
	}
	return nil
}

const (
	// backupDelay is how long after its time a backup may be made.
	backupDelay = 2 * time.Hour
	// longestSchedule is how far back the time is looked for at which a backup was due.
	longestSchedule = 32 * 24 * time.Hour
)

// lastBackup checks that the last backup is that of the schedule.
func (d *doctor) lastBackup(ctx context.Context) error {
	last, ok, err := d.newest(ctx)
	settings := d.app.Settings().Backups
	f := Finding{Code: "last_backup", Level: levelOK}
	due, scheduled := lastDue(settings.Cron, time.Now().Add(-backupDelay))
	switch {
	case err != nil:
		f.Level, f.Reason, f.Detail = levelError, "unreadable", "the backups cannot be listed: "+err.Error()
		f.Do = "check the place of backups on the page Backups of the web UI"
	case !ok:
		f.Level, f.Reason, f.Detail = levelWarning, "none", "there is no backup yet"
		f.Do = "make one on the page Backups of the web UI, and try it: gonets backups try NAME"
	default:
		f.Detail = fmt.Sprintf("%s of %s, %d MB", last.Name, last.Made.UTC().Format(time.DateTime+" MST"), last.Bytes>>20)
		f.Values = map[string]any{"name": last.Name, "bytes": last.Bytes, "seconds": int64(time.Since(last.Made).Seconds())}
		if scheduled && last.Made.Before(due) {
			f.Level, f.Reason = levelError, "missed"
			f.Detail = fmt.Sprintf("the backup of %s was not made; the last one is %s", due.Format(time.DateTime+" MST"), f.Detail)
			f.Do = "look at the log for why it failed: a full disk and a wrong key of S3 are the usual causes"
		}
	}
	d.findings = append(d.findings, f)
	return nil
}

func (d *doctor) newest(ctx context.Context) (backup.File, bool, error) {
	if d.watch != nil {
		return d.watch.Last()
	}
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	return backup.Last(ctx, d.app)
}

// lastDue is the last time, no later than before, at which a schedule says that a backup is made; ok is false without one.
func lastDue(schedule string, before time.Time) (due time.Time, ok bool) {
	s, err := cron.NewSchedule(schedule)
	if schedule == "" || err != nil {
		return time.Time{}, false
	}
	at := before.UTC().Truncate(time.Minute) // PocketBase's schedules are in UTC
	for end := at.Add(-longestSchedule); at.After(end); at = at.Add(-time.Minute) {
		if s.IsDue(cron.NewMoment(at)) {
			return at, true
		}
	}
	return time.Time{}, false
}

// growthDays is over how many days the growth of the database is told, and fullSoon how many days the disk should last.
const (
	growthDays = 7
	fullSoon   = 14
)

// size tells how large the database is, how fast it grows, and whether the disk will take that.
func (d *doctor) size(ctx context.Context) error {
	var before struct {
		Day   int64 `db:"day"`
		Bytes int64 `db:"bytes"`
	}
	today := day(time.Now())
	now := database.Bytes(d.app.DataDir())
	f := Finding{Code: "database_size", Level: levelOK, Detail: fmt.Sprintf("%d MB", now>>20), Values: map[string]any{"bytes": now}}
	// The oldest of the last days; none on the first day.
	err := d.app.ConcurrentDB().NewQuery(`SELECT day, bytes FROM health_sizes WHERE day >= {:from} AND day < {:today} ORDER BY day LIMIT 1`).
		WithContext(ctx).Bind(dbx.Params{"from": today - growthDays, "today": today}).One(&before)
	if err == nil {
		growth := (now - before.Bytes) / (today - before.Day)
		f.Values["bytes_a_day"] = growth
		f.Detail += fmt.Sprintf(", %+d MB a day", growth>>20)
		if free, err := disk.Free(d.app.DataDir()); err == nil && growth > 0 && int64(free)/growth < fullSoon {
			f.Level, f.Reason = levelWarning, "full_soon"
			f.Detail += fmt.Sprintf("; the disk is full in %d days", int64(free)/growth)
			f.Do = "give it a larger disk, or keep attempts for fewer days: attempts_kept_days of the instance"
		}
	}
	d.findings = append(d.findings, f)
	return nil
}

// sizesKept is how many days the sizes of the database are kept.
const sizesKept = 60

// noteSize stores the size of the databases, once a day.
func noteSize(db dbx.Builder, dataDir string, now time.Time) error {
	_, err := db.NewQuery(`INSERT OR IGNORE INTO health_sizes (day, bytes) VALUES ({:day}, {:bytes})`).
		Bind(dbx.Params{"day": day(now), "bytes": database.Bytes(dataDir)}).Execute()
	if err != nil {
		return err
	}
	_, err = db.NewQuery(`DELETE FROM health_sizes WHERE day < {:first}`).Bind(dbx.Params{"first": day(now) - sizesKept}).Execute()
	return err
}

// day is the number of a UTC day since 1970.
func day(t time.Time) int64 { return t.Unix() / 86400 }

// version tells what this program is, and checks that it is not older than the database.
func (d *doctor) version(ctx context.Context) error {
	newer, err := database.UnknownChanges(ctx, d.app.ConcurrentDB())
	if err != nil {
		return err
	}
	if len(newer) > 0 {
		d.findings = append(d.findings, Finding{
			Code: "version", Level: levelError, Reason: "database_newer",
			Detail: fmt.Sprintf("%s: the database was made by a newer version, with %s", build.Of(), printable.Count(int64(len(newer)), "change", "changes")+" that this one does not know"),
			Do:     "run the newer program again, or restore the backup from before the update (docs/install.md)",
		})
		return nil
	}
	d.found(levelOK, "version", "%s", build.Of())
	return nil
}
