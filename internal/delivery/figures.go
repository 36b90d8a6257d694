package delivery

import (
	"slices"
	"strings"

	"gonets/internal/mailing"
	"gonets/internal/measure"
)

// MailServer is how the mail server of a sender does, as far as this process has used it.
type MailServer struct {
	Sender string // id of the sender, "" for PocketBase's own mail settings
	// Trouble is why its circuit breaker is open; nil while it is closed.
	Trouble *mailing.Reason
	// Connections are those that are open now.
	Connections int
}

// Servers are the mail servers that this process has sent by since it began to send, sorted by sender. They are at most half a
// second old. Asking is cheap.
func (e *Engine) Servers() []MailServer {
	if all := e.servers.Load(); all != nil {
		return *all
	}
	return nil
}

// Figures count what this process sends.
func (e *Engine) Figures() *measure.Delivery { return e.figures }

// noteServers keeps how the mail servers do for whoever asks.
func (s *session) noteServers() {
	all := make([]MailServer, 0, len(s.dispatchers))
	for id, d := range s.dispatchers {
		trouble, connections := d.Server()
		all = append(all, MailServer{Sender: id, Trouble: trouble, Connections: connections})
	}
	slices.SortFunc(all, func(a, b MailServer) int { return strings.Compare(a.Sender, b.Sender) })
	s.servers.Store(&all)
}
