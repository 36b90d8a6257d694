package feedback

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/apptest"
	"gonets/internal/arrival"
	"gonets/internal/bounce"
	"gonets/internal/delivery"
	"gonets/internal/denial"
	"gonets/internal/mailing"
	"gonets/internal/smtptest"
	"gonets/internal/webhook"
)

// TestTheCountersBalanceWhateverComesBack sends mailings by a server in a bad mood while reports of all kinds come back by
// all ways, some of them twice and in another process, and the owner pauses, resumes, retries and accepts.
func TestTheCountersBalanceWhateverComesBack(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	mood := &mood{rng: rand.New(rand.NewPCG(seed, 1))}
	w := newWorld(t, "plus", mood.rule)
	w.engine.Stop(context.Background())
	w.engine = delivery.New(w.App, delivery.Deferral([]time.Duration{5 * time.Millisecond}, 3))
	w.engine.Start(t.Context())
	t.Cleanup(func() { w.engine.Stop(context.Background()) })
	w.NewClients(500)
	w.sql(`UPDATE instance SET pause_bounce_percent = 60, pause_complaint_percent = 40`, nil)
	var ids []string
	for range 2 {
		id := w.NewMailing(map[string]any{"sender": w.sender})
		if _, err := w.engine.Launch(t.Context(), id, ""); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}

	over := time.Now().Add(4 * time.Second)
	var live sync.WaitGroup
	for i, b := range []*Booker{w.booker, New(apptest.Open(t, w.Dir))} { // the second is another process
		r := &returner{world: w, booker: b, rng: rand.New(rand.NewPCG(seed, uint64(i)+2)), name: fmt.Sprint("mailbox", i)}
		live.Go(func() {
			for time.Now().Before(over) && !t.Failed() {
				r.step()
			}
		})
	}
	rng := rand.New(rand.NewPCG(seed, 9))
	for time.Now().Before(over) && !t.Failed() {
		owner(w, ids[rng.IntN(len(ids))], rng.IntN(5))
		for _, id := range ids {
			w.look(id)
		}
		time.Sleep(time.Duration(rng.IntN(40)) * time.Millisecond)
	}
	live.Wait()

	mood.mu.Lock()
	mood.good = true
	mood.mu.Unlock()
	w.sql(`UPDATE instance SET pause_bounce_percent = 0, pause_complaint_percent = 0`, nil)
	for _, id := range ids {
		if _, err := w.engine.Resume(id); err != nil && !isRefusal(err) {
			t.Fatal(err)
		}
		w.untilStatus(id, mailing.Completed)
		w.look(id)
		w.Audit(id)
	}
	if n := w.count(`SELECT SUM(bounced) FROM rollups`, nil); n < 20 {
		t.Errorf("only %d bounced: nothing was tried", n)
	}
}

func isRefusal(err error) bool {
	var refused *denial.Error
	return errors.As(err, &refused)
}

// owner does one thing that an owner may do at any time.
func owner(w *world, id string, what int) {
	var err error
	switch what {
	case 0:
		_, err = w.engine.Pause(id)
	case 1, 2:
		_, err = w.engine.Resume(id)
	case 3:
		_, err = w.engine.Retry(w.T.Context(), id, []mailing.State{mailing.Failed, mailing.Uncertain, mailing.Bounced})
	case 4:
		_, err = w.engine.Accept(w.T.Context(), id)
	}
	if err != nil && !isRefusal(err) {
		w.T.Error(err)
	}
}

