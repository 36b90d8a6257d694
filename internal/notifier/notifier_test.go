package notifier

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
	"gonets/internal/database"
	"gonets/internal/endpoint"
	"gonets/internal/notification"
	"gonets/internal/secret"
)

// world is an instance with an owner, and a notifier with a clock that the test sets.
type world struct {
	t     *testing.T
	app   core.App
	owner string
	clock atomic.Int64 // milliseconds since the start
	start time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	app := apptest.New(t)
	w := &world{t: t, app: app, owner: clienttest.Owner(t, app, "owner@example.com"), start: time.Now().Truncate(time.Millisecond)}
	w.sql(`UPDATE instance SET webhook_networks = '127.0.0.1'`, nil)
	return w
}

func (w *world) now() time.Time           { return w.start.Add(time.Duration(w.clock.Load()) * time.Millisecond) }
func (w *world) advance(by time.Duration) { w.clock.Add(by.Milliseconds()) }

func (w *world) sql(statement string, params dbx.Params) {
	w.t.Helper()
	if _, err := w.app.NonconcurrentDB().NewQuery(statement).Bind(params).Execute(); err != nil {
		w.t.Fatal(err)
	}
}

// webhook adds one that listens to everything the test writes.
func (w *world) webhook(url string) string {
	w.t.Helper()
	c, err := w.app.FindCollectionByNameOrId("webhooks")
	if err != nil {
		w.t.Fatal(err)
	}
	r := core.NewRecord(c)
	r.Load(map[string]any{
		"owner": w.owner, "url": url, "active": true, "events": []string{"recipient.failed", "client.subscribed"},
		"secret": endpoint.NewSecret(), secret.Address: url,
	})
	if err := w.app.Save(r); err != nil {
		w.t.Fatal(err)
	}
	return r.Id
}

// failed writes events of recipients; the data says which one it is.
func (w *world) failed(from, n int) {
	w.t.Helper()
	var events []notification.Event
	for i := from; i < from+n; i++ {
		events = append(events, notification.Event{Owner: w.owner, Kind: notification.RecipientFailed, Subject: fmt.Sprint(i), Data: i})
	}
	w.write(events...)
}

func (w *world) write(events ...notification.Event) {
	w.t.Helper()
	err := w.app.RunInTransaction(func(tx core.App) error { return notification.Write(tx.NonconcurrentDB(), w.now(), events...) })
	if err != nil {
		w.t.Fatal(err)
	}
}

// run runs a notifier until the test ends, or the returned function is called.
func (w *world) run() (stop func()) {
	w.t.Helper()
	n := New(w.app)
	n.now, n.poll = w.now, 5*time.Millisecond
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { n.Run(ctx); close(ended) }()
	stop = func() { cancel(); <-ended }
	w.t.Cleanup(stop)
	return stop
}

func (w *world) eventually(what string, holds func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("waited in vain: %s", what)
		}
	}
}

func (w *world) states(webhook string) map[notification.State]int {
	w.t.Helper()
	var rows []struct {
		State notification.State `db:"state"`
		N     int                `db:"n"`
	}
	err := w.app.DB().NewQuery(`SELECT state, COUNT(*) AS n FROM webhook_events WHERE webhook = {:w} GROUP BY state`).Bind(dbx.Params{"w": webhook}).All(&rows)
	if err != nil {
		w.t.Fatal(err)
	}
	states := map[notification.State]int{}
	for _, r := range rows {
		states[r.State] = r.N
	}
	return states
}

