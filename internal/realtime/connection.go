package realtime

import (
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/subscriptions"
)

// Connection is a client of PocketBase's broker that never blocks who sends to it and keeps a bounded number of
// messages. PocketBase's own lets a goroutine wait with each message until the client reads.
type Connection struct {
	subscriptions.Client

	of    *Connections
	order uint64 // guarded by of.mu, as user is
	user  string // collection and id; "" for a guest

	end  func()
	out  chan subscriptions.Message // without capacity: what PocketBase has taken it writes; never closed
	done chan struct{}              // closed with the connection

	mu      sync.Mutex
	gone    bool
	queue   []subscriptions.Message
	queued  int            // bytes in queue
	sending bool           // a goroutine empties the queue
	held    map[string]int // bytes of messages that wait for the end of a deletion, by their key in the store
	holding int            // their sum
	asked   bool           // for something that guests get nothing of
	unused  *time.Timer
	guest   *time.Timer
}

// Drop ends the connection: it gets no further message, and PocketBase closes it.
func (c *Connection) Drop() {
	c.of.app.SubscriptionsBroker().Unregister(c.Id())
	c.Discard() // for one that is not registered yet, or not any more
}

// Discard implements subscriptions.Client. What was queued is lost.
func (c *Connection) Discard() {
	c.of.forget(c)
	c.Client.Discard()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return
	}
	c.gone = true
	c.queue, c.queued = nil, 0
	clear(c.held)
	c.unused.Stop()
	c.guest.Stop()
	close(c.done)
	c.end()
}

// Channel implements subscriptions.Client.
func (c *Connection) Channel() chan subscriptions.Message { return c.out }

// Send implements subscriptions.Client. It never waits: a client that is behind by more than the limits allow is
// dropped.
func (c *Connection) Send(m subscriptions.Message) {
	size := len(m.Name) + len(m.Data)
	c.mu.Lock()
	if c.gone {
		c.mu.Unlock()
		return
	}
	if len(c.queue) >= c.of.QueuedMessages || len(c.queue) > 0 && c.queued+size > c.of.QueuedBytes {
		c.mu.Unlock()
		c.Drop()
		return
	}
	c.queue = append(c.queue, m)
	c.queued += size
	if !c.sending {
		c.sending = true
		go c.sendQueued()
	}
	c.mu.Unlock()
}

// SendAndWait sends past the queue and returns when the connection has taken the message, or is gone: for senders
// that replace what was not read by what is newer.
func (c *Connection) SendAndWait(m subscriptions.Message) {
	select {
	case c.out <- m:
	case <-c.done:
	}
}

// sendQueued empties the queue. It ends with the queue or with the connection.
func (c *Connection) sendQueued() {
	for {
		c.mu.Lock()
		if len(c.queue) == 0 {
			c.queue, c.sending = nil, false
			c.mu.Unlock()
			return
		}
		m := c.queue[0]
		c.queue[0] = subscriptions.Message{}
		c.queue = c.queue[1:]
		c.queued -= len(m.Name) + len(m.Data)
		c.mu.Unlock()
		c.SendAndWait(m)
	}
}

// Subscribe implements subscriptions.Client.
func (c *Connection) Subscribe(names ...string) {
	c.Client.Subscribe(names...)
	c.watchUse()
}

// Unsubscribe implements subscriptions.Client.
func (c *Connection) Unsubscribe(names ...string) {
	c.Client.Unsubscribe(names...)
	c.watchUse()
}

// KeepAsGuest keeps the connection for the lifetime of a guest's, although it is subscribed to nothing: what it has
// asked for is not for guests.
func (c *Connection) KeepAsGuest() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = true
	c.unused.Stop()
}

// watchUse starts to count the time without a subscription anew, or stops to.
func (c *Connection) watchUse() {
	none := len(c.Subscriptions()) == 0
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.gone:
	case none && !c.asked:
		c.unused.Reset(c.of.SubscribeWithin)
	default:
		c.unused.Stop()
	}
}

func (c *Connection) dropUnused() {
	c.mu.Lock()
	asked := c.asked
	c.mu.Unlock()
	if !asked && len(c.Subscriptions()) == 0 {
		c.Drop()
	}
}

func (c *Connection) dropGuest() {
	if c.of.userOf(c) == "" {
		c.Drop()
	}
}

// Set implements subscriptions.Client. PocketBase tells by it who has signed in, and keeps the messages about a
// deletion until it is committed.
func (c *Connection) Set(key string, value any) {
	switch v := value.(type) {
	case *core.Record:
		if key == apis.RealtimeClientAuthKey && v != nil {
			c.signIn(v)
			return
		}
	case []subscriptions.Message:
		if !c.hold(key, v) {
			return
		}
	}
	c.Client.Set(key, value)
}

// signIn notes who has signed in. Somebody whose role has changed starts anew: what was sent before the change, and
// has not been read, was meant for the old one.
func (c *Connection) signIn(user *core.Record) {
	before, _ := c.Get(apis.RealtimeClientAuthKey).(*core.Record)
	if before != nil && before.GetString("role") != user.GetString("role") {
		c.Drop()
		return
	}
	c.mu.Lock()
	c.asked = false
	c.mu.Unlock()
	c.Client.Set(apis.RealtimeClientAuthKey, user)
	c.of.signedIn(c, nameOf(user))
}

// nameOf names a user among all, "" for a guest.
func nameOf(user *core.Record) string {
	if user == nil {
		return ""
	}
	return user.Collection().Name + "/" + user.Id
}

// hold counts messages that are kept under a key, and drops the connection if there are too many.
func (c *Connection) hold(key string, messages []subscriptions.Message) bool {
	size := 0
	for _, m := range messages {
		size += len(m.Name) + len(m.Data)
	}
	c.mu.Lock()
	c.holding += size - c.held[key]
	c.held[key] = size
	most := c.holding > c.of.QueuedBytes && len(c.held) > 1 || len(c.held) > c.of.QueuedMessages
	gone := c.gone
	c.mu.Unlock()
	if most {
		c.Drop()
	}
	return !most && !gone
}

// Unset implements subscriptions.Client. A session that has ended takes its connection with it: as a guest's it
// would stay subscribed to what guests get nothing of.
func (c *Connection) Unset(key string) {
	if key == apis.RealtimeClientAuthKey {
		c.Drop()
	}
	c.mu.Lock()
	c.holding -= c.held[key]
	delete(c.held, key)
	c.mu.Unlock()
	c.Client.Unset(key)
}
