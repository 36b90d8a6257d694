package delivery

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/apptest"
	"gonets/internal/denial"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/results"
	"gonets/internal/smtptest"
)

// TestTheBooksBalanceWhateverHappens runs the whole engine against a server in a bad mood while owners,
// managers and crashes do what they like, and looks at the database after each step.
//
// GONETS_SEEDS is how many times, 1 by default, each with another seed; GONETS_SEED names the one to
// begin with, to see a failure again as far as the scheduler lets one.
func TestTheBooksBalanceWhateverHappens(t *testing.T) {
	t.Parallel()
	seeds, seed := 1, uint64(time.Now().UnixNano())
	if n, err := strconv.Atoi(os.Getenv("GONETS_SEEDS")); err == nil {
		seeds = n
	}
	if n, err := strconv.ParseUint(os.Getenv("GONETS_SEED"), 10, 64); err == nil {
		seed = n
	}
	for i := range uint64(seeds) {
		t.Run(fmt.Sprint(seed+i), func(t *testing.T) { play(t, rand.New(rand.NewPCG(seed+i, 0))) })
		if t.Failed() {
			return
		}
	}
}

// game is the play of one seed.
type game struct {
	*world
	rng      *rand.Rand
	server   *smtptest.Server
	mood     *mood
	sender   string
	mailings []string
	engine   *Engine
	// attempts is how many the database had of each mailing when last looked at.
	attempts map[string]int
	log      []string
}

func play(t *testing.T, rng *rand.Rand) {
	const steps, clients = 40, 400
	g := &game{world: newWorld(t), rng: rng, mood: &mood{rng: rand.New(rand.NewPCG(rng.Uint64(), 0))}, attempts: map[string]int{}}
	g.server = smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{g.mood.rule}, Lockstep: rng.IntN(3) == 0, Latency: 200 * time.Microsecond})
	g.NewClients(clients)
	g.sender = g.NewSender(g.server, map[string]any{"connections": 1 + rng.IntN(6)})
	for range 2 {
		g.mailings = append(g.mailings, g.NewMailing(map[string]any{"sender": g.sender}))
	}
	g.open()
	defer func() {
		if t.Failed() {
			t.Logf("steps: %q", g.log)
		}
	}()
	for range steps {
		g.step()
		time.Sleep(time.Duration(rng.IntN(20)) * time.Millisecond) // a step may fall anywhere
		g.look()
		if t.Failed() {
			return
		}
	}
	g.finish()
}

// open starts an engine that tries everything again soon.
func (g *game) open() {
	g.engine = New(g.App, hurried, nervous, Deferral([]time.Duration{5 * time.Millisecond, 20 * time.Millisecond}, 4))
	g.engine.Start(context.Background())
}

// die ends the engine as kill -9 would: from one moment on nothing is written, and nobody says goodbye.
func (g *game) die() {
	g.T.Helper()
	for _, db := range []dbx.Builder{g.App.NonconcurrentDB(), g.App.ConcurrentDB()} {
		if err := db.(*dbx.DB).DB().Close(); err != nil {
			g.T.Fatal(err)
		}
	}
	now, cancel := context.WithCancel(context.Background())
	cancel()
	g.engine.Stop(now)
	g.App = apptest.Open(g.T, g.Dir)
}

// step does one thing that may happen at any time.
func (g *game) step() {
	g.T.Helper()
	id := g.mailings[g.rng.IntN(len(g.mailings))]
	ctx := g.T.Context()
	what, act := "", func() error { return nil }
	verb := func(name string, call func() error) { what, act = name+" "+id, call }
	switch g.rng.IntN(20) {
	case 0, 1, 2:
		verb("launch", func() error { _, err := g.engine.Launch(ctx, id, ""); return err })
	case 3, 4:
		verb("pause", func() error { _, err := g.engine.Pause(id); return err })
	case 5, 6, 7:
		verb("resume", func() error { _, err := g.engine.Resume(id); return err })
	case 8:
		verb("retry", func() error {
			_, err := g.engine.Retry(ctx, id, []mailing.State{mailing.Failed, mailing.Uncertain})
			return err
		})
	case 9:
		verb("retry the uncertain", func() error { _, err := g.engine.Retry(ctx, id, []mailing.State{mailing.Uncertain}); return err })
	case 10:
		verb("accept", func() error { _, err := g.engine.Accept(ctx, id); return err })
	case 11:
		verb("extend", func() error {
			g.NewClient(fmt.Sprintf("new%d@example.org", g.rng.Uint32()))
			_, err := g.engine.Extend(ctx, id)
			return err
		})
	case 12:
		verb("block", func() error { _, err := g.engine.Block(id, "why"); return err })
	case 13, 14:
		verb("unblock", func() error { _, err := g.engine.Unblock(id); return err })
	case 15:
		what, act = "stop list", g.stopSomebody
	case 16:
		what, act = "edit the sender", g.editSender
	case 17:
		what, act = "edit clients", g.editClients
	case 18:
		what = "crash"
		g.die()
		g.open()
	case 19:
		if g.rng.IntN(6) == 0 {
			verb("cancel", func() error { _, err := g.engine.Cancel(id); return err })
			g.mailings = append(g.mailings, g.NewMailing(map[string]any{"sender": g.sender}))
		} else {
			what = "restart"
			g.engine.Stop(context.Background())
			g.open()
		}
	}
	err := act()
	g.log = append(g.log, fmt.Sprint(what, ": ", err))
	var refused *denial.Error
	if err != nil && !errors.As(err, &refused) {
		g.T.Errorf("%s: %v", what, err)
	}
}

