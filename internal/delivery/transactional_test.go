package delivery

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"gonets/internal/apptest"
	"gonets/internal/denial"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/smtptest"
	"gonets/internal/storage"
	"gonets/internal/suppression"
	"gonets/internal/transactional"
)

// callWorld is an instance whose owner may send transactional e-mails.
type callWorld struct {
	*world
	server *smtptest.Server
	sender string
	calls  *transactional.Service
}

func newCallWorld(t *testing.T, s smtptest.Script, sender map[string]any) *callWorld {
	t.Helper()
	w := &callWorld{world: newWorld(t), server: smtptest.Start(t, s)}
	w.sender = w.NewSender(w.server, sender)
	w.SetUser("transactional_quota", 1000)
	w.calls = transactional.New(w.App, func() {})
	return w
}

// startForCalls starts an engine that the service wakes.
func (w *callWorld) startForCalls(options ...Option) *Engine {
	e := w.start(options...)
	w.calls = transactional.New(w.App, e.WakeForCalls)
	return e
}

// call is a call to addresses.
func (w *callWorld) call(to ...string) transactional.Call {
	c := transactional.Call{Owner: w.Owner, Source: transactional.FromAPI, Sender: w.sender, Subject: "Order {{ data.order }}", HTML: "<p>Thank you, {{ client.full_name | default: 'friend' }}: {{ data.order }}</p>", Data: map[string]any{"order": 17}}
	for _, email := range to {
		c.To = append(c.To, transactional.Recipient{Email: email})
	}
	return c
}

func (w *callWorld) submit(c transactional.Call) transactional.Accepted {
	w.T.Helper()
	a, err := w.calls.Submit(w.T.Context(), c)
	if err != nil {
		w.T.Fatal(err)
	}
	return a
}

// refused submits a call that must be refused with a status and a code.
func (w *callWorld) refused(status int, code string, c transactional.Call) {
	w.T.Helper()
	_, err := w.calls.Submit(w.T.Context(), c)
	var d *denial.Error
	if !errors.As(err, &d) || d.Status != status || d.Code != code {
		w.T.Errorf("want %d %s, got %v", status, code, err)
	}
}

func (w *callWorld) history(id string) *transactional.History {
	w.T.Helper()
	h, err := transactional.Find(w.T.Context(), w.App, id)
	if err != nil {
		w.T.Fatal(err)
	}
	return h
}

// finished waits until a call has nobody left.
func (w *callWorld) finished(id string) *transactional.History {
	w.T.Helper()
	w.Eventually("the call is finished", func() bool { return w.history(id).Waiting == 0 })
	return w.history(id)
}

func (w *callWorld) sql(statement string, params dbx.Params) {
	w.T.Helper()
	if _, err := w.App.NonconcurrentDB().NewQuery(statement).Bind(params).Execute(); err != nil {
		w.T.Fatal(err)
	}
}

func (w *callWorld) number(query string) (n int) {
	w.T.Helper()
	if err := w.App.ConcurrentDB().NewQuery(query).Row(&n); err != nil {
		w.T.Fatal(err)
	}
	return n
}

// wantCounted checks that the counters of calls and flows say what the recipients do.
func (w *callWorld) wantCounted() {
	w.T.Helper()
	if n := w.number(`
		SELECT COUNT(*) FROM transactional t WHERE t.waiting <> (
			SELECT COUNT(*) FROM recipients r WHERE r.mailing = t.id AND r.state IN ('pending', 'sending', 'deferred'))`); n != 0 {
		w.T.Errorf("%d calls count wrongly who waits", n)
	}
	if n := w.number(`
		SELECT COUNT(*) FROM transactional_flows f WHERE f.waiting <> (
			SELECT COALESCE(SUM(waiting), 0) FROM transactional t WHERE t.owner = f.owner AND t.sender = f.sender)
		OR f.deferred <> (
			SELECT COUNT(*) FROM transactional t JOIN recipients r ON r.mailing = t.id AND r.state = 'deferred' WHERE t.owner = f.owner AND t.sender = f.sender)`); n != 0 {
		w.T.Errorf("%d flows count wrongly who waits", n)
	}
}

