package realtime

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"github.com/pocketbase/pocketbase/tools/subscriptions"
)

// calm are limits that no test runs into by chance.
var calm = Limits{
	Subscriptions: 50, PerUser: 2, Guests: 3,
	SubscribeWithin: time.Hour, GuestLifetime: time.Hour, WriteWithin: time.Hour, QueuedMessages: 10, QueuedBytes: 1000,
}

func newApp(t *testing.T) *tests.TestApp {
	t.Helper()
	app, err := tests.NewTestApp()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(app.Cleanup)
	return app
}

// connect opens a connection as PocketBase does.
func connect(c *Connections) *Connection {
	conn := c.Open(subscriptions.NewDefaultClient(), func() {})
	c.app.SubscriptionsBroker().Register(conn)
	return conn
}

func user(t *testing.T, app core.App, id, role string) *core.Record {
	t.Helper()
	users := core.NewAuthCollection("people")
	users.Fields.Add(&core.TextField{Name: "role"})
	r := core.NewRecord(users)
	r.Id = id
	r.Set("role", role)
	return r
}

func waitUntil(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func TestSendNeverWaitsAndDropsWhoIsFarBehind(t *testing.T) {
	app := newApp(t)
	for _, c := range []struct {
		name     string
		size, n  int
		survives bool
	}{
		{"a few messages", 10, 5, true},
		{"one of any size", 5000, 2, true}, // one is on its way, one waits
		{"too many bytes", 300, 6, false},
		{"too many messages", 1, 20, false},
	} {
		conn := connect(New(app, calm))
		for i := range c.n {
			conn.Send(subscriptions.Message{Name: "m", Data: bytes.Repeat([]byte("x"), c.size)})
			if i == 0 {
				waitUntil(t, "the first is on its way", func() bool { conn.mu.Lock(); defer conn.mu.Unlock(); return len(conn.queue) == 0 })
			}
		}
		if conn.IsDiscarded() == c.survives {
			t.Errorf("%s: discarded is %v", c.name, conn.IsDiscarded())
		}
		if _, err := app.SubscriptionsBroker().ClientById(conn.Id()); (err == nil) != c.survives {
			t.Errorf("%s: the broker knows it: %v", c.name, err == nil)
		}
		if conn.queued > conn.of.QueuedBytes && c.name != "one of any size" {
			t.Errorf("%s: %d bytes are kept", c.name, conn.queued)
		}
		conn.drop()
	}
}

func TestMessagesArriveInOrder(t *testing.T) {
	limits := calm
	limits.QueuedMessages, limits.QueuedBytes = 1000, 1<<20
	conn := connect(New(newApp(t), limits))
	for i := range 500 {
		conn.Send(subscriptions.Message{Name: fmt.Sprint(i)})
	}
	for i := range 500 {
		if m := <-conn.Channel(); m.Name != fmt.Sprint(i) {
			t.Fatalf("message %d is %s", i, m.Name)
		}
	}
}

func TestMessagesOfADeletionAreBounded(t *testing.T) {
	conn := connect(New(newApp(t), calm))
	message := func(size int) []subscriptions.Message {
		return []subscriptions.Message{{Data: bytes.Repeat([]byte("x"), size)}}
	}
	conn.Set("one", message(400))
	conn.Unset("one")
	conn.Set("two", message(400))
	conn.Set("two", message(500))
	conn.Set("three", message(450))
	if conn.IsDiscarded() {
		t.Fatal("dropped within the limit")
	}
	if kept, _ := conn.Get("two").([]subscriptions.Message); len(kept) != 1 {
		t.Error("what PocketBase keeps with the client is lost")
	}
	if conn.Set("four", message(450)); !conn.IsDiscarded() {
		t.Errorf("%d bytes are kept", conn.holding)
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	app := newApp(t)
	c := New(app, calm)
	var guests []*Connection
	for range calm.Guests + 2 {
		guests = append(guests, connect(c))
	}
	for i, conn := range guests {
		if conn.IsDiscarded() != (i < 2) {
			t.Errorf("guest %d of 5: discarded is %v", i, conn.IsDiscarded())
		}
	}
	var annas []*Connection
	for range calm.PerUser + 2 {
		conn := connect(c)
		conn.Set(apis.RealtimeClientAuthKey, user(t, app, "anna", "owner"))
		annas = append(annas, conn)
	}
	boris := connect(c)
	boris.Set(apis.RealtimeClientAuthKey, user(t, app, "boris", "owner"))
	for i, conn := range annas {
		if conn.IsDiscarded() != (i < 2) {
			t.Errorf("Anna's connection %d of 4: discarded is %v", i, conn.IsDiscarded())
		}
	}
	if boris.IsDiscarded() {
		t.Error("Boris's only connection is closed")
	}
	// Everybody begins as a guest: Anna's first connection took the place of one more.
	if want := calm.Guests - 1 + calm.PerUser + 1; len(c.open) != want {
		t.Errorf("%d connections are known, want %d", len(c.open), want)
	}
}

func TestConnectionsWithoutAPurposeEnd(t *testing.T) {
	app := newApp(t)
	limits := calm
	limits.SubscribeWithin = 10 * time.Millisecond
	c := New(app, limits)
	idle, busy := connect(c), connect(c)
	busy.Subscribe("@oauth2")
	empty := connect(c)
	empty.Subscribe("@oauth2")
	empty.Unsubscribe()
	empty.Subscribe("")
	asked := connect(c)
	asked.KeepAsGuest()
	asked.Unsubscribe()
	for name, conn := range map[string]*Connection{"never subscribed": idle, "subscribed to nothing any more": empty} {
		waitUntil(t, name, conn.IsDiscarded)
	}
	if busy.IsDiscarded() || asked.IsDiscarded() {
		t.Error("one with a subscription was closed, or one of a guest who asked for something")
	}

	limits = calm
	limits.GuestLifetime = 10 * time.Millisecond
	c = New(app, limits)
	anna := connect(c)
	anna.Set(apis.RealtimeClientAuthKey, user(t, app, "anna", "owner"))
	guest := connect(c)
	guest.Subscribe("@oauth2")
	waitUntil(t, "the guest's ends", guest.IsDiscarded)
	waitUntil(t, "nothing is kept of it", func() bool { c.mu.Lock(); defer c.mu.Unlock(); return len(c.open) == 1 })
	if anna.IsDiscarded() {
		t.Error("one of a user was closed")
	}
}

func TestAConnectionEndsWithItsSession(t *testing.T) {
	app := newApp(t)
	c := New(app, calm)
	for name, end := range map[string]func(*Connection){
		"signed out": func(conn *Connection) { conn.Unset(apis.RealtimeClientAuthKey) },
		"demoted":    func(conn *Connection) { conn.Set(apis.RealtimeClientAuthKey, user(t, app, "marta", "owner")) },
	} {
		conn := connect(c)
		conn.Set(apis.RealtimeClientAuthKey, user(t, app, "marta", "manager"))
		conn.Set(apis.RealtimeClientAuthKey, user(t, app, "marta", "manager"))
		if conn.IsDiscarded() {
			t.Fatalf("%s: ended too early", name)
		}
		if end(conn); !conn.IsDiscarded() {
			t.Errorf("%s: still open", name)
		}
	}
}
