package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// refusal is a request that cannot be done as it stands.
type refusal struct {
	name   string
	ask    func(c *client) reply
	status int
	// field and code say what is wrong; "" where a field makes no sense.
	field, code string
}

// mustRefuse asks for what cannot be done, and compares what there is before and after.
func (w *world) mustRefuse(owner *client, refusals []refusal) {
	w.t.Helper()
	before := w.inventory()
	for _, r := range refusals {
		w.t.Run(r.name, func(t *testing.T) {
			p := r.ask(owner.in(t)).want(r.status).problem()
			if r.field != "" && (reason(p, r.field) == "" || r.code != "" && reason(p, r.field) != r.code) {
				t.Errorf("about %s it says %q, want %q: %s %v", r.field, reason(p, r.field), r.code, p.Message, p.Data)
			}
			for field := range p.Data {
				about, _ := p.Data[field].(map[string]any)
				if words, _ := about["message"].(string); strings.TrimSpace(words) == "" {
					t.Errorf("about %s it says no words: %v", field, p.Data)
				}
			}
		})
	}
	if after := w.inventory(); !maps.Equal(before, after) {
		w.t.Errorf("something is half done:\nbefore %v\nafter  %v", before, after)
	}
}

// inventory counts everything that a refused request could leave behind.
func (w *world) inventory() map[string]int {
	w.t.Helper()
	counts := map[string]int{"mails": w.outbox.Total()}
	for _, collection := range []string{
		"users", "clients", "lists", "subscriptions", "filters", "suppressions", "messages", "images", "senders", "attempts", "imports",
	} {
		var page struct{ TotalItems int }
		w.root.get("/api/collections/" + collection + "/records?perPage=1").want(200).into(&page)
		counts[collection] = page.TotalItems
	}
	var page struct{ Items []mailing }
	w.root.get("/api/collections/mailings/records?perPage=500").want(200).into(&page)
	for _, m := range page.Items {
		counts["mailings "+m.Status]++
		counts["total"] += m.Total
		counts["recipients"] += len(w.root.recipients(m.ID))
	}
	return counts
}

func Test08AMailingThatCannotBeSentSaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	owner, other, lonely := w.user("owner@gonets.example", "owner"), w.user("other@gonets.example", "owner"), w.user("lonely@gonets.example", "owner")
	w.addClients(owner, 3, numbered)
	list := owner.post("/api/collections/lists/records", object{"name": "Nobody yet"}).want(200).id()
	stopped := owner.post("/api/collections/clients/records", object{"email": "stop@example.org"}).want(200).id()
	owner.post("/api/collections/suppressions/records", object{"kind": "address", "value": "stop@example.org", "reason": "manual"}).want(200)
	message, foreign := owner.message(nil), other.message(nil)
	to := func(fields object) string { return owner.mailing(message, fields) }
	with := func(fields object) string { return owner.mailing(owner.message(fields), nil) }
	whole, unread := to(nil), lonely.mailing(lonely.message(nil), nil)
	ended := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)

	send := func(name, id, field, code string) refusal {
		return refusal{name, func(c *client) reply { return c.verb(id, "send", nil) }, 400, field, code}
	}
	refusals := []refusal{
		send("nobody is on the list", to(object{"audience": "lists", "lists": []string{list}}), "audience", "audience_empty"),
		send("no list is chosen", to(object{"audience": "lists"}), "audience", ""),
		send("nobody is picked", to(object{"audience": "picked"}), "audience", ""),
		send("everybody is on the stop list", to(object{"audience": "picked", "recipients": []string{stopped}}), "audience", ""),
		send("the filter finds nobody", to(object{"filter": `email = "nobody@example.org"`}), "audience", "audience_empty"),
		send("there is no message", owner.post("/api/collections/mailings/records", object{"name": "No message"}).want(200).id(), "message", ""),
		send("the subject is empty", with(object{"subject": ""}), "", ""),
		send("a tag is not closed", with(object{"body": "Hello {{ client.full_name"}), "message", ""),
		send("a condition is not closed", with(object{"body": "{% if client.full_name %}Hello"}), "message", ""),
		send("a filter of the template is unknown", with(object{"subject": "{{ client.full_name | reverse_engineer }}"}), "message", ""),
		send("its time is over", to(object{"ends_at": ended}), "ends_at", ""),
		{"it is another's", func(c *client) reply { return other.in(c.t).verb(whole, "send", nil) }, 404, "", ""},
		{"there is no such mailing", func(c *client) reply { return c.verb("nosuchmailing00", "send", nil) }, 404, "", ""},
		{"nobody is signed in", func(c *client) reply { return w.nobody.in(c.t).verb(whole, "send", nil) }, 401, "", ""},
		{"the key is too long", func(c *client) reply {
			return c.with("Idempotency-Key", strings.Repeat("k", 5000)).verb(whole, "send", nil)
		}, 400, "", ""},
		{"another's message", func(c *client) reply {
			return c.post("/api/collections/mailings/records", object{"name": "Theft", "message": foreign})
		}, 400, "message", ""},
		{"an owner without clients", func(c *client) reply {
			return lonely.in(c.t).verb(unread, "send", nil)
		}, 400, "audience", "audience_empty"},
	}
	for i, body := range []any{nil, object{}, object{"starts_at": "tomorrow"}, object{"starts_at": ended}} {
		refusals = append(refusals, refusal{
			fmt.Sprintf("a start that cannot be kept %d", i+1), func(c *client) reply { return c.verb(whole, "schedule", body) }, 400, "starts_at", "",
		})
	}
	w.mustRefuse(owner, refusals)

	w.root.patch("/api/settings", object{"smtp": object{"enabled": false}}).want(200)
	w.mustRefuse(owner, []refusal{send("there is no mail server", whole, "sender", "no_mail_server")})

	// Nothing keeps the mailing from being sent once all is well.
	w.useMailServer(w.outbox.Addr())
	owner.after(whole, "completed", "send", nil)
}

