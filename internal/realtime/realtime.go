// Package realtime bounds what PocketBase's realtime connections cost: how many there are, how long they stay
// without a purpose, and what is kept for one that does not read.
package realtime

import (
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/subscriptions"
)

// Limits of the connections of one process.
type Limits struct {
	Subscriptions int // of a connection
	PerUser       int // connections of a user; one more closes the oldest
	Guests        int // connections of nobody in particular, by all; one more closes the oldest

	SubscribeWithin time.Duration // a connection that has subscribed to nothing for so long is closed
	GuestLifetime   time.Duration // a connection of nobody in particular is closed then
	WriteWithin     time.Duration // a message that the network has not taken by then ends the connection

	QueuedMessages int // for a connection that reads more slowly than messages come; one more closes it
	QueuedBytes    int // the same, but one message of any size may wait
}

// DefaultLimits leave room for a browser full of tabs, and for a sign-in by another service (OAuth2), which a
// guest's connection waits for.
var DefaultLimits = Limits{
	Subscriptions: 50, PerUser: 10, Guests: 200,
	SubscribeWithin: 10 * time.Second, GuestLifetime: 5 * time.Minute, WriteWithin: 10 * time.Second,
	QueuedMessages: 2000, QueuedBytes: 4 << 20,
}

// Connections are the open realtime connections of a process. Safe for concurrent use.
type Connections struct {
	Limits

	app  core.App
	mu   sync.Mutex
	open map[string]*Connection // by client id
	last uint64

	filters filters
}

// New returns the connections of an app, none yet.
func New(app core.App, limits Limits) *Connections {
	return &Connections{Limits: limits, app: app, open: map[string]*Connection{}, filters: filters{spent: map[string]*spending{}}}
}

// Open takes in a connection that is about to be registered with PocketBase's broker, which is to use what is
// returned in its place. Discarding that takes the connection out again and calls end, which must end the request.
func (c *Connections) Open(client subscriptions.Client, end func()) *Connection {
	conn := &Connection{Client: client, of: c, end: end, out: make(chan subscriptions.Message), done: make(chan struct{}), held: map[string]int{}}
	c.mu.Lock()
	c.last++
	conn.order = c.last
	c.open[conn.Id()] = conn
	// No timer can end it before it is complete: dropping one takes the lock.
	conn.unused = time.AfterFunc(c.SubscribeWithin, conn.dropUnused)
	conn.guest = time.AfterFunc(c.GuestLifetime, conn.dropGuest)
	c.mu.Unlock()
	c.bound("", c.Guests, conn)
	return conn
}

// bound closes the oldest connections of a user, "" for guests, until there are at most so many. It keeps the one
// that was made or signed in just now.
func (c *Connections) bound(user string, most int, keep *Connection) {
	for {
		var oldest *Connection
		n := 0
		c.mu.Lock()
		for _, conn := range c.open {
			if conn.user != user {
				continue
			}
			n++
			if conn != keep && (oldest == nil || conn.order < oldest.order) {
				oldest = conn
			}
		}
		c.mu.Unlock()
		if n <= most || oldest == nil {
			return
		}
		oldest.Drop()
	}
}

// signedIn notes whose the connection is.
func (c *Connections) signedIn(conn *Connection, user string) {
	c.mu.Lock()
	conn.user = user
	c.mu.Unlock()
	if user != "" {
		c.bound(user, c.PerUser, conn)
	}
}

func (c *Connections) userOf(conn *Connection) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return conn.user
}

func (c *Connections) forget(conn *Connection) {
	c.mu.Lock()
	delete(c.open, conn.Id())
	c.mu.Unlock()
}
