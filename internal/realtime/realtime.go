// Package realtime bounds PocketBase's realtime connections: their number, how long they may stay unused, and how many
// messages are stored for one that does not read.
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
	Guests        int // connections of all guests; one more closes the oldest

	SubscribeWithin time.Duration // a connection without subscriptions for so long is closed
	GuestLifetime   time.Duration // a connection of a guest is closed after it
	WriteWithin     time.Duration // the connection is closed when a message could not be written for so long

	QueuedMessages int // messages stored for a slow reader; one more closes the connection
	QueuedBytes    int // bytes of them; a single message may have any size
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

// New returns the connections of an app, without any yet.
func New(app core.App, limits Limits) *Connections {
	return &Connections{Limits: limits, app: app, open: map[string]*Connection{}, filters: filters{spent: map[string]*spending{}}}
}

// Open adds a connection before it is registered with PocketBase's broker, which must use the returned one in its place. Its
// Discard removes it and calls end, which must end the request.
func (c *Connections) Open(client subscriptions.Client, end func()) *Connection {
	conn := &Connection{Client: client, of: c, end: end, out: make(chan subscriptions.Message), done: make(chan struct{}), held: map[string]int{}}
	c.mu.Lock()
	c.last++
	conn.order = c.last
	c.open[conn.Id()] = conn
	// The lock keeps a timer from closing it before it is complete.
	conn.unused = time.AfterFunc(c.SubscribeWithin, conn.dropUnused)
	conn.guest = time.AfterFunc(c.GuestLifetime, conn.dropGuest)
	c.mu.Unlock()
	c.bound("", c.Guests, conn)
	return conn
}

// bound closes the oldest connections of a user, "" for guests, until there are at most so many. It keeps the
// given one.
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
		oldest.drop()
	}
}

// signedIn sets the user of the connection.
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
