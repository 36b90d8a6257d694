package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// stream is an open connection to PocketBase's realtime API.
type stream struct {
	c *client
	// events come in the order they were sent; closed when the connection ends.
	events chan event
}

// event is one message of a stream.
type event struct {
	name string
	data json.RawMessage
}

// subscribe opens a stream as the signed-in user and asks for topics.
func (c *client) subscribe(topics ...string) *stream {
	c.t.Helper()
	ctx, cancel := context.WithCancel(c.ctx)
	c.t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/api/realtime", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	answer, err := c.way().Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { answer.Body.Close() })
	s := &stream{c: c, events: make(chan event, 1000)} // more than a test waits for: reading must not stop
	go func() {
		defer close(s.events)
		var e event
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			switch name, value, _ := strings.Cut(lines.Text(), ":"); name {
			case "event":
				e.name = value
			case "data":
				e.data = json.RawMessage(value)
			case "":
				select {
				case s.events <- e:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	var connected struct{ ClientID string }
	if err := json.Unmarshal(s.next("PB_CONNECT").data, &connected); err != nil {
		c.t.Fatal(err)
	}
	c.post("/api/realtime", object{"clientId": connected.ClientID, "subscriptions": topics}).want(204)
	return s
}

// next waits for the next event of a topic.
func (s *stream) next(topic string) event {
	s.c.t.Helper()
	for {
		select {
		case e, open := <-s.events:
			if !open {
				s.c.t.Fatalf("the stream ended while waiting for %s", topic)
			}
			if e.name == topic {
				return e
			}
		case <-s.c.ctx.Done():
			s.c.t.Fatalf("waited in vain for an event of %s: %v", topic, context.Cause(s.c.ctx))
		}
	}
}

// ends waits until the server has closed the stream.
func (s *stream) ends() {
	s.c.t.Helper()
	for {
		select {
		case _, open := <-s.events:
			if !open {
				return
			}
		case <-s.c.ctx.Done():
			s.c.t.Fatalf("the stream is still open: %v", context.Cause(s.c.ctx))
		}
	}
}
