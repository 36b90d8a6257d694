package e2e

import (
	"fmt"
	"net/smtp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// Test19AKillLosesNoEmailOfAProgramAndTakesNoneTwice kills the process while programs hand over e-mails by SMTP. What was answered
// 250 is in the ledger; a program that got no answer sends the same once more, and it is there once.
func Test19AKillLosesNoEmailOfAProgramAndTakesNoneTwice(t *testing.T) {
	t.Parallel()
	const (
		programs = 4
		each     = 40
		total    = programs * each
		kills    = 3
	)
	w := newWorld(t, 3*time.Minute, outbox.Options{Latency: time.Millisecond, Keep: -1})
	owner := w.user("owner@gonets.example", "owner")
	w.root.patch(users+"records/"+owner.id, object{"transactional_quota": total}).want(200) // one twice would be one too many
	var token struct{ Secret string }
	owner.post("/api/gonets/tokens", object{"name": "programs", "scopes": []string{"send"}}).want(201).into(&token)
	at := freeAddress(t)
	w.flags = []string{"--smtp-listen", at}
	w.restart()

	var taken, again atomic.Int64
	var running sync.WaitGroup
	for program := range programs {
		running.Go(func() {
			for i := range each {
				n := program*each + i
				source := fmt.Sprintf("From: <%s>\r\nTo: <%s>\r\nSubject: Order %d\r\nMessage-ID: <order-%d@program.test>\r\n\r\nThank you.\r\n",
					fromAddress, numbered(n), n, n)
				for w.ctx.Err() == nil {
					err := smtp.SendMail(at, smtp.PlainAuth("", "program", token.Secret, "127.0.0.1"), fromAddress, []string{numbered(n)}, []byte(source))
					if err == nil {
						taken.Add(1)
						break
					}
					if strings.HasPrefix(err.Error(), "5") {
						t.Errorf("e-mail %d is refused: %v", n, err)
						return
					}
					again.Add(1)
					time.Sleep(50 * time.Millisecond) // the server starts
				}
			}
		})
	}
	for kill := range kills {
		until := int64(total * (kill + 1) / (kills + 1))
		eventually(w.ctx, t, fmt.Sprint(until, " are taken"), func() bool { return taken.Load() >= until })
		w.restart()
	}
	running.Wait()
	if taken.Load() != total {
		t.Fatalf("%d of %d are taken", taken.Load(), total)
	}
	t.Logf("%d were sent again", again.Load())

	// Each has one row, which the mail server has had at most once.
	type line struct {
		ID, Email, Subject string
		Waiting            int
		States             map[string]int
	}
	var lines []line
	eventually(w.ctx, t, "nobody waits", func() bool {
		lines = nil
		for before, waits := "", 0; ; {
			var page struct{ Items []line }
			owner.get("/api/gonets/transactional?skipTotal=1&perPage=100&before=" + before).want(200).into(&page)
			if len(page.Items) == 0 {
				return waits == 0
			}
			lines = append(lines, page.Items...)
			before = page.Items[len(page.Items)-1].ID
			for _, l := range page.Items {
				waits += l.Waiting
			}
		}
	})
	rows, mails, uncertain := map[string]int{}, w.outbox.Counts(), 0
	for _, l := range lines {
		rows[l.Email]++
		uncertain += l.States["uncertain"]
		if got := mails[l.Email]; l.States["sent"]+l.States["uncertain"] != 1 || got > 1 || got == 0 && l.States["sent"] == 1 {
			t.Errorf("%s is %v and got %d e-mails", l.Email, l.States, got)
		}
	}
	for n := range total {
		if rows[numbered(n)] != 1 {
			t.Errorf("%s has %d rows", numbered(n), rows[numbered(n)])
		}
	}
	if len(lines) != total || uncertain > kills*connections {
		t.Errorf("%d rows, %d of them uncertain", len(lines), uncertain)
	}
}