func (g *game) somebody() string {
	n := g.rng.IntN(400)
	return fmt.Sprintf("person%d@example%d.com", n, n%7)
}

func (g *game) stopSomebody() error {
	email := g.somebody()
	if !g.Suppressed(email) {
		g.Save("suppressions", map[string]any{"owner": g.Owner, "kind": "address", "value": email, "reason": "unsubscribed"})
	}
	return nil
}

func (g *game) editSender() error {
	record, err := g.App.FindRecordById("senders", g.sender)
	if err != nil {
		return err
	}
	record.Set("connections", 1+g.rng.IntN(6))
	record.Set("domain_rate_per_second", g.rng.IntN(2)*300)
	return g.App.Save(record)
}

// editClients renames some and deletes one, past the API as imports do.
func (g *game) editClients() error {
	for _, query := range []string{
		`UPDATE clients SET full_name = 'Changed' WHERE email LIKE {:some}`,
		`DELETE FROM clients WHERE email = {:one}`,
	} {
		_, err := g.App.NonconcurrentDB().NewQuery(query).
			Bind(dbx.Params{"some": fmt.Sprintf("person%d%%", g.rng.IntN(10)), "one": g.somebody()}).Execute()
		if err != nil {
			return err
		}
	}
	return nil
}

// look checks what has to be true while the engine works, in one statement, which sees one moment.
func (g *game) look() {
	g.T.Helper()
	for _, id := range g.mailings {
		var b struct {
			Total     int `db:"total"`
			Counted   int `db:"counted"`
			Attempts  int `db:"attempts"`
			Rolled    int `db:"rolled"`
			Succeeded int `db:"succeeded"`
			RolledOK  int `db:"rolled_ok"`
			Sent      int `db:"sent"`
			RolledSnt int `db:"rolled_sent"`
			Status    mailing.Status
			Off       string `db:"off"` // states whose counter is not the number of recipients in them
			Settled   int    `db:"settled"`
		}
		err := g.App.ConcurrentDB().NewQuery(`
			WITH c AS (SELECT state, COUNT(*) AS n FROM recipients WHERE mailing = {:id} GROUP BY state)
			SELECT m.status, m.total, m.sent, m.sent + m.failed + m.uncertain + m.skipped + m.bounced AS settled,
				COALESCE((SELECT SUM(n) FROM c), 0) AS counted,
				(SELECT COUNT(*) FROM attempts WHERE mailing = m.id) AS attempts,
				(SELECT COALESCE(SUM(attempts), 0) FROM ` + mailingtest.Rollups + ` WHERE mailing = m.id) AS rolled,
				(SELECT COUNT(*) FROM attempts WHERE mailing = m.id AND status = 'success') AS succeeded,
				(SELECT COALESCE(SUM(success), 0) FROM ` + mailingtest.Rollups + ` WHERE mailing = m.id) AS rolled_ok,
				(SELECT COALESCE(SUM(sent), 0) FROM ` + mailingtest.Rollups + ` WHERE mailing = m.id) AS rolled_sent,
				CASE WHEN m.sent <> COALESCE((SELECT n FROM c WHERE state = 'sent'), 0) THEN 'sent ' ELSE '' END ||
				CASE WHEN m.failed <> COALESCE((SELECT n FROM c WHERE state = 'failed'), 0) THEN 'failed ' ELSE '' END ||
				CASE WHEN m.uncertain <> COALESCE((SELECT n FROM c WHERE state = 'uncertain'), 0) THEN 'uncertain ' ELSE '' END ||
				CASE WHEN m.skipped <> COALESCE((SELECT n FROM c WHERE state = 'skipped'), 0) THEN 'skipped ' ELSE '' END ||
				CASE WHEN m.deferred <> COALESCE((SELECT n FROM c WHERE state = 'deferred'), 0) THEN 'deferred ' ELSE '' END AS off
			FROM mailings m WHERE m.id = {:id}`).Bind(dbx.Params{"id": id}).One(&b)
		if err != nil {
			g.T.Fatal(err)
		}
		switch {
		case b.Total != b.Counted || b.Off != "":
			g.T.Errorf("%s: the counters are off (%s): %+v", id, b.Off, b)
		case b.Attempts != b.Rolled || b.Succeeded != b.RolledOK || b.Sent != b.RolledSnt:
			g.T.Errorf("%s: the rollups are off: %+v", id, b)
		case b.Attempts < g.attempts[id]:
			g.T.Errorf("%s: attempts went from %d to %d", id, g.attempts[id], b.Attempts)
		case b.Status == mailing.Completed && b.Settled != b.Total:
			g.T.Errorf("%s: completed with somebody left: %+v", id, b)
		}
		g.attempts[id] = b.Attempts
	}
}

