package realtime

import (
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/subscriptions"
)

// Connection is a client of PocketBase's broker that never blocks the sender and stores a bounded number of messages. With
// PocketBase's own client, a goroutine waits with each message until the browser reads.
type Connection struct {
	subscriptions.Client

	of    *Connections
	order uint64 // guarded by of.mu, as user is
	user  string // collection and id; "" for a guest

	end  func()
	out  chan subscriptions.Message // without capacity: PocketBase writes what it has received; never closed
	done chan struct{}              // closed with the connection

	mu      sync.Mutex
	gone    bool
	queue   []subscriptions.Message
	queued  int            // bytes in queue
	sending bool           // a goroutine empties the queue
	held    map[string]int // bytes of messages that wait for the end of a deletion, by their key in the store
	holding int            // their sum
	asked   bool           // for topics that guests may not have
	unused  *time.Timer
	guest   *time.Timer
}

// drop ends the connection: it gets no further message, and PocketBase closes it.
func (c *Connection) drop() {
	c.of.app.SubscriptionsBroker().Unregister(c.Id())
	c.Discard() // for a connection that is not registered yet, or no longer
}

// Discard implements subscriptions.Client. Queued messages are lost.
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

// Send implements subscriptions.Client. It never waits: a client with more queued messages than the limits allow
// is disconnected.
func (c *Connection) Send(m subscriptions.Message) {
	size := len(m.Name) + len(m.Data)
	c.mu.Lock()
	if c.gone {
		c.mu.Unlock()
		return
	}
	if len(c.queue) >= c.of.QueuedMessages || len(c.queue) > 0 && c.queued+size > c.of.QueuedBytes {
		c.mu.Unlock()
		c.drop()
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

// SendAndWait sends without the queue and returns when the connection has the message, or is closed: for senders that
// replace unread messages by newer ones.
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

// KeepAsGuest keeps a connection without subscriptions as long as that of a guest: it has asked for topics that guests may
// not have.
func (c *Connection) KeepAsGuest() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = true
	c.unused.Stop()
}

// watchUse restarts the timer of a connection without subscriptions, or stops it.
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
		c.drop()
	}
}

func (c *Connection) dropGuest() {
	if c.of.userOf(c) == "" {
		c.drop()
	}
}

// Set implements subscriptions.Client. PocketBase sets the signed-in user by it, and stores messages about a deletion
// until that is committed.
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

// signIn sets the signed-in user. When the role has changed it closes the connection: unread messages from before the change
// were for the old role.
func (c *Connection) signIn(user *core.Record) {
	before, _ := c.Get(apis.RealtimeClientAuthKey).(*core.Record)
	if before != nil && before.GetString("role") != user.GetString("role") {
		c.drop()
		return
	}
	c.mu.Lock()
	c.asked = false
	c.mu.Unlock()
	c.Client.Set(apis.RealtimeClientAuthKey, user)
	c.of.signedIn(c, nameOf(user))
}

// nameOf is the collection and id of a user, "" for a guest.
func nameOf(user *core.Record) string {
	if user == nil {
		return ""
	}
	return user.Collection().Name + "/" + user.Id
}

// hold counts messages that are stored under a key, and closes the connection if there are too many.
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
		c.drop()
	}
	return !most && !gone
}

// Unset implements subscriptions.Client. The end of a session closes its connection: as one of a guest it would stay
// subscribed to topics that guests may not have.
func (c *Connection) Unset(key string) {
	if key == apis.RealtimeClientAuthKey {
		c.drop()
	}
	c.mu.Lock()
	c.holding -= c.held[key]
	delete(c.held, key)
	c.mu.Unlock()
	c.Client.Unset(key)
}