func Test08ARecordThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, 1, numbered)
	message := owner.message(nil)
	mailing := owner.mailing(message, nil)

	create := func(name, collection, field string, fields object) refusal {
		return refusal{name, func(c *client) reply { return c.post("/api/collections/"+collection+"/records", fields) }, 400, field, ""}
	}
	refusals := []refusal{
		create("a client that is there already", "clients", "email", object{"email": strings.ToUpper(numbered(0))}),
		create("a client without an address", "clients", "email", object{"full_name": "Ann"}),
		create("a name with a line break", "clients", "full_name", object{"email": "a@example.org", "full_name": "Ann\r\nBcc: all@example.org"}),
		create("attributes that are too long", "clients", "attributes", object{"email": "a@example.org", "attributes": object{"a": strings.Repeat("x", 20_000)}}),
		create("a subject with CR LF", "messages", "subject", object{"subject": "Hello\r\nBcc: all@example.org", "body": "x"}),
		create("a subject with LF", "messages", "subject", object{"subject": "Hello\nBcc: all@example.org", "body": "x"}),
		create("a subject that is too long", "messages", "subject", object{"subject": strings.Repeat("ж", 256), "body": "x"}),
		create("a body that is too long", "messages", "body", object{"subject": "x", "body": strings.Repeat("x", 500_001)}),
		create("a format there is not", "messages", "format", object{"subject": "x", "body": "x", "format": "word"}),
		create("a From name with CR LF", "mailings", "from_name", object{"message": message, "from_name": "Ann\r\nBcc: all@example.org"}),
		create("a Reply-To that is none", "mailings", "reply_to", object{"message": message, "reply_to": "ann at example"}),
		create("an audience there is not", "mailings", "audience", object{"message": message, "audience": "all"}),
		create("a filter that cannot be read", "mailings", "filter", object{"message": message, "filter": "email ~~ ("}),
		create("a filter on what is not there", "mailings", "filter", object{"message": message, "filter": `password = "x"`}),
		create("an end before the start", "mailings", "ends_at", object{
			"message": message, "starts_at": "2035-01-02 10:00:00Z", "ends_at": "2035-01-01 10:00:00Z",
		}),
		create("a time zone there is not", "mailings", "timezone", object{"message": message, "timezone": "Moon/Crater"}),
		create("a status of one's own choice", "mailings", "status", object{"message": message, "status": "completed"}),
		create("counters of one's own choice", "mailings", "sent", object{"message": message, "sent": 5}),
		create("a list without a name", "lists", "name", object{"name": ""}),
		create("a stop that stops nothing", "suppressions", "value", object{"kind": "address", "value": "", "reason": "manual"}),
		create("a stop for no address", "suppressions", "value", object{"kind": "address", "value": "ann at example", "reason": "manual"}),
		create("an attempt of one's own", "attempts", "", object{"email": "a@example.org", "status": "success"}),
	}
	refusals[len(refusals)-1].status = 403
	for _, address := range []string{"ann", "ann@", "@example.org", "ann@@example.org", "ann smith@example.org", "ann@exa mple.org", "ann@example..org", "ann@example.org\r\nRCPT TO:<all@example.org>", "Ann <ann@example.org>", "ann@example.org,bob@example.org"} {
		refusals = append(refusals, create(fmt.Sprintf("the address %q", address), "clients", "email", object{"email": address}))
	}

	raw := func(name, method, path, kind, body string, status int) refusal {
		return refusal{name, func(c *client) reply { return c.send(method, path, strings.NewReader(body), kind) }, status, "", ""}
	}
	const clients = "/api/collections/clients/records"
	routes := "/api/gonets/mailings/" + mailing + "/"
	refusals = append(refusals,
		raw("JSON that breaks off", "POST", clients, "application/json", `{"email": "a@exam`, 400),
		raw("JSON of another kind", "POST", clients, "application/json", `["a@example.org"]`, 400),
		raw("no JSON at all", "POST", clients, "application/json", "email=a@example.org", 400),
		raw("a kind of content that nobody reads", "POST", clients, "application/x-yaml", "email: a@example.org", 400),
		raw("a form that breaks off", "POST", clients, "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"em", 400),
		raw("JSON that breaks off, at a verb", "POST", routes+"schedule", "application/json", `{"starts_at": `, 400),
		raw("states that are no list", "POST", routes+"retry", "application/json", `{"states": {"failed": true}}`, 400),
		raw("a filter that cannot be read", "GET", clients+"?filter=%28%28", "", "", 400),
		raw("a page of recipients in a state there is not", "GET", routes+"recipients?state=lost", "", "", 400),
		raw("a route there is not", "POST", routes+"explode", "application/json", "{}", 404),
		raw("a verb that only reads", "GET", routes+"send", "", "", 404),
	)
	refusals = append(refusals, refusal{"more than a request may carry", tooLong, 413, "", ""})
	w.mustRefuse(owner, refusals)
}

// tooLong asks, as clients with much to say do, before it sends all of it.
func tooLong(c *client) reply {
	c.t.Helper()
	const size = 40 << 20
	request, err := http.NewRequestWithContext(c.ctx, http.MethodPost, c.base+"/api/collections/clients/records", strings.NewReader(strings.Repeat("x", size)))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Authorization", c.token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Expect", "100-continue")
	return c.perform(request)
}