// tried is how many calls are recorded.
func (w *world) tried(webhook string) (n int64) {
	w.t.Helper()
	if err := w.app.DB().NewQuery(`SELECT SUM(tries) FROM webhook_events WHERE webhook = {:w}`).Bind(dbx.Params{"w": webhook}).Row(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) record(webhook string) *core.Record {
	w.t.Helper()
	r, err := w.app.FindRecordById("webhooks", webhook)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// receiver remembers what it is told.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex
	told  []string // data, in the order of arrival
	ids   map[string]int
	now   atomic.Int64 // calls that are being answered
	most  atomic.Int64
	calls atomic.Int64
}

// receive starts a receiver; answer may be nil.
func receive(t *testing.T, answer func(w http.ResponseWriter, data string)) *receiver {
	t.Helper()
	r := &receiver{ids: map[string]int{}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.calls.Add(1)
		if n := r.now.Add(1); n > r.most.Load() {
			r.most.Store(n)
		}
		defer r.now.Add(-1)
		raw, _ := io.ReadAll(req.Body)
		var body struct{ Data json.RawMessage }
		if err := json.Unmarshal(raw, &body); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
		r.mu.Lock()
		r.told = append(r.told, string(body.Data))
		r.ids[req.Header.Get("webhook-id")]++
		r.mu.Unlock()
		if answer != nil {
			answer(w, string(body.Data))
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.told)
}

func TestEverythingIsToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := receive(t, func(http.ResponseWriter, string) { time.Sleep(time.Millisecond) })
	webhook, other := w.webhook(r.URL), w.webhook(r.URL)
	w.failed(0, 300)
	w.run()
	w.failed(300, 300)
	w.eventually("all are delivered", func() bool {
		return w.states(webhook)[notification.Delivered]+w.states(other)[notification.Delivered] == 1200
	})
	if n := len(r.all()); n != 1200 || len(r.ids) != 1200 {
		t.Errorf("%d calls with %d ids", n, len(r.ids))
	}
	if most := r.most.Load(); most > maxOfOwner || most < 2 {
		t.Errorf("%d calls at once", most)
	}
	w.eventually("the success is noted", func() bool { return w.record(webhook).GetString("last_success_at") != "" })
}

func TestOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var failedOnce atomic.Bool
	r := receive(t, func(rw http.ResponseWriter, data string) {
		time.Sleep(2 * time.Millisecond)
		if data == "5" && failedOnce.CompareAndSwap(false, true) {
			rw.WriteHeader(500)
		}
	})
	webhook := w.webhook(r.URL)
	// Of one subject, and what is about all subjects.
	var events []notification.Event
	for i := range 10 {
		events = append(events, notification.Event{Owner: w.owner, Kind: notification.RecipientFailed, Subject: "ann@example.org", Data: i})
	}
	events = append(events, notification.Event{Owner: w.owner, Kind: notification.ClientSubscribed, Data: 10})
	for i := 11; i < 20; i++ {
		events = append(events, notification.Event{Owner: w.owner, Kind: notification.ClientSubscribed, Subject: fmt.Sprint(i), Data: i})
	}
	events = append(events, notification.Event{Owner: w.owner, Kind: notification.ClientSubscribed, Data: 20})
	w.write(events...)
	w.run()
	w.eventually("all but one are delivered", func() bool { return w.states(webhook)[notification.Delivered] == 20 })
	told := r.all()
	for i := range 11 {
		if told[i] != fmt.Sprint(i) {
			t.Fatalf("told in the order %v", told)
		}
	}
	if told[20] != "20" {
		t.Errorf("told in the order %v", told)
	}
	w.advance(backoff[0] + time.Second)
	w.eventually("the last one is delivered", func() bool { return w.states(webhook)[notification.Delivered] == 21 })
	if told := r.all(); told[len(told)-1] != "5" {
		t.Errorf("told in the order %v", told)
	}
}

func TestAnErrorForDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var broken atomic.Bool
	broken.Store(true)
	r := receive(t, func(rw http.ResponseWriter, _ string) {
		if broken.Load() {
			rw.WriteHeader(500)
			fmt.Fprint(rw, "out of order")
		}
	})
	webhook := w.webhook(r.URL)
	w.failed(0, 500)
	w.run()
	for passed := time.Duration(0); passed < 4*24*time.Hour && w.record(webhook).GetBool("active"); passed += time.Hour {
		before := r.calls.Load()
		w.advance(time.Hour)
		w.eventually("it is called again, or not any more", func() bool {
			return r.calls.Load() > before && r.calls.Load() == w.tried(webhook) || !w.record(webhook).GetBool("active")
		})
		if passed < 70*time.Hour && !w.record(webhook).GetBool("active") {
			t.Fatalf("switched off after %s", passed)
		}
	}
	if is := w.record(webhook); is.GetBool("active") || is.GetString("disabled_reason") != "failing" {
		t.Fatalf("active %v, %q", is.GetBool("active"), is.GetString("disabled_reason"))
	}
	if n := r.calls.Load(); n > 200 {
		t.Errorf("%d calls of a receiver that is out of order", n)
	}
	w.failed(500, 10)
	states := w.states(webhook)
	if states[notification.Waiting]+states[notification.Failed] != 500 {
		t.Errorf("there are %v: who does not listen is told nothing, and nothing is lost", states)
	}
	log, err := notification.Log(t.Context(), w.app, webhook, "", 501, 500)
	if err != nil || len(log.Items) != 500 {
		t.Fatal(len(log.Items), err)
	}
	var answers []notification.Answer
	if err := json.Unmarshal(log.Items[499].Answers, &answers); err != nil || len(answers) == 0 || answers[0].Status != 500 || answers[0].Text != "out of order" {
		t.Errorf("%s, %v", log.Items[499].Answers, err)
	}

	// Its owner mends the receiver and switches the webhook on again.
	broken.Store(false)
	w.sql(`UPDATE webhooks SET active = TRUE, disabled_reason = '', failing_since = '', updated = {:now}`, dbx.Params{"now": database.Stamp(w.now())})
	w.advance(9 * time.Hour)
	w.eventually("what waited is delivered", func() bool { return w.states(webhook)[notification.Waiting] == 0 })
	if w.states(webhook)[notification.Delivered] < 490 {
		t.Errorf("%v", w.states(webhook))
	}
}

func TestOneEventThatIsRefusedStopsNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := receive(t, func(rw http.ResponseWriter, data string) {
		if data == "0" {
			rw.WriteHeader(422)
		}
	})
	webhook := w.webhook(r.URL)
	w.failed(0, 50)
	w.run()
	w.eventually("the others are delivered", func() bool { return w.states(webhook)[notification.Delivered] == 49 })
	for i := 0; w.states(webhook)[notification.Failed] == 0 && i < 100; i++ {
		before := r.calls.Load()
		w.advance(8*time.Hour + 49*time.Minute)
		w.failed(100+i, 1)
		w.eventually("something is told", func() bool { return r.calls.Load() > before && w.states(webhook)[notification.Delivered] == 50+i })
	}
	w.eventually("it is given up", func() bool { return w.states(webhook)[notification.Failed] == 1 })
	if !w.record(webhook).GetBool("active") {
		t.Error("the webhook was switched off")
	}
}

func TestGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := receive(t, func(rw http.ResponseWriter, _ string) { rw.WriteHeader(http.StatusGone) })
	webhook := w.webhook(r.URL)
	w.failed(0, 1)
	w.run()
	w.eventually("it is switched off", func() bool { return w.record(webhook).GetString("disabled_reason") == "gone" })
}

// TestAReceiverThatHangs does not keep the end of the process waiting, nor the events of another webhook.
func TestAReceiverThatHangs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quit := make(chan struct{})
	hanging := receive(t, func(http.ResponseWriter, string) { <-quit })
	t.Cleanup(func() { close(quit) })
	fine := receive(t, nil)
	slow := w.webhook(hanging.URL)
	webhook := w.webhook(fine.URL)
	w.failed(0, 5)
	stop := w.run()
	w.eventually("the other webhook is told", func() bool { return w.states(webhook)[notification.Delivered] == 5 })
	w.eventually("one hangs", func() bool { return hanging.calls.Load() == 5 })
	begun := time.Now()
	stop()
	if took := time.Since(begun); took > graceTime+5*time.Second {
		t.Errorf("it took %s to stop", took)
	}
	if states := w.states(slow); states[notification.Waiting] != 5 {
		t.Errorf("what was broken off is not sent again: %v", states)
	}
}

