package limit

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/denial"
	"gonets/internal/mailing"
	"gonets/internal/sender"
)

// UsageKind is whose mails are counted: usage.kind.
type UsageKind string

// Both are counted, each against a limit of its own.
const (
	UsageOfOwner  UsageKind = "owner"
	UsageOfSender UsageKind = "sender"
)

// UsedToday is how many mails an owner has sent, or have been sent with a sender, on the UTC day.
func UsedToday(app core.App, kind UsageKind, id string, now time.Time) (int, error) {
	return mailsOn(app, kind, id, UTCDay(now))
}

func mailsOn(app core.App, kind UsageKind, id, day string) (int, error) {
	var mails []int
	err := app.ConcurrentDB().
		NewQuery(`SELECT mails FROM usage WHERE kind = {:kind} AND id = {:id} AND day = {:day}`).
		Bind(dbx.Params{"kind": string(kind), "id": id, "day": day}).Column(&mails)
	if err != nil {
		return 0, fmt.Errorf("read what %s %s has sent on %s: %w", kind, id, day, err)
	}
	if len(mails) == 0 {
		return 0, nil
	}
	return mails[0], nil
}

// usageKey is whose mails of which UTC day are counted.
type usageKey struct {
	kind UsageKind
	id   string
	day  string
}

// Change is what a batch adds to the counts of one key.
type Change struct{ Mails, InFlight int }

// Changes are the changes of one transaction.
type Changes map[usageKey]Change

// Add counts mails for their owner and their sender. With an empty owner, as transactional e-mails have it, they are counted
// for the sender only.
func (u Changes) Add(owner, sender, day string, c Change) {
	keys := []usageKey{{UsageOfSender, sender, day}, {UsageOfOwner, owner, day}}
	if owner == "" {
		keys = keys[:1]
	}
	for _, key := range keys {
		sum := u[key]
		sum.Mails += c.Mails
		sum.InFlight += c.InFlight
		u[key] = sum
	}
}

// Rows are the changes as the parameter {:rows} of UseSQL; "" when nothing changes.
func (u Changes) Rows() string {
	rows := []byte{'['}
	for key, c := range u {
		if c == (Change{}) {
			continue
		}
		rows = database.AppendString(append(rows, '['), string(key.kind))
		rows = database.AppendString(append(rows, ','), key.id)
		rows = database.AppendString(append(rows, ','), key.day)
		rows = strconv.AppendInt(append(rows, ','), int64(c.Mails), 10)
		rows = strconv.AppendInt(append(rows, ','), int64(c.InFlight), 10)
		rows = append(rows, ']', ',')
	}
	if len(rows) == 1 {
		return ""
	}
	return database.CloseArray(rows)
}

// Allowance is how many more mails an owner or a sender may have claimed today.
type Allowance struct {
	Limit int // 0 is none
	Left  int
}

// Take takes one mail, if one is left.
func (a *Allowance) Take() bool {
	if a == nil || a.Limit <= 0 {
		return true
	}
	if a.Left <= 0 {
		return false
	}
	a.Left--
	return true
}

// Back gives one mail back.
func (a *Allowance) Back() {
	if a != nil {
		a.Left++
	}
}

// Take counts n mails that go out beside all mailings, as tests do, for their owner and sender, before
// they are sent. It fails with a *denial.Error, and counts none, when a daily limit has no room for them.
func Take(app core.App, owner, sender string, n int, now time.Time) error {
	if n == 0 {
		return nil
	}
	day := UTCDay(now)
	err := app.RunInTransaction(func(tx core.App) error {
		db := tx.NonconcurrentDB()
		params := dbx.Params{"owner": owner, "sender": sender, "day": day, "before": DayBefore(now)}
		var quotas []int
		err := db.NewQuery(`
			SELECT u.daily_quota - ` + UsedSQL("'owner'", "u.id") + ` FROM users u WHERE u.id = {:owner} AND u.daily_quota > 0`).
			Bind(params).Column(&quotas)
		if err != nil {
			return err
		}
		if len(quotas) > 0 && quotas[0] < n {
			return denial.New(http.StatusTooManyRequests, mailing.WaitOwnerQuota, "to", "the daily limit of mails is used up, or would be: it begins anew at midnight UTC")
		}
		var s SenderLimit
		found := []SenderLimit{}
		err = db.NewQuery(`
			SELECT s.daily_limit, s.warm_up_start, s.warm_up_growth, ` + UsedSQL("'sender'", "s.id") + ` AS used,
				` + FirstDaySQL + ` AS first
			FROM senders s WHERE s.id = {:sender}`).Bind(params).All(&found)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			s = found[0]
		}
		if limit := s.Limit(now); limit > 0 && s.Used+n > limit {
			return denial.New(http.StatusTooManyRequests, mailing.WaitSenderLimit, "to", "the daily limit of the sender is used up, or would be: it begins anew at midnight UTC")
		}
		return countMails(db, owner, sender, day, n)
	})
	if err != nil {
		return fmt.Errorf("count %d mails of the day: %w", n, err)
	}
	return nil
}

