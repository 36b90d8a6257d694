package api_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/limit"
	"gonets/internal/mailing"
)

// TestTestsCountAgainstTheDailyLimits sends more tests at once than the owner's quota, or the sender's limit,
// has room for.
func TestTestsCountAgainstTheDailyLimits(t *testing.T) {
	const most = 3
	for kind, set := range map[limit.UsageKind]string{
		limit.UsageOfOwner:  fmt.Sprintf(`UPDATE users SET daily_quota = %d`, most),
		limit.UsageOfSender: fmt.Sprintf(`UPDATE senders SET daily_limit = %d`, most),
	} {
		t.Run(string(kind), func(t *testing.T) {
			p := newPost(t, refusing)
			sender := p.Add(t, "senders", map[string]any{
				"name": "limited", "from_email": "news@example.org", "host": "127.0.0.1", "port": p.Outbox.Port(), "tls": "none", "access": "everyone",
			})
			for _, query := range []string{set, `UPDATE mailings SET sender = '` + sender.Id + `'`} {
				if _, err := p.App.NonconcurrentDB().NewQuery(query).Execute(); err != nil {
					t.Fatal(err)
				}
			}
			// Those whom the server refuses cost nothing of the day.
			p.Expect(t, 200, anna, "POST", p.Route("test"), map[string]any{"to": []string{"nosuch@example.com"}})
			var all sync.WaitGroup
			codes := make(chan int, 2*most)
			for i := range cap(codes) {
				all.Go(func() {
					codes <- p.Ask(t, anna, "POST", p.Route("test"), map[string]any{"to": []string{fmt.Sprintf("me%d@example.com", i)}}).Status
				})
			}
			all.Wait()
			close(codes)
			got := map[int]int{}
			for code := range codes {
				got[code]++
			}
			if got[200] != most || got[429] != most {
				t.Errorf("the answers were %v", got)
			}
			if n := p.Outbox.List(0, 1, "").TotalItems; n != most {
				t.Errorf("%d mails of a limit of %d", n, most)
			}
			var mails int
			err := p.App.ConcurrentDB().Select("mails").From("usage").Where(dbx.HashExp{"kind": string(kind)}).Row(&mails)
			if err != nil || mails != most {
				t.Errorf("%d are counted, %v", mails, err)
			}
			a := p.Expect(t, 429, anna, "POST", p.Route("test"), map[string]any{"to": []string{"last@example.com"}})
			if code := a.Code("to"); code != map[limit.UsageKind]string{
				limit.UsageOfOwner: mailing.WaitOwnerQuota, limit.UsageOfSender: mailing.WaitSenderLimit,
			}[kind] {
				t.Errorf("refused with %q", code)
			}
		})
	}
}