func TestACallGoesOutOnceToEachAddress(t *testing.T) {
	t.Parallel()
	w := newCallWorld(t, smtptest.Script{}, map[string]any{"daily_limit": 10})
	w.startForCalls()
	c := w.call("Anna@Example.com", "anna@example.com", "boris@example.com")
	c.To[2].FullName, c.To[2].Data = "Boris", map[string]any{"order": "18 & 19"}
	file, err := filesystem.NewFileFromBytes([]byte("invoice"), "Счёт.txt")
	if err != nil {
		t.Fatal(err)
	}
	c.Files = []transactional.File{{Name: "Счёт.txt", Content: file}}
	a := w.submit(c)
	if len(a.Recipients) != 2 || a.Recipients[0].Email != "anna@example.com" || a.Recipients[0].ID == a.Recipients[1].ID {
		t.Fatalf("%+v", a)
	}
	h := w.finished(a.ID)
	for i, r := range h.Recipients {
		if r.State != mailing.Sent || r.ID != a.Recipients[i].ID || len(r.Attempts) != 1 || r.Attempts[0].Code != 250 || r.Attempts[0].Status != "success" {
			t.Errorf("%+v", r)
		}
	}
	if h.FinishedAt == "" || h.WaitingReason != nil || h.States[mailing.Sent] != 2 {
		t.Errorf("%+v", h)
	}
	mails := w.server.Mails()
	if n := mailingtest.Once(t, mails); n != 2 {
		t.Fatalf("%d were mailed", n)
	}
	for _, m := range mails {
		body, words := string(m.Body), []string{"Subject: Order 17", "Thank you, friend: 17", "Content-Disposition: attachment"}
		if m.To[0] == "boris@example.com" {
			words = []string{"Subject: Order 18 & 19", "Thank you, Boris: 18 &amp; 19", `To: "Boris" <boris@example.com>`}
		}
		for _, want := range words {
			if !strings.Contains(body, want) {
				t.Errorf("no %q in\n%s", want, body)
			}
		}
		if strings.Contains(body, "List-Unsubscribe") || strings.Contains(body, "List-Id") {
			t.Errorf("it looks like a mailing:\n%s", body)
		}
	}
	w.wantCounted()
	if n := w.number(`SELECT COALESCE(SUM(mails), 0) FROM usage WHERE kind = 'sender'`); n != 2 {
		t.Errorf("the sender counts %d", n)
	}
	if n := w.number(`SELECT COUNT(*) FROM usage WHERE kind = 'owner'`); n != 0 {
		t.Error("they count for the quota of mailings")
	}
	if n := w.number(`SELECT mails FROM transactional_usage`); n != 2 {
		t.Errorf("%d are counted for the quota", n)
	}

	t.Run("and its content is removed after that", func(t *testing.T) {
		if used, err := storage.Used(w.App.ConcurrentDB(), w.Owner); err != nil || used != 7 {
			t.Errorf("%d bytes are used, %v", used, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); transactional.Keep(ctx, w.App) }()
		w.Eventually("the content is removed", func() bool { return w.number(`SELECT COUNT(*) FROM transactional WHERE cleared = 1`) == 1 })
		cancel()
		<-ended
		if n := w.number(`SELECT COUNT(*) FROM contents WHERE letter LIKE '%Thank%' OR letter NOT LIKE '%news@example.org%'`); n != 0 {
			t.Error("the text is still there, or the From address is not")
		}
		if used, _ := storage.Used(w.App.ConcurrentDB(), w.Owner); used != 0 || w.number(`SELECT COUNT(*) FROM transactional_data`) != 0 {
			t.Errorf("%d bytes of files, or data of recipients, are still there", used)
		}
	})
	t.Run("and is forgotten with the attempts", func(t *testing.T) {
		w.sql(`UPDATE instance SET attempts_kept_days = 30`, nil)
		if err := transactional.Forget(t.Context(), w.App, time.Now().AddDate(0, 0, 29)); err != nil || w.number(`SELECT COUNT(*) FROM transactional`) != 1 {
			t.Errorf("forgotten too early: %v", err)
		}
		if err := transactional.Forget(t.Context(), w.App, time.Now().AddDate(0, 0, 31)); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"transactional", "recipients", "contents"} {
			if n := w.number(`SELECT COUNT(*) FROM ` + table); n != 0 {
				t.Errorf("%s still has %d rows", table, n)
			}
		}
		if n := w.number(`SELECT COUNT(*) FROM deleted_contents`); n != 1 {
			t.Error("its bounces cannot be proven any more")
		}
	})
}

