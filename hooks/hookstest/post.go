package hookstest

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

// Post is a world with a mail server, a message and a mailing of Anna's.
type Post struct {
	*World
	Outbox  *outbox.Outbox
	Client  *core.Record
	Message *core.Record
	Mailing *core.Record
}

// noNames is a domain name system that knows no name.
type noNames struct{}

func (noNames) LookupTXT(_ context.Context, name string) ([]string, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (n noNames) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	_, err := n.LookupTXT(ctx, name)
	return nil, err
}

func (n noNames) LookupHost(ctx context.Context, name string) ([]string, error) {
	return n.LookupTXT(ctx, name)
}

// NewPost starts the mail server, which answers by the rules. bind adds routes.
func NewPost(t *testing.T, rules outbox.Rules, bind ...func(core.App)) *Post {
	t.Helper()
	o, err := outbox.Start(t.Context(), outbox.Options{Rules: rules})
	Must(t, err)
	t.Cleanup(func() { _ = o.Close() })
	p := &Post{Outbox: o, World: New(t, append(bind, func(app core.App) { api.BindMessages(app, noNames{}); pages.BindView(app) })...)}
	p.MailServer(t, o.Port())

	p.Client = p.AddClient(t, "olga@example.com", "Ольга", map[string]any{"city": "Тверь"})
	p.Message = p.Add(t, "messages", map[string]any{
		"owner": p.IDs[Anna], "name": "News", "subject": "News for {{ client.full_name }}", "format": "html",
		"body": `<p>Hello {{ client.full_name }} of {{ client.attributes.city }}</p><p><a href="{{ view_url }}">open</a> <a href="{{ unsubscribe_url }}">leave</a></p>`,
	})
	p.Mailing = p.addMailing(t, p.Message.Id)
	return p
}

// MailServer makes the mail server of PocketBase's own settings the one on that port of loopback.
func (p *Post) MailServer(t *testing.T, port int) {
	t.Helper()
	settings := p.App.Settings()
	settings.SMTP.Enabled, settings.SMTP.Host, settings.SMTP.Port = port != 0, "127.0.0.1", max(port, 1)
	settings.Meta.SenderAddress, settings.Meta.SenderName = "news@gonets.example", "Gonets"
	Must(t, p.App.Save(settings))
}

// AddClient adds a client of Anna's.
func (p *Post) AddClient(t *testing.T, email, name string, attributes map[string]any) *core.Record {
	t.Helper()
	return p.Add(t, "clients", map[string]any{"owner": p.IDs[Anna], "email": email, "full_name": name, "attributes": attributes})
}

func (p *Post) addMailing(t *testing.T, message string) *core.Record {
	t.Helper()
	return p.Add(t, "mailings", map[string]any{"owner": p.IDs[Anna], "name": "Autumn", "message": message})
}

// Launch starts the mailing; nobody sends it.
func (p *Post) Launch(t *testing.T) {
	t.Helper()
	_, err := delivery.New(p.App).Launch(t.Context(), p.Mailing.Id, "")
	Must(t, err)
}

// Route is the path of one of the mailing's routes.
func (p *Post) Route(verb string) string { return "/api/gonets/mailings/" + p.Mailing.Id + "/" + verb }
