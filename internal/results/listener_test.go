package results

import (
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"gonets/internal/apptest"
	"gonets/internal/mailingtest"
)

// TestProgressIsToldToThoseOnlyWhoMaySeeItNow has another process change who listens: what this one keeps with the
// connection stays as it was.
func TestProgressIsToldToThoseOnlyWhoMaySeeItNow(t *testing.T) {
	for name, change := range map[string]string{
		"demoted":    `UPDATE users SET role = 'owner' WHERE id = {:id}`,
		"blocked":    `UPDATE users SET blocked = TRUE WHERE id = {:id}`,
		"signed out": `UPDATE users SET tokenKey = 'anotheranotheranotheranotheranother' WHERE id = {:id}`,
		"deleted":    `DELETE FROM users WHERE id = {:id}`,
	} {
		t.Run(name, func(t *testing.T) {
			w := mailingtest.New(t)
			manager := w.NewUser("manager@example.org")
			record, err := w.App.FindRecordById("users", manager)
			if err != nil {
				t.Fatal(err)
			}
			record.Set("role", "manager")
			if err := w.App.SaveNoValidate(record); err != nil {
				t.Fatal(err)
			}
			client := subscriptions.NewDefaultClient()
			client.Set(apis.RealtimeClientAuthKey, record)
			client.Subscribe(ProgressTopic)
			w.App.SubscriptionsBroker().Register(client)

			p := publisher{app: w.App, overlay: func(*Progress) {}, last: map[string]string{}, rates: map[string]*rate{}, listeners: map[string]*listener{}}
			l := p.present()[0]
			of := &Progress{ID: "one", Owner: w.Owner}
			if err := p.tell(of, []*listener{l}); err != nil {
				t.Fatal(err)
			}
			select {
			case <-client.Channel():
			case <-time.After(10 * time.Second):
				t.Fatal("a manager is told nothing")
			}

			other := apptest.Open(t, w.Dir) // as a process of its own has it
			if _, err := other.DB().NewQuery(change).Bind(dbx.Params{"id": manager}).Execute(); err != nil {
				t.Fatal(err)
			}
			of.Sent = 1
			if err := p.tell(of, []*listener{l}); err != nil {
				t.Fatal(err)
			}
			// The goroutine that hands over ends when it has nothing, or waits for the client to take a message.
			for over := false; !over; time.Sleep(time.Millisecond) {
				select {
				case m := <-client.Channel():
					t.Fatalf("told after all: %s", m.Data)
				default:
				}
				l.mu.Lock()
				over = !l.sending
				l.mu.Unlock()
			}
		})
	}
}
