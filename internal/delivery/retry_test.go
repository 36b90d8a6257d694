package delivery

import (
	"context"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/mailing"
	"gonets/internal/smtptest"
)

// TestRetryQueuesNobodyTwice has the engine try those of the first chunk, and some of the next, before the
// second chunk is queued. Whoever has failed or become uncertain since the call began is another case.
func TestRetryQueuesNobodyTwice(t *testing.T) {
	t.Parallel()
	const clients, late = mailing.SkipChunk + 1000, 100
	for name, c := range map[string]struct {
		before, after mailing.State
		verb          func(e *Engine, id string) (mailing.Queued, error)
	}{
		"the failed fail again":             {mailing.Failed, mailing.Failed, retryBoth},
		"the failed become uncertain":       {mailing.Failed, mailing.Uncertain, retryBoth},
		"the uncertain are uncertain again": {mailing.Uncertain, mailing.Uncertain, retryBoth},
		"the uncertain fail":                {mailing.Uncertain, mailing.Failed, retryBoth},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.NewClients(clients)
			id := w.NewMailing(map[string]any{"sender": w.NewSender(smtptest.Start(t, smtptest.Script{}), nil)})
			w.launch(New(w.App), id)
			run := func(query string) {
				_, err := w.App.NonconcurrentDB().NewQuery(query).Bind(dbx.Params{"before": string(c.before), "after": string(c.after), "late": late}).Execute()
				if err != nil {
					t.Fatal(err)
				}
			}
			count := func() {
				run(`UPDATE mailings SET failed = (SELECT COUNT(*) FROM recipients WHERE state = 'failed'),
					uncertain = (SELECT COUNT(*) FROM recipients WHERE state = 'uncertain')`)
			}
			run(`UPDATE recipients SET state = IIF(id % 100 = 7, 'pending', {:before}), tries = 1`)
			count()
			queued := 0
			app := &meanwhile{App: w.App, left: 2, act: func() {
				// The engine tries all that were queued, those who were left, and a few who were queued by
				// another call meanwhile.
				queued = w.States(id)[mailing.Pending] - clients/100
				run(`UPDATE recipients SET state = {:after}, tries = tries + 1 WHERE state = 'pending'`)
				run(`UPDATE recipients SET state = {:after}, tries = tries + 1 WHERE id IN (
					SELECT id FROM recipients WHERE tries = 1 LIMIT {:late})`)
				count()
			}}
			q, err := c.verb(New(app), id)
			if err != nil {
				t.Fatal(err)
			}
			if queued != mailing.SkipChunk || q.Recipients != clients-clients/100-late {
				t.Errorf("queued %d, the first %d of them before the engine went on", q.Recipients, queued)
			}
			var again int
			err = w.App.ConcurrentDB().NewQuery(`SELECT COUNT(*) FROM recipients WHERE state = 'pending' AND tries > 1`).Row(&again)
			if err != nil || again > 0 {
				t.Errorf("%d were queued again, %v", again, err)
			}
			w.Balanced(id)
		})
	}
}

func retryBoth(e *Engine, id string) (mailing.Queued, error) {
	return e.Retry(context.Background(), id, []mailing.State{mailing.Failed, mailing.Uncertain})
}
