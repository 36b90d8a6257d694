package doctor

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"gonets/internal/apptest"
	"gonets/internal/delivery"
)

// service is an instance with a superuser and a mail server, and a schedule of backups that is kept or missed.
type service struct {
	*testing.T
	app    *tests.TestApp
	alerts *Alerts
	now    time.Time
}

func newService(t *testing.T) *service {
	t.Helper()
	app := apptest.NewTestApp(t)
	settings := app.Settings()
	settings.SMTP.Enabled, settings.SMTP.Host = true, "127.0.0.1"
	settings.Backups.Cron = "0 0 * * *"
	settings.Meta.SenderAddress, settings.Meta.AppURL = "gonets@example.org", "http://localhost:8090"
	must(t, app.Save(settings))
	supers, err := app.FindCollectionByNameOrId(core.CollectionNameSuperusers)
	must(t, err)
	for email, language := range map[string]string{"one@example.org": "ru", "two@example.org": ""} {
		r := core.NewRecord(supers)
		r.SetEmail(email)
		r.Set("language", language)
		r.SetPassword("correct horse battery")
		must(t, app.Save(r))
	}
	s := &service{T: t, app: app, now: time.Now()}
	s.again()
	return s
}

// again is the service after a restart.
func (s *service) again() { s.alerts = NewAlerts(s.app, NewHealth(s.app, delivery.New(s.app))) }

// backedUp makes the only backup one that was made so long ago.
func (s *service) backedUp(ago time.Duration) {
	s.Helper()
	path := filepath.Join(s.app.DataDir(), "backups", "nightly.zip")
	must(s.T, os.MkdirAll(filepath.Dir(path), 0o700))
	must(s.T, os.WriteFile(path, make([]byte, 3<<20), 0o600))
	must(s.T, os.Chtimes(path, time.Now(), time.Now().Add(-ago)))
	s.alerts.health = NewHealth(s.app, delivery.New(s.app))
}

// looks looks for problems after some time, and returns how many e-mails were sent since the last time.
func (s *service) looks(after time.Duration) int {
	s.Helper()
	before := s.app.TestMailer.TotalSend()
	s.now = s.now.Add(after)
	s.alerts.health.at = time.Time{}
	s.alerts.look(s.Context(), s.now)
	return s.app.TestMailer.TotalSend() - before
}

func (s *service) wants(after time.Duration, mails int, when string) {
	s.Helper()
	if n := s.looks(after); n != mails {
		s.Errorf("%s: %d e-mails, want %d", when, n, mails)
	}
}

// told checks the last e-mail to a superuser.
func (s *service) told(to, subject string, says ...string) {
	s.Helper()
	for _, m := range slices.Backward(s.app.TestMailer.Messages()) {
		if m.To[0].Address != to {
			continue
		}
		if m.Subject != subject {
			s.Errorf("%s is told %q, want %q", to, m.Subject, subject)
		}
		for _, want := range says {
			if !strings.Contains(m.Text, want) {
				s.Errorf("the e-mail to %s does not say %q:\n%s", to, want, m.Text)
			}
		}
		return
	}
	s.Errorf("%s is told nothing", to)
}

// Every problem that is told has words in Russian, whatever its reason.
func TestEveryAlertHasRussianWords(t *testing.T) {
	for code := range alerting {
		f := Finding{Code: code, Reason: "some other", Subject: "x", Detail: "words of the program"}
		text, found := russianAlerts.of(russianAlerts.texts, f, "")
		do, does := russianAlerts.of(russianAlerts.acts, f, "")
		if !found || !does || russianAlerts.names[code] == "" {
			t.Errorf("of %s it says %q, %q, %q", code, russianAlerts.names[code], text, do)
		}
	}
}

