package hooks

import (
	"context"
	"net"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/api"
	"gonets/hooks/pages"
	"gonets/internal/delivery"
	"gonets/internal/outbox"
)

// post is a world with a mail server, a message and a mailing of Anna's.
type post struct {
	*world
	outbox  *outbox.Outbox
	client  *core.Record
	message *core.Record
	mailing *core.Record
}

// noNames is a domain name system that knows no name.
type noNames struct{}

func (noNames) LookupTXT(_ context.Context, name string) ([]string, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func newPost(t *testing.T, rules outbox.Rules) *post {
	t.Helper()
	o, err := outbox.Start(t.Context(), outbox.Options{Rules: rules})
	must(t, err)
	t.Cleanup(func() { _ = o.Close() })
	p := &post{outbox: o, world: newWorld(t, func(app core.App) { api.BindMessages(app, noNames{}); pages.BindView(app) })}
	p.mailServer(t, o.Port())

	p.client = p.addClient(t, "olga@example.com", "Ольга", map[string]any{"city": "Тверь"})
	p.message = p.add(t, "messages", map[string]any{
		"owner": p.ids[anna], "name": "News", "subject": "News for {{ client.full_name }}", "format": "html",
		"body": `<p>Hello {{ client.full_name }} of {{ client.attributes.city }}</p><p><a href="{{ view_url }}">open</a> <a href="{{ unsubscribe_url }}">leave</a></p>`,
	})
	p.mailing = p.addMailing(t, p.message.Id)
	return p
}

// mailServer makes the mail server of PocketBase's own settings the one on that port of loopback.
func (p *post) mailServer(t *testing.T, port int) {
	t.Helper()
	settings := p.app.Settings()
	settings.SMTP.Enabled, settings.SMTP.Host, settings.SMTP.Port = port != 0, "127.0.0.1", max(port, 1)
	settings.Meta.SenderAddress, settings.Meta.SenderName = "news@gonets.example", "Gonets"
	must(t, p.app.Save(settings))
}

func (p *post) addClient(t *testing.T, email, name string, attributes map[string]any) *core.Record {
	t.Helper()
	return p.add(t, "clients", map[string]any{"owner": p.ids[anna], "email": email, "full_name": name, "attributes": attributes})
}

func (p *post) addMailing(t *testing.T, message string) *core.Record {
	t.Helper()
	return p.add(t, "mailings", map[string]any{"owner": p.ids[anna], "name": "Autumn", "message": message})
}

// launch starts the mailing; nobody sends it.
func (p *post) launch(t *testing.T) {
	t.Helper()
	_, err := delivery.New(p.app).Launch(t.Context(), p.mailing.Id, "")
	must(t, err)
}

// route is the path of one of the mailing's routes.
func (p *post) route(verb string) string { return "/api/gonets/mailings/" + p.mailing.Id + "/" + verb }

// string is a field of the answer.
func (a answer) string(field string) string { s, _ := a.body[field].(string); return s }