// look checks in one statement, which sees one moment, that the counters of a mailing are what its recipients say.
func (w *world) look(id string) {
	var wrong string
	err := w.App.ConcurrentDB().NewQuery(`
		WITH r AS (SELECT state, COUNT(*) AS n FROM recipients WHERE mailing = {:id} GROUP BY state),
		n AS (SELECT COALESCE(SUM(n) FILTER (WHERE state = 'sent'), 0) AS sent, COALESCE(SUM(n) FILTER (WHERE state = 'bounced'), 0) AS bounced,
			COALESCE(SUM(n) FILTER (WHERE state = 'failed'), 0) AS failed, COALESCE(SUM(n) FILTER (WHERE state = 'uncertain'), 0) AS uncertain,
			COALESCE(SUM(n) FILTER (WHERE state = 'skipped'), 0) AS skipped, COALESCE(SUM(n), 0) AS total,
			COALESCE(SUM(n) FILTER (WHERE state IN ('pending', 'sending', 'deferred')), 0) AS waiting FROM r)
		SELECT CASE WHEN m.sent = n.sent AND m.bounced = n.bounced AND m.failed = n.failed AND m.uncertain = n.uncertain AND m.skipped = n.skipped
			AND m.total = n.total AND m.total = m.sent + m.failed + m.uncertain + m.skipped + m.bounced + n.waiting
			AND m.complained = (SELECT COUNT(*) FROM bounces WHERE mailing = m.id AND kind = 'complaint')
			AND m.complained = (SELECT COALESCE(SUM(complained), 0) FROM rollups WHERE mailing = m.id)
			AND m.bounced <= (SELECT COALESCE(SUM(bounced), 0) FROM rollups WHERE mailing = m.id)
			AND (m.status <> 'completed' OR n.waiting = 0) THEN ''
		ELSE format('%s: total %d sent %d failed %d uncertain %d skipped %d bounced %d; its recipients %d, %d, %d, %d, %d, %d, waiting %d',
			m.status, m.total, m.sent, m.failed, m.uncertain, m.skipped, m.bounced, n.total, n.sent, n.failed, n.uncertain, n.skipped, n.bounced, n.waiting) END
		FROM mailings m, n WHERE m.id = {:id}`).Bind(dbx.Params{"id": id}).Row(&wrong)
	if err != nil || wrong != "" {
		w.T.Errorf("%s, %v", wrong, err)
	}
}

// returner sends back what a mail server got.
type returner struct {
	*world
	booker *Booker
	rng    *rand.Rand
	name   string
	n      int
}

// step returns one mail, or one that was returned before, by one of the ways.
func (r *returner) step() {
	mails := r.server.Mails()
	if len(mails) == 0 {
		time.Sleep(time.Millisecond)
		return
	}
	m := mails[r.rng.IntN(len(mails))]
	r.n++
	kind := []bounce.Kind{bounce.Hard, bounce.Soft, bounce.Soft, bounce.Block, bounce.Complaint, bounce.Delayed}[r.rng.IntN(6)]
	if r.rng.IntN(4) > 0 {
		kind = bounce.Soft // most are not put on the stop list, so that there is somebody to mail
	}
	source := map[bounce.Kind]func() []byte{
		bounce.Hard:      func() []byte { return dsn(m, "5.1.1", "550 5.1.1 no such user") },
		bounce.Soft:      func() []byte { return dsn(m, "5.2.2", "552 5.2.2 mailbox full") },
		bounce.Block:     func() []byte { return dsn(m, "5.7.1", "554 5.7.1 rejected as spam") },
		bounce.Complaint: func() []byte { return complaint(m) },
		bounce.Delayed:   func() []byte { return dsn(m, "4.4.1", "delayed: no answer") },
	}[kind]()
	take := func() error {
		switch r.rng.IntN(4) {
		case 0:
			_, err := r.booker.Take(FromMailbox, r.name)(r.T.Context(), arrival.Mail{Source: source, Key: fmt.Sprint("1/", r.n)})
			return err
		case 1:
			_, err := r.booker.Apply(r.T.Context(), []Mail{{Mail: arrival.Mail{Source: source}}, {Mail: arrival.Mail{Source: source}}})
			return err
		case 2:
			err := r.booker.Reports(r.T.Context(), r.name, []webhook.Report{{
				Recipient: bounce.Recipient{Kind: kind, Address: m.To[0], Final: m.To[0], Code: 550}, ID: fmt.Sprint(r.n), ReturnPath: m.From,
			}})
			if errors.Is(err, ErrLater) {
				return nil
			}
			return err
		}
		_, err := r.booker.Take(FromSMTP, "")(r.T.Context(), arrival.Mail{Source: source, Recipients: []string{m.From}})
		return err
	}
	for range 1 + r.rng.IntN(2) {
		if err := take(); err != nil {
			r.T.Error(err)
		}
	}
}

// mood is how a server treats people that it has nothing against.
type mood struct {
	mu   sync.Mutex
	rng  *rand.Rand
	good bool
}

func (m *mood) rule(at smtptest.Moment) *smtptest.Act {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.good {
		return nil
	}
	var act smtptest.Act
	switch dice := m.rng.IntN(1000); {
	case at.Command == smtptest.RCPT && dice < 40:
		act = smtptest.Say("450 4.2.1 greylisted")
	case at.Command == smtptest.RCPT && dice < 60:
		act = smtptest.Say("550 5.2.1 disabled")
	case at.Command == smtptest.Body && dice < 20:
		act = smtptest.Act{Silent: true, Cut: true} // it is uncertain
	default:
		return nil
	}
	return &act
}