// GiveBack takes back n mails that Take counted at that time and that reached no mail server.
func GiveBack(app core.App, owner, sender string, n int, taken time.Time) error {
	if n == 0 {
		return nil
	}
	if err := countMails(app.NonconcurrentDB(), owner, sender, UTCDay(taken), -n); err != nil {
		return fmt.Errorf("give %d mails of the day back: %w", n, err)
	}
	return nil
}

func countMails(db dbx.Builder, owner, sender, day string, n int) error {
	changes := Changes{}
	changes.Add(owner, sender, day, Change{Mails: n})
	_, err := db.NewQuery(UseSQL).Bind(dbx.Params{"rows": changes.Rows()}).Execute()
	return err
}

// ForgetInFlight forgets the mails that were in flight when an earlier process ended: whoever claimed them is gone.
func ForgetInFlight(db dbx.Builder) error {
	if _, err := db.NewQuery(`UPDATE usage SET in_flight = 0 WHERE in_flight <> 0`).Execute(); err != nil {
		return fmt.Errorf("forget the mails that were in flight: %w", err)
	}
	return nil
}

// SenderLimit is what the daily limit of a sender is made of, and what is used of it.
type SenderLimit struct {
	DailyLimit   int    `db:"daily_limit"`
	WarmUpStart  int    `db:"warm_up_start"`
	WarmUpGrowth int    `db:"warm_up_growth"`
	Used         int    `db:"used"`
	First        string `db:"first"` // the UTC day of its first mail; "" before
}

// Limit is how many mails the sender may send on the day, 0 for no limit.
func (s SenderLimit) Limit(now time.Time) int {
	return sender.WarmUp{Start: s.WarmUpStart, Growth: s.WarmUpGrowth}.Limit(daysSince(s.First, now), s.DailyLimit)
}

// Day is how many UTC days ago the sender sent its first mail, as far as it warms up; 0 before.
func (s SenderLimit) Day(now time.Time) int { return daysSince(s.First, now) }

// UsedSQL is how many mails of the day are used up: handed over, or in flight since then or the day before.
func UsedSQL(kind, id string) string {
	return `COALESCE((SELECT SUM(IIF(day = {:day}, mails, 0) + in_flight) FROM usage WHERE kind = ` + kind + ` AND id = ` + id + ` AND day >= {:before}), 0)`
}

// FirstDaySQL is the UTC day of the first mail of a sender, named s, if it warms up. Both read a few rows by
// the primary key.
const FirstDaySQL = `COALESCE(IIF(s.warm_up_start > 0, (SELECT MIN(day) FROM usage WHERE kind = 'sender' AND id = s.id AND mails > 0), ''), '')`

// DayBefore is the UTC day before that of now.
func DayBefore(now time.Time) string { return UTCDay(now.Add(-24 * time.Hour)) }

// UseSQL changes the counts of mails of a day. Rows: 0 kind, 1 id, 2 day, 3 mails, 4 in_flight.
const UseSQL = `
INSERT INTO usage (kind, id, day, mails, in_flight)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM jsonb_each({:rows}) WHERE TRUE
ON CONFLICT (kind, id, day) DO UPDATE SET mails = MAX(0, mails + excluded.mails), in_flight = MAX(0, in_flight + excluded.in_flight)`

// UTCDay is the day that daily limits count by.
func UTCDay(t time.Time) string { return t.UTC().Format(time.DateOnly) }
