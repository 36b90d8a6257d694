package results

import (
	"sync"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"gonets/internal/realtime"
)

// listener is a client that has subscribed to the topic. What it has not read yet is replaced by what
// is newer, so that a slow one holds nobody up and still learns the end.
type listener struct {
	app    core.App
	client subscriptions.Client
	names  []string // of the topic, with the options that clients may add

	mu      sync.Mutex
	unread  map[string]news // by mailing
	sending bool
}

// news is a message about the progress of somebody's mailing.
type news struct {
	owner string
	data  []byte
}

// maySee says whether the client may see the mailings of an owner: the owner, managers and superusers may.
func (l *listener) maySee(owner string) bool {
	auth, _ := l.client.Get(apis.RealtimeClientAuthKey).(*core.Record)
	switch {
	case auth == nil:
		return false
	case auth.IsSuperuser():
		return true
	case auth.Collection().Name != "users":
		return false
	}
	return auth.Id == owner || auth.GetString("role") == "manager"
}

// stillMaySee is maySee by what the database says now: somebody may have been demoted, blocked, signed out or
// deleted by another process, or since the message was left.
func (l *listener) stillMaySee(owner string) bool {
	auth, _ := l.client.Get(apis.RealtimeClientAuthKey).(*core.Record)
	if auth == nil || !l.maySee(owner) {
		return false
	}
	holds, err := realtime.StillSignedIn(l.app, auth)
	if err != nil {
		l.app.Logger().Error("progress of a mailing is not told", "error", err)
	}
	return holds && err == nil
}

// post leaves a message for the client. The goroutine that hands it over ends when the client has read
// everything, or is gone.
func (l *listener) post(m *Progress, data []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unread[m.ID] = news{m.Owner, data}
	if l.sending {
		return
	}
	l.sending = true
	go l.handOver(l.names)
}

func (l *listener) handOver(names []string) {
	send := l.client.Send // waits until the client reads
	if queues, ok := l.client.(*realtime.Connection); ok {
		send = queues.SendAndWait
	}
	for {
		n, ok := l.next()
		if !ok {
			return
		}
		if !l.stillMaySee(n.owner) {
			continue
		}
		for _, name := range names {
			send(subscriptions.Message{Name: name, Data: n.data})
		}
	}
}

// next takes a message that the client has not got; false when there is none, or the client is gone.
func (l *listener) next() (news, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.client.IsDiscarded() {
		for id, n := range l.unread {
			delete(l.unread, id)
			return n, true
		}
	}
	l.sending = false
	return news{}, false
}