func TestTheStopListHoldsTransactionalEmailsToo(t *testing.T) {
	t.Parallel()
	w := newCallWorld(t, smtptest.Script{}, nil)
	for email, reason := range map[string]string{"left@example.com": "unsubscribed", "gone@example.com": "bounced", "angry@example.com": "complained", "no@example.com": "manual"} {
		if err := suppression.Add(w.App.NonconcurrentDB(), w.Owner, email, reason, "", ""); err != nil {
			t.Fatal(err)
		}
	}
	erased, err := suppression.ErasedValue(w.App, w.Owner, "erased@example.com")
	if err != nil {
		t.Fatal(err)
	}
	w.Save("suppressions", map[string]any{"owner": w.Owner, "kind": "domain", "value": "example.net", "reason": "unsubscribed"})
	w.Save("suppressions", map[string]any{"owner": w.Owner, "kind": "erased", "value": erased, "reason": "unsubscribed"})
	w.startForCalls()
	h := w.finished(w.submit(w.call("left@example.com", "gone@example.com", "angry@example.com", "no@example.com", "erased@example.com", "anna@example.net")).ID)
	got := map[string]string{}
	for _, r := range h.Recipients {
		got[r.Email] = string(r.State) + " " + r.Reason
	}
	want := map[string]string{
		"left@example.com": "sent ", "gone@example.com": "skipped bounced", "angry@example.com": "skipped complained", "no@example.com": "skipped manual",
		"erased@example.com": "skipped unsubscribed", "anna@example.net": "skipped unsubscribed",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
	w.wantCounted()
}

func TestACallIsTriedAgainAndAnUnknownAddressGoesOnTheStopList(t *testing.T) {
	t.Parallel()
	var once sync.Once
	w := newCallWorld(t, smtptest.Script{Rules: []smtptest.Rule{
		smtptest.To("unknown@example.com", smtptest.RCPT, smtptest.Say("550 5.1.1 no such user")),
		func(m smtptest.Moment) (act *smtptest.Act) {
			if m.Command == smtptest.RCPT && m.To == "grey@example.com" {
				once.Do(func() { act = &smtptest.Act{Reply: "450 4.2.0 greylisted"} })
			}
			return act
		},
	}}, nil)
	w.startForCalls(Deferral([]time.Duration{10 * time.Millisecond}, 3))
	h := w.finished(w.submit(w.call("grey@example.com", "unknown@example.com")).ID)
	if r := h.Recipients[0]; r.State != mailing.Sent || r.Tries != 2 || r.Attempts[0].Code != 450 || r.Attempts[1].Code != 250 {
		t.Errorf("%+v", r)
	}
	if r := h.Recipients[1]; r.State != mailing.Failed || r.Reason != mailing.ReasonBadAddress {
		t.Errorf("%+v", r)
	}
	if list := fmt.Sprint(w.StopList()); list != "[unknown@example.com bounced]" {
		t.Errorf("the stop list is %s", list)
	}
	w.wantCounted()
}

// TestOneOfTenIsOfAMailing sends both by one connection, so that their order is that of the dispatcher.
func TestOneOfTenIsOfAMailing(t *testing.T) {
	t.Parallel()
	const calls = 40
	w := newCallWorld(t, smtptest.Script{Latency: 4 * time.Millisecond}, map[string]any{"connections": 1})
	w.NewClients(400)
	e := w.startForCalls()
	w.launch(e, w.NewMailing(map[string]any{"sender": w.sender}))
	if _, err := w.server.WaitMails(t.Context(), 10); err != nil {
		t.Fatal(err)
	}
	to := make([]string, calls)
	for i := range to {
		to[i] = fmt.Sprintf("buyer%d@example.org", i)
	}
	w.finished(w.submit(w.call(to...)).ID)
	var order strings.Builder
	for _, m := range w.server.Mails() {
		order.WriteString(map[bool]string{true: "T", false: "m"}[strings.HasPrefix(m.To[0], "buyer")])
	}
	mixed := order.String()
	mixed = mixed[strings.Index(mixed, "T") : strings.LastIndex(mixed, "T")+1]
	if of := strings.Count(mixed, "m"); of < 2 || of > calls/mailsBetween+2 {
		t.Errorf("between the transactional e-mails are %d of the mailing: %s", of, mixed)
	}
}

// mailsBetween is how many transactional e-mails go out before one of a mailing.
const mailsBetween = 9

func TestTheSameCallTwiceIsOne(t *testing.T) {
	t.Parallel()
	w := newCallWorld(t, smtptest.Script{}, nil)
	c := w.call("anna@example.com")
	c.Key = "order-17"
	answers := make([]transactional.Accepted, 8)
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() {
			var err error
			if answers[i], err = w.calls.Submit(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, a := range answers {
		if a.ID != answers[0].ID || len(a.Recipients) != 1 || a.Recipients[0] != answers[0].Recipients[0] {
			t.Errorf("%+v and %+v", a, answers[0])
		}
	}
	other := c
	other.Subject = "Order 18"
	w.refused(http.StatusConflict, "key_used", other)
	if n := w.number(`SELECT COUNT(*) FROM recipients`); n != 1 {
		t.Errorf("%d e-mails", n)
	}
	if n := w.number(`SELECT mails FROM transactional_usage`); n != 1 {
		t.Errorf("%d are counted", n)
	}
	w.sql(`UPDATE transactional_keys SET created = created - {:day}`, dbx.Params{"day": (24*time.Hour + time.Minute).Milliseconds()})
	if a := w.submit(other); a.ID == answers[0].ID {
		t.Error("a key is known for more than a day")
	}
}

func TestACallIsRefusedWithItsLimit(t *testing.T) {
	t.Parallel()
	w := newCallWorld(t, smtptest.Script{}, nil)
	many := make([]string, transactional.MaxRecipients+1)
	for i := range many {
		many[i] = fmt.Sprintf("p%d@example.com", i)
	}
	change := func(change func(*transactional.Call)) transactional.Call {
		c := w.call("anna@example.com")
		change(&c)
		return c
	}
	for _, c := range []struct {
		status int
		code   string
		call   transactional.Call
	}{
		{400, "required", w.call()},
		{400, "too_many_recipients", w.call(many...)},
		{400, "invalid_email", w.call("nobody")},
		{400, "duplicate", change(func(c *transactional.Call) {
			c.To = append(c.To, transactional.Recipient{Email: "anna@example.com", FullName: "Anna"})
		})},
		{400, "required", change(func(c *transactional.Call) { c.Subject = " " })},
		{400, "no_line_breaks", change(func(c *transactional.Call) { c.Subject = "a\r\nBcc: b@example.com" })},
		{400, "no_line_breaks", change(func(c *transactional.Call) { c.FromName = "a\nb" })},
		{400, "invalid_email", change(func(c *transactional.Call) { c.ReplyTo = "nobody" })},
		{400, "required", change(func(c *transactional.Call) { c.HTML = "" })},
		{400, "two_contents", change(func(c *transactional.Call) { c.Markdown = "x" })},
		{400, "two_contents", change(func(c *transactional.Call) { c.Message = "x" })},
		{400, "too_long", change(func(c *transactional.Call) { c.HTML = strings.Repeat("x", transactional.MaxText+1) })},
		{400, "data_too_long", change(func(c *transactional.Call) {
			c.Data = map[string]any{"x": strings.Repeat("x", transactional.MaxData)}
		})},
		{400, "invalid_reference", change(func(c *transactional.Call) { c.Message, c.Subject, c.HTML = "nosuchmessage00", "", "" })},
		{400, "no_mail_server", change(func(c *transactional.Call) { c.Sender = "nosuchsender000" })},
		{400, "no_mail_server", change(func(c *transactional.Call) { c.Sender = "" })},
	} {
		w.refused(c.status, c.code, c.call)
	}
	if _, err := w.calls.Submit(t.Context(), change(func(c *transactional.Call) { c.HTML = "{% if %}" })); err == nil {
		t.Error("a broken template is accepted")
	}

	w.SetUser("transactional_quota", 3)
	w.submit(w.call("a@example.com", "b@example.com"))
	w.refused(http.StatusTooManyRequests, "transactional_quota", w.call("c@example.com", "d@example.com"))
	w.submit(w.call("c@example.com"))
	w.SetUser("transactional_quota", 0)
	w.refused(http.StatusForbidden, "no_transactional_quota", w.call("d@example.com"))
	own := w.call("d@example.com")
	own.Source = transactional.FromService
	w.submit(own) // what the service sends itself is not counted
	w.sql(`UPDATE transactional_flows SET waiting = {:n}`, dbx.Params{"n": transactional.MostWaiting})
	w.refused(http.StatusTooManyRequests, "too_many_waiting", own)
	w.SetUser("blocked", true)
	w.refused(http.StatusForbidden, mailing.WaitOwnerBlocked, own)
	if n := w.number(`SELECT COUNT(*) FROM recipients`); n != 4 {
		t.Errorf("%d e-mails were accepted, want 4", n)
	}
}

func TestABlockHoldsCallsAndOldOnesExpire(t *testing.T) {
	t.Parallel()
	w := newCallWorld(t, smtptest.Script{}, nil)
	first, second := w.submit(w.call("a@example.com")), w.submit(w.call("b@example.com"))
	w.SetUser("blocked", true)
	w.startForCalls()
	w.Eventually("the reason is shown", func() bool {
		r := w.history(first.ID).WaitingReason
		return r != nil && r.Code == mailing.WaitOwnerBlocked
	})
	w.sql(`UPDATE transactional SET created = '2026-01-01 00:00:00.000Z' WHERE id = {:id}`, dbx.Params{"id": first.ID})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); transactional.Keep(ctx, w.App) }()
	if r := w.finished(first.ID).Recipients[0]; r.State != mailing.Skipped || r.Reason != mailing.ReasonExpired {
		t.Errorf("%+v", r)
	}
	cancel()
	<-ended
	w.wantCounted()
	w.SetUser("blocked", false)
	if r := w.finished(second.ID).Recipients[0]; r.State != mailing.Sent {
		t.Errorf("%+v", r)
	}
	if n := len(w.server.Mails()); n != 1 {
		t.Errorf("%d e-mails", n)
	}
	w.wantCounted()
}

// TestCallsSurviveAKill kills the process that sends, and goes on as one that sends one mailing only.
func TestCallsSurviveAKill(t *testing.T) {
	t.Parallel()
	const connections, calls = 4, 120
	w := newCallWorld(t, smtptest.Script{Latency: 2 * time.Millisecond}, map[string]any{"connections": connections})
	var ids []string
	for i := range calls {
		ids = append(ids, w.submit(w.call(fmt.Sprintf("a%d@example.com", i), fmt.Sprintf("b%d@example.com", i))).ID)
	}
	p := w.process()
	if _, err := w.server.WaitMails(t.Context(), 60); err != nil {
		t.Fatal(err)
	}
	p.kill()
	w.NewClients(1)
	w.start(Only(w.NewMailing(nil)))
	w.Eventually("all are finished", func() bool { return w.number(`SELECT COUNT(*) FROM transactional WHERE waiting > 0`) == 0 })
	states := map[mailing.State]int{}
	for _, id := range ids {
		for state, n := range w.States(id) {
			states[state] += n
		}
	}
	if states[mailing.Uncertain] > connections || states[mailing.Sent]+states[mailing.Uncertain] != 2*calls {
		t.Errorf("%v", states)
	}
	mails := w.server.Mails()
	if n := mailingtest.Once(t, mails); n < states[mailing.Sent] || n > 2*calls {
		t.Errorf("%d were mailed, %v", n, states)
	}
	w.wantCounted()
}

func TestARestoredBackupSendsNoCallTwice(t *testing.T) {
	t.Parallel()
	w := newCallWorld(t, smtptest.Script{}, nil)
	a := w.submit(w.call("anna@example.com"))
	backup := t.TempDir()
	copyBooks(t, w.world, backup)
	e := New(w.App)
	e.Start(context.Background())
	w.finished(a.ID)
	e.Stop(context.Background())
	if err := apptest.Close(w.App); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"data.db", "data.db-wal", "data.db-shm"} {
		_ = os.Remove(filepath.Join(w.Dir, name))
	}
	if err := os.Rename(filepath.Join(backup, "data.db"), filepath.Join(w.Dir, "data.db")); err != nil {
		t.Fatal(err)
	}
	w.App = apptest.Open(t, w.Dir)
	w.start()
	if r := w.finished(a.ID).Recipients[0]; r.State != mailing.Uncertain || r.Reason != mailing.WaitBackup {
		t.Errorf("%+v", r)
	}
	if n := len(w.server.Mails()); n != 1 {
		t.Errorf("%d e-mails", n)
	}
	w.wantCounted()
}