// finish takes everything that is in the way out of it, and waits for the end of all mailings.
func (g *game) finish() {
	g.T.Helper()
	g.mood.mu.Lock()
	g.mood.good = true
	g.mood.mu.Unlock()
	for _, id := range g.mailings {
		for _, act := range []func() error{
			func() error { _, err := g.engine.Unblock(id); return err },
			func() error { _, err := g.engine.Launch(g.T.Context(), id, ""); return err },
			func() error { _, err := g.engine.Resume(id); return err },
		} {
			var refused *denial.Error
			if err := act(); err != nil && !errors.As(err, &refused) {
				g.T.Fatal(err)
			}
		}
		g.until(id, "at its end", func(p results.Progress) bool {
			return (p.Status == mailing.Completed || p.Status == mailing.Cancelled) && p.Sent+p.Failed+p.Uncertain+p.Skipped == p.Total
		})
	}
	g.engine.Stop(context.Background())
	g.look()
	for _, id := range g.mailings {
		g.Audit(id)
	}
	g.accountedTogether()
}

// accountedTogether is accounted for several mailings at once: the server does not know which is which.
func (g *game) accountedTogether() {
	g.T.Helper()
	got := map[string]int{}
	for _, m := range g.server.Mails() {
		got[m.To[0]]++
	}
	least, most := map[string]int{}, map[string]int{}
	for _, id := range g.mailings {
		for email, made := range g.world.Attempts(id) {
			for _, a := range made {
				least[email] += one(a.Status == "success")
				most[email] += one(a.Status != "failure")
			}
		}
	}
	for email, n := range got {
		if n < least[email] || n > most[email] {
			g.T.Errorf("%s got %d mails; the ledger says between %d and %d", email, n, least[email], most[email])
		}
	}
	for email, n := range least {
		if got[email] < n {
			g.T.Errorf("%s got %d mails; the ledger says %d", email, got[email], n)
		}
	}
}

// mood is how a server treats people that it has nothing against.
type mood struct {
	mu   sync.Mutex
	rng  *rand.Rand
	good bool
}

// moods are what may happen at a command, and how often in a thousand.
var moods = map[smtptest.Command][]struct {
	often int
	act   smtptest.Act
}{
	smtptest.Connect: {{20, smtptest.SayAndCut("421 4.3.2 too busy")}, {10, smtptest.Hangup()}},
	smtptest.MAIL:    {{3, smtptest.SayAndCut("421 4.7.0 enough")}, {2, smtptest.Hangup()}},
	smtptest.RCPT: {
		{30, smtptest.Say("450 4.2.1 greylisted")},
		{10, smtptest.Say("550 5.2.1 disabled")},
		{5, smtptest.Say("550 5.1.1 no such user")},
		{5, smtptest.Hangup()},
		{2, smtptest.SayAndCut("421 4.7.0 enough")},
		{1, smtptest.Act{Raw: "what?\r\n"}},
	},
	smtptest.DATA: {{3, smtptest.Say("451 4.3.0 not now")}, {3, smtptest.Hangup()}, {3, smtptest.Act{CutAfter: 100}}},
	smtptest.Body: {
		{5, smtptest.Say("554 5.7.1 spam")},
		{5, smtptest.Act{Silent: true, Cut: true}},
		{3, smtptest.SayAndCut("421 4.3.0 oops")},
		{3, smtptest.Act{Raw: "354 more\r\n"}},
		{10, smtptest.Say("452 4.3.1 full")},
	},
}

func (m *mood) rule(at smtptest.Moment) *smtptest.Act {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.good {
		return nil
	}
	dice := m.rng.IntN(1000)
	for _, one := range moods[at.Command] {
		if dice -= one.often; dice < 0 {
			return &one.act
		}
	}
	return nil
}