// A problem that an earlier version has stored is its detail alone.
func TestAProblemOfAnEarlierVersionIsToldAsItWas(t *testing.T) {
	old := []told{{Name: "certificate news.example.org", Detail: "news.example.org: expired"}}
	if got := englishAlerts.text(nil, old, ""); !strings.Contains(got, "It is over: news.example.org: expired (since") {
		t.Error(got)
	}
	if got := russianAlerts.text(nil, old, ""); !strings.Contains(got, "сертификат news.example.org недействителен") {
		t.Error(got)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAProblemIsToldOnceAndOnceWhenItIsOver(t *testing.T) {
	s := newService(t)
	s.backedUp(time.Hour)
	s.wants(0, 0, "without a problem")
	s.wants(time.Hour, 0, "still without one")

	s.backedUp(100 * time.Hour)
	s.wants(time.Minute, 0, "a problem that has just begun")
	s.wants(lasting, 2, "a problem that has lasted, to two superusers")
	s.told("two@example.org", "Gonets: a problem: last backup", "was not made", "nightly.zip", "3 MB", "What to do:")
	s.told("one@example.org", "Гонец: проблема: резервная копия", "не создана", "nightly.zip, 3 МБ, создана 4 дн. назад", "Что делать: причина — в журнале")
	s.wants(time.Hour, 0, "a problem that was told")
	s.again()
	s.wants(time.Hour, 0, "a problem that was told before a restart")

	s.backedUp(time.Hour)
	s.wants(time.Minute, 0, "a problem that has just ended")
	s.wants(lasting, 2, "a problem that is over")
	s.told("two@example.org", "Gonets: 1 problem is over: last backup", "It is over: the backup of")
	s.told("one@example.org", "Гонец: проблема решена: резервная копия", "Проблема решена: резервная копия по расписанию не создана")
	s.wants(time.Hour, 0, "long after the end")

	s.backedUp(100 * time.Hour)
	s.wants(time.Minute, 0, "the problem is back")
	s.wants(lasting, 2, "the problem is back and has lasted")
}

func TestAShortProblemIsNotTold(t *testing.T) {
	s := newService(t)
	s.backedUp(100 * time.Hour)
	s.wants(0, 0, "it begins")
	s.wants(lasting-time.Minute, 0, "it lasts")
	s.backedUp(time.Hour)
	s.wants(time.Minute, 0, "it is over")
	s.wants(lasting, 0, "it is forgotten")
	s.backedUp(100 * time.Hour)
	s.wants(time.Minute, 0, "it begins anew, and so does its time")
}

func TestTwoProcessesTellAProblemOnce(t *testing.T) {
	s := newService(t)
	s.backedUp(100 * time.Hour)
	other := *s
	other.again()
	n := s.looks(0) + other.looks(0) + s.looks(lasting) + other.looks(lasting)
	if n != 2 {
		t.Errorf("%d e-mails, want one to each of two superusers", n)
	}
}

// TestAProblemIsToldAlthoughTheDatabaseCannotBeWritten has a database that may not grow.
func TestAProblemIsToldAlthoughTheDatabaseCannotBeWritten(t *testing.T) {
	s := newService(t)
	s.backedUp(100 * time.Hour)
	forbid := func(what string) {
		t.Helper()
		for _, table := range []string{"health_problems", "health_sizes"} {
			sql := `DROP TRIGGER IF EXISTS full_` + table
			if what != "" {
				sql = `CREATE TRIGGER full_` + table + ` BEFORE ` + what + ` ON ` + table + ` BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`
			}
			_, err := s.app.NonconcurrentDB().NewQuery(sql).Execute()
			must(t, err)
		}
	}
	forbid("INSERT")
	s.wants(0, 0, "it begins")
	s.wants(lasting, 2, "it has lasted")
	s.wants(time.Hour, 0, "it was told")
	forbid("")
	s.wants(time.Minute, 0, "the database can be written again")
	s.wants(time.Hour, 0, "and knows that it was told")
}

func TestAnEmailThatCannotBeSentIsTriedAgain(t *testing.T) {
	s := newService(t)
	s.backedUp(100 * time.Hour)
	s.wants(0, 0, "it begins")
	failing := true
	s.app.OnMailerSend().BindFunc(func(e *core.MailerEvent) error {
		if failing {
			return os.ErrDeadlineExceeded
		}
		return e.Next()
	})
	s.wants(lasting, 0, "nothing can be sent")
	failing = false
	s.wants(time.Minute, 0, "not at once")
	s.wants(mailAgain, 2, "some time later")
	s.wants(time.Hour, 0, "once")
}