func TestASearchFindsCalls(t *testing.T) {
	t.Parallel()
	w := newCallWorld(t, smtptest.Script{}, nil)
	var ids []string
	for i := range 5 {
		ids = append(ids, w.submit(w.call(fmt.Sprintf("p%d@example.com", i), "all@example.com")).ID)
	}
	slices.Reverse(ids)
	list := func(q transactional.Query) (found []string) {
		t.Helper()
		p, err := transactional.List(t.Context(), w.App, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range p.Items {
			if l.States[mailing.Pending] != 2 || l.Total != 2 {
				t.Errorf("%+v", l)
			}
			found = append(found, l.ID)
		}
		return found
	}
	for _, c := range []struct {
		query transactional.Query
		want  []string
	}{
		{transactional.Query{Owner: w.Owner}, ids},
		{transactional.Query{Owner: w.Owner, PerPage: 2}, ids[:2]},
		{transactional.Query{Owner: w.Owner, PerPage: 2, Page: 3}, ids[4:]},
		{transactional.Query{Owner: w.Owner, PerPage: 2, Before: ids[1]}, ids[2:4]},
		{transactional.Query{Search: "P3@EXAMPLE"}, ids[1:2]},
		{transactional.Query{Search: "order"}, ids},
		{transactional.Query{Owner: "somebodyelse000"}, nil},
	} {
		if got := list(c.query); !slices.Equal(got, c.want) {
			t.Errorf("%+v finds %v, want %v", c.query, got, c.want)
		}
	}
}
