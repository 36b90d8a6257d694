package tokens

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"gonets/internal/token"
)

// readable and writable are the collections whose records a token may read and write, as far as their rules let its owner.
// Accounts, superusers and tokens are none of them.
var (
	readable = []string{
		"clients", "lists", "subscriptions", "filters", "suppressions", "messages", "images", "brands", "forms", "senders", "mailings", "attempts", "imports", "bounces",
		"consents", "opt_out_reasons", "webhooks",
	}
	writable = []string{"clients", "lists", "subscriptions", "filters", "suppressions", "messages", "images", "brands", "forms", "mailings"}
)

// routes are the routes for tokens and the scope that each needs. "" is any. What is not here is not for tokens.
var routes = map[string]token.Scope{
	"GET /api/health":                          "",
	"POST /api/batch":                          "", // each request in it needs its own
	"GET /api/gonets/instance":                 "",
	"GET /api/gonets/ready":                    "",
	"GET /api/gonets/openapi.json":             "",
	"GET /api/realtime":                        token.Read,
	"POST /api/realtime":                       token.Read,
	"GET /api/files/{path...}":                 token.Read,
	"GET /api/gonets/home":                     token.Read,
	"GET /api/gonets/storage":                  token.Read,
	"GET /api/gonets/senders":                  token.Read,
	"GET /api/gonets/statistics":               token.Read,
	"GET /api/gonets/statistics.csv":           token.Read,
	"GET /api/gonets/lists/counts":             token.Read,
	"GET /api/gonets/clients":                  token.Read,
	"GET /api/gonets/clients/export.csv":       token.Read,
	"GET /api/gonets/clients/export.xlsx":      token.Read,
	"GET /api/gonets/clients/{id}/bounces":     token.Read,
	"GET /api/gonets/clients/{id}/attempts":    token.Read,
	"GET /api/gonets/imports/{id}":             token.Read,
	"GET /api/gonets/imports/{id}/report.csv":  token.Read,
	"GET /api/gonets/outbox":                   token.Read,
	"GET /api/gonets/outbox/{id}":              token.Read,
	"POST /api/gonets/audience/count":          token.Read,
	"POST /api/gonets/messages/preview":        token.Read,
	"POST /api/gonets/messages/html":           token.Read,
	"POST /api/gonets/messages/text":           token.Read,
	"GET /api/gonets/mailings/{id}/preview":    token.Read,
	"GET /api/gonets/mailings/{id}/preflight":  token.Read,
	"GET /api/gonets/mailings/{id}/recipients": token.Read,
	"GET /api/gonets/mailings/{id}/answers":    token.Read,
	"GET /api/gonets/mailings/{id}/report.csv": token.Read,
	"GET /api/gonets/mailings/{id}/timeline":   token.Read,
	"GET /api/gonets/mailings/{id}/joined":     token.Read,
	"GET /api/gonets/transactional":            token.Read,
	"GET /api/gonets/transactional/{id}":       token.Read,
	"GET /api/gonets/webhooks/{id}/events":     token.Read,
	"GET /api/gonets/forms/{id}/figures":       token.Read,
	"POST /api/gonets/forms/preview":           token.Read,

	"POST /api/gonets/clients/bulk":             token.Write,
	"POST /api/gonets/clients/upsert":           token.Write,
	"POST /api/gonets/clients/import":           token.Write,
	"POST /api/gonets/imports/{id}/undo":        token.Write,
	"POST /api/gonets/mailings/{id}/duplicate":  token.Write,
	"POST /api/gonets/mailings/{id}/unschedule": token.Write,
	"POST /api/gonets/mailings/{id}/pause":      token.Write,
	"POST /api/gonets/mailings/{id}/cancel":     token.Write,
	"POST /api/gonets/mailings/{id}/accept":     token.Write,
	"POST /api/gonets/mailings/{id}/block":      token.Write,
	"POST /api/gonets/mailings/{id}/unblock":    token.Write,

	// Webhooks are made, changed and given another secret by people: a webhook goes on when the token that made it is revoked.
	"POST /api/gonets/webhooks/{id}/test":                  token.Write,
	"POST /api/gonets/webhooks/{id}/events/{event}/resend": token.Write,

	"POST /api/gonets/mailings/{id}/send":     token.Send,
	"POST /api/gonets/mailings/{id}/schedule": token.Send,
	"POST /api/gonets/mailings/{id}/resume":   token.Send,
	"POST /api/gonets/mailings/{id}/retry":    token.Send,
	"POST /api/gonets/mailings/{id}/extend":   token.Send,
	"POST /api/gonets/mailings/{id}/test":     token.Send,
	"POST /api/gonets/messages/test":          token.Send,
	"POST /api/gonets/transactional":          token.Send,
}

// table finds the scope of a request. It is a ServeMux of its own because the requests in a batch have no pattern.
type table struct {
	mux    *http.ServeMux
	scopes map[string]token.Scope
}

func newTable() table {
	t := table{mux: http.NewServeMux(), scopes: map[string]token.Scope{}}
	for pattern, scope := range routes {
		t.add(pattern, scope)
	}
	for _, c := range readable {
		t.add("GET /api/collections/"+c+"/records", token.Read)
		t.add("GET /api/collections/"+c+"/records/{id}", token.Read)
	}
	for _, c := range writable {
		records := "/api/collections/" + c + "/records"
		t.add("POST "+records, token.Write)
		t.add("PUT "+records, token.Write) // in a batch
		t.add("PATCH "+records+"/{id}", token.Write)
		t.add("DELETE "+records+"/{id}", token.Write)
	}
	return t
}

func (t table) add(pattern string, scope token.Scope) {
	t.mux.Handle(pattern, http.NotFoundHandler())
	t.scopes[pattern] = scope
}

// all is the table, made once.
var all = sync.OnceValue(newTable)

// ScopeOf returns the scope that a request needs, "" for any; ok is false if it is not for tokens.
func ScopeOf(method, path string) (needs token.Scope, ok bool) { return all().scopeOf(method, path) }

// scopeOf returns the scope that a request needs; ok is false if it is not for tokens.
func (t table) scopeOf(method, path string) (needs token.Scope, ok bool) {
	path, _, _ = strings.Cut(path, "?")
	r, err := http.NewRequest(strings.ToUpper(method), path, nil)
	if err != nil {
		return "", false
	}
	_, pattern := t.mux.Handler(r)
	needs, ok = t.scopes[pattern]
	return needs, ok
}

// mayFollow reports whether a token that may read may subscribe to a realtime topic.
func mayFollow(topic string) bool {
	topic, _, _ = strings.Cut(topic, "?") // the options
	name, _, _ := strings.Cut(topic, "/")
	return name == "gonets" || slices.Contains(readable, name)
}