func TestARedirectAndThisMachine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	target := receive(t, nil)
	r := receive(t, func(rw http.ResponseWriter, _ string) {
		rw.Header().Set("Location", strings.Replace(target.URL, "127.0.0.1", "localhost", 1))
		rw.WriteHeader(http.StatusPermanentRedirect)
	})
	w.webhook(r.URL)
	w.failed(0, 1)
	w.run()
	w.eventually("the redirect is logged", func() bool {
		var n int
		err := w.app.DB().NewQuery(`SELECT COUNT(*) FROM webhook_events WHERE answers LIKE '%redirect%'`).Row(&n)
		return err == nil && n == 1
	})
	if target.calls.Load() > 0 {
		t.Error("it was followed")
	}
	w.sql(`UPDATE instance SET webhook_networks = ''`, nil)
	refused := w.webhook(strings.Replace(target.URL, "127.0.0.1", "localhost", 1) + "/?token=s3cret")
	w.failed(1, 1)
	w.eventually("the call is refused", func() bool {
		log, err := notification.Log(t.Context(), w.app, refused, "", 0, 1)
		return err == nil && len(log.Items) == 1 && strings.Contains(string(log.Items[0].Answers), "webhook_networks") && !strings.Contains(string(log.Items[0].Answers), "s3cret")
	})
	if target.calls.Load() > 0 {
		t.Error("this machine was called")
	}
}

func TestSendAgainAndTest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var secrets atomic.Int64
	r := receive(t, nil)
	r.Config.Handler = counting(r.Config.Handler, &secrets)
	webhook := w.webhook(r.URL)
	w.failed(0, 1)
	w.run()
	w.eventually("it is delivered", func() bool { return w.states(webhook)[notification.Delivered] == 1 })
	if err := notification.Resend(w.app, w.record(webhook), "1", w.now()); err != nil {
		t.Fatal(err)
	}
	w.eventually("it is delivered again", func() bool { return r.calls.Load() == 2 && w.states(webhook)[notification.Delivered] == 1 })
	for _, event := range []string{"2", "x", ""} {
		if err := notification.Resend(w.app, w.record(webhook), event, w.now()); err == nil {
			t.Errorf("%q is sent again", event)
		}
	}
	if len(r.ids) != 1 {
		t.Errorf("its ids are %v", r.ids)
	}
	a, err := Test(t.Context(), w.app, w.record(webhook))
	if err != nil || a.Error != "" || a.Status != 200 {
		t.Errorf("%+v, %v", a, err)
	}
	log, err := notification.Log(t.Context(), w.app, webhook, "", 0, 10)
	if err != nil || len(log.Items) != 2 || log.Items[0].Type != notification.Test || log.Items[0].State != notification.Delivered {
		t.Errorf("%+v, %v", log, err)
	}

	// For a day after a new secret was made, the former one signs too.
	rec := w.record(webhook)
	rec.Set("secret", endpoint.NewSecret())
	rec.Set(secret.Former, endpoint.NewSecret())
	rec.Set("rotated_at", w.now())
	if err := w.app.Save(rec); err != nil {
		t.Fatal(err)
	}
	w.failed(1, 1)
	w.eventually("it is signed twice", func() bool { return secrets.Load() == 2 })
	w.advance(FormerTime + time.Hour)
	w.failed(2, 1)
	w.eventually("it is signed once", func() bool { return secrets.Load() == 1 })
}

// counting notes how many signatures the last call had.
func counting(h http.Handler, n *atomic.Int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Store(int64(len(strings.Fields(r.Header.Get("webhook-signature")))))
		h.ServeHTTP(w, r)
	})
}

func TestTheLogIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	webhook := w.webhook("https://example.org/")
	w.sql(`
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
		INSERT INTO webhook_events (message, webhook, type, subject, data, at, state)
		SELECT 'm' || i, {:webhook}, 'recipient.failed', '', '{}', {:now}, IIF(i % 12 = 0, 'waiting', 'delivered') FROM n`,
		dbx.Params{"webhook": webhook, "now": w.now().UnixMilli()})
	if err := notification.Forget(t.Context(), w.app, w.now()); err != nil {
		t.Fatal(err)
	}
	if is := w.states(webhook); is[notification.Delivered] != 10000 || is[notification.Waiting] != 1000 {
		t.Errorf("%v are kept", is)
	}
	if err := notification.Forget(t.Context(), w.app, w.now().Add(notification.KeptTime+time.Second)); err != nil {
		t.Fatal(err)
	}
	if is := w.states(webhook); len(is) != 0 {
		t.Errorf("%v are kept after a month", is)
	}
}

// TestNoMoreWaitThanMay: the limit is looked at before an event is written, whoever writes it.
func TestNoMoreWaitThanMay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	webhook, other := w.webhook("https://example.org/"), w.webhook("https://example.org/other")
	const most = 200_000
	w.sql(`
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {:n})
		INSERT INTO webhook_events (message, webhook, type, subject, data, at) SELECT 'm' || i, {:webhook}, 'recipient.failed', i, '{}', {:now} FROM n`,
		dbx.Params{"webhook": webhook, "n": most - 2, "now": w.now().UnixMilli()})
	w.failed(1, 3)
	if is := w.record(webhook); is.GetString("disabled_reason") != "too_many_waiting" || is.GetBool("active") {
		t.Errorf("it is %v", is.PublicExport())
	}
	if is := w.record(other); !is.GetBool("active") {
		t.Errorf("the other one is %v", is.PublicExport())
	}
	// The sweep finds it, once, to log it.
	for since, want := range map[time.Duration][]string{-time.Minute: {webhook}, time.Minute: nil} {
		found, err := notification.Overfull(t.Context(), w.app, time.Now().Add(since), time.Now().Add(since+2*time.Minute))
		if err != nil || !slices.Equal(found, want) {
			t.Errorf("switched off from %v on: %v, %v", since, found, err)
		}
	}
	waiting := func(webhook string) int {
		t.Helper()
		page, err := notification.Log(t.Context(), w.app, webhook, notification.Delivered, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		return page.Waiting
	}
	if rows := w.states(webhook)[notification.Waiting]; rows != most || waiting(webhook) != most || waiting(other) != 3 {
		t.Errorf("%d wait in the table, and %d and %d are counted", rows, waiting(webhook), waiting(other))
	}

	// It counts what is told, sent again and deleted.
	w.sql(`UPDATE webhook_events SET state = 'delivered' WHERE webhook = {:webhook} AND id % 2 = 0`, dbx.Params{"webhook": webhook})
	w.sql(`UPDATE webhook_events SET state = 'waiting' WHERE webhook = {:webhook} AND id % 4 = 0`, dbx.Params{"webhook": webhook})
	w.sql(`DELETE FROM webhook_events WHERE webhook = {:webhook} AND id % 8 = 0`, dbx.Params{"webhook": webhook})
	if rows := w.states(webhook)[notification.Waiting]; rows == most || waiting(webhook) != rows {
		t.Errorf("%d wait in the table, and %d are counted", rows, waiting(webhook))
	}
}

// TestThePlanOfDue: what is due is found without reading all that waits.
func TestThePlanOfDue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var plan []struct {
		Detail string `db:"detail"`
	}
	if err := w.app.DB().NewQuery(`EXPLAIN QUERY PLAN ` + dueSQL).Bind(dbx.Params{"now": 0}).All(&plan); err != nil {
		t.Fatal(err)
	}
	for _, step := range plan {
		if strings.Contains(step.Detail, "SCAN webhook_events") || strings.Contains(step.Detail, "SCAN w") && !strings.Contains(step.Detail, "waiting") {
			t.Errorf("%v", plan)
		}
	}
}
