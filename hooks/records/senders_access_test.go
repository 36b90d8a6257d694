package records_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/api"
	"gonets/hooks/hookstest"
	"gonets/hooks/records"
	"gonets/internal/delivery"
	"gonets/internal/sender"
)

// chosenSender adds a sender that only these users may use.
func (w *world) chosenSender(t *testing.T, users ...string) string {
	t.Helper()
	data := hookstest.SenderData()
	data["access"] = "chosen"
	delete(data, "dkim_key")
	ids := []string{}
	for _, who := range users {
		ids = append(ids, w.IDs[who])
	}
	data["users"] = ids
	return w.Add(t, "senders", data).Id
}

func withSenderRoutes(app core.App) { api.BindSenders(app, delivery.New(app)) }

func TestANewSenderIsOpenToNobody(t *testing.T) {
	w := newWorld(t)
	data := hookstest.SenderData()
	delete(data, "access")
	a := w.Expect(t, 200, superuser, http.MethodPost, recordsOf("senders"), data)
	if a.Body["access"] != "chosen" {
		t.Errorf("access is %v", a.Body["access"])
	}
	data["name"], data["access"] = "other", "somebody"
	if a := w.Expect(t, 400, superuser, http.MethodPost, recordsOf("senders"), data); a.Code("access") == "" {
		t.Errorf("told: %s", a.Text)
	}
	w.Expect(t, 400, superuser, http.MethodPatch, recordsOf("senders", a.ID()), map[string]any{"access": ""})
	instance, err := records.InstanceOf(w.App)
	must(t, err)
	if !instance.GetBool("default_sender_open") {
		t.Error("a new instance lets nobody send by its mail settings")
	}
}

func TestNobodyLearnsWhoMayUseASender(t *testing.T) {
	w := newWorld(t)
	sender := w.chosenSender(t, anna, boris, marta)
	mailing := w.Add(t, "mailings", map[string]any{"owner": w.IDs[anna], "name": "hers", "sender": sender}).Id
	for _, who := range []string{anna, boris, marta} {
		for _, path := range []string{
			recordsOf("senders"), recordsOf("senders", sender), recordsOf("senders", sender) + "?expand=users", recordsOf("senders") + "?expand=users&fields=*,expand",
			recordsOf("mailings") + "?expand=sender,sender.users", recordsOf("users") + "?perPage=500",
		} {
			a := w.Expect(t, 200, who, http.MethodGet, path, nil)
			for _, word := range []string{`"users":`, `"access":`} {
				if strings.Contains(a.Text, word) {
					t.Errorf("%s %s shows %s: %s", who, path, word, a.Text)
				}
			}
		}
		for _, filter := range []string{`users.id ?= "x"`, `users ~ "x"`, `users:length > 1`, `access = "chosen"`} {
			w.Expect(t, 400, who, http.MethodGet, recordsOf("senders")+"?filter="+url.QueryEscape(filter), nil)
			w.Expect(t, 400, who, http.MethodGet, recordsOf("mailings")+"?filter="+url.QueryEscape("sender."+filter), nil)
		}
		w.Expect(t, 400, who, http.MethodGet, recordsOf("senders")+"?sort=users", nil)
		collection, err := w.App.FindCollectionByNameOrId("senders")
		must(t, err)
		for _, name := range []string{"senders_via_users", "SENDERS_via_USERS", collection.Id + "_via_users"} {
			for _, query := range []string{
				"filter=" + url.QueryEscape(name+`.id ?= "`+sender+`"`), "filter=" + url.QueryEscape(name+`.name !~ "sender"`), "sort=" + name + ".name",
				"expand=" + name, "expand=" + url.QueryEscape(strings.ReplaceAll(name, "_via_", " _via_ ")), "expand=senders(users)",
			} {
				w.Expect(t, 403, who, http.MethodGet, recordsOf("users")+"?"+query, nil)
			}
			w.Expect(t, 403, who, http.MethodGet, recordsOf("mailings", mailing)+"?expand=owner."+name, nil)
			w.Expect(t, 403, who, http.MethodPatch, recordsOf("users", w.IDs[who])+"?expand="+name, map[string]any{"name": "x"})
			w.Expect(t, 403, who, http.MethodPost, "/api/collections/users/auth-refresh?expand="+name, nil)
			w.Expect(t, 403, who, http.MethodPost, "/api/batch", map[string]any{"requests": []any{
				map[string]any{"method": "PATCH", "url": recordsOf("users", w.IDs[who]) + "?expand=" + name, "body": map[string]any{"name": "x"}},
			}})
			client := w.Connect(t, who)
			for _, query := range []string{`"expand":"` + name + `"`, `"filter":"` + name + `.id!=''"`} {
				w.Expect(t, 403, who, http.MethodPost, "/api/realtime", map[string]any{
					"clientId": client.Id(), "subscriptions": []string{`users/*?options={"query":{` + query + `}}`},
				})
			}
		}
	}
	a := w.Expect(t, 200, superuser, http.MethodGet, recordsOf("senders", sender)+"?expand=users", nil)
	if users, _ := a.Body["users"].([]any); len(users) != 3 || !strings.Contains(a.Text, emailOf(boris)) {
		t.Errorf("a superuser sees %s", a.Text)
	}
	w.Expect(t, 200, superuser, http.MethodGet, recordsOf("users")+"?expand=senders_via_users", nil)
}

// A mailing may name a sender that its owner may use no more: its name stays hidden.
func TestASenderOfOnesOwnMailingStaysHidden(t *testing.T) {
	w := newWorld(t)
	lost := w.chosenSender(t, anna)
	w.Set(t, "senders", lost, "name", "Secret")
	for range 2 {
		w.Add(t, "mailings", map[string]any{"owner": w.IDs[anna], "name": "hers", "sender": lost})
	}
	open := w.Add(t, "senders", hookstest.SenderData()).Id
	w.Add(t, "mailings", map[string]any{"owner": w.IDs[anna], "name": "open", "sender": open})
	w.Set(t, "senders", lost, "users", []string{w.IDs[boris]})

	if a := w.Expect(t, 200, anna, http.MethodGet, recordsOf("mailings")+"?expand=sender", nil); strings.Contains(a.Text, "Secret") {
		t.Errorf("expanded: %s", a.Text)
	}
	w.Expect(t, 404, anna, http.MethodGet, recordsOf("senders", lost), nil)
	if n := len(w.Expect(t, 200, anna, http.MethodGet, recordsOf("mailings")+"?filter="+url.QueryEscape(`sender.name = "Secret"`), nil).Items()); n != 0 {
		t.Errorf("a filter finds %d mailings", n)
	}
	for _, filter := range []string{
		`owner.mailings_via_owner.sender.name !~ "Secret"`, `owner.mailings_via_owner.sender.name ~ "Secret"`, `owner.MAILINGS_via_owner.Sender.from_email !~ "x"`,
	} {
		w.Expect(t, 403, anna, http.MethodGet, recordsOf("mailings")+"?filter="+url.QueryEscape(filter), nil)
	}
}

func TestAMailingUsesOnlySendersOfItsOwner(t *testing.T) {
	w := newWorld(t)
	hers, his, gone := w.chosenSender(t, anna), w.chosenSender(t, boris), "nosuchsender000"
	for _, who := range []string{anna, marta, superuser} {
		data := map[string]any{"name": "Spring", "sender": his}
		if who == superuser {
			data["owner"] = w.IDs[anna]
		}
		for _, id := range []string{his, gone} {
			data["sender"] = id
			if a := w.Expect(t, 400, who, http.MethodPost, recordsOf("mailings"), data); a.Code("sender") != "invalid_reference" {
				t.Errorf("%s with %s is told: %s", who, id, a.Text)
			}
		}
	}
	a := w.Expect(t, 200, anna, http.MethodPost, recordsOf("mailings"), map[string]any{"name": "Spring", "sender": hers})
	for _, who := range []string{anna, superuser} {
		if a := w.Expect(t, 400, who, http.MethodPatch, recordsOf("mailings", a.ID()), map[string]any{"sender": his}); a.Code("sender") != "invalid_reference" {
			t.Errorf("%s is told: %s", who, a.Text)
		}
	}
	w.Set(t, "senders", hers, "users", []string{})
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("mailings", a.ID()), map[string]any{"name": "Summer"})
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("mailings", a.ID()), map[string]any{"sender": ""})
	w.Expect(t, 400, anna, http.MethodPatch, recordsOf("mailings", a.ID()), map[string]any{"sender": hers})
}

// TestRoutesObeyTheSender asks the routes of a mailing whose owner may not use its sender.
func TestRoutesObeyTheSender(t *testing.T) {
	w := newWorld(t, hookstest.MailingRoutes, func(app core.App) { api.BindMessages(app, nil) })
	w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "ilya@example.com"})
	chosen := w.chosenSender(t, anna)
	id := w.Sendable(t, map[string]any{"sender": chosen})
	w.Set(t, "senders", chosen, "users", []string{w.IDs[boris]})
	draft := map[string]any{"subject": "Hi", "body": "<p>Hi</p>", "sender": chosen, "to": []string{"me@example.com"}}

	for _, who := range []string{anna, superuser} {
		for verb, body := range map[string]any{
			"send": nil, "schedule": map[string]any{"starts_at": "2099-01-01T09:00:00Z"}, "duplicate": nil, "test": map[string]any{"to": []string{"me@example.com"}},
		} {
			if a := w.Expect(t, 403, who, http.MethodPost, route(id, verb), body); a.Code("sender") != sender.CodeNotAllowed {
				t.Errorf("%s %s is told: %s", who, verb, a.Text)
			}
		}
	}
	for _, who := range []string{anna, marta, superuser} {
		if a := w.Expect(t, 403, who, http.MethodGet, route(id, "preview"), nil); a.Code("sender") != sender.CodeNotAllowed {
			t.Errorf("%s is told: %s", who, a.Text)
		}
		a := w.Expect(t, 200, who, http.MethodGet, route(id, "preflight"), nil)
		detail, _ := a.By(t, "checks", "code")["mail_server"]["detail"].(map[string]any)
		if a.Body["ok"] != false || detail["reason"] != sender.CodeNotAllowed || strings.Contains(a.Text, "news@example.com") {
			t.Errorf("%s: preflight says %s", who, a.Text)
		}
	}
	for _, path := range []string{"/api/gonets/messages/preview", "/api/gonets/messages/test"} {
		for _, who := range []string{anna, marta} {
			if a := w.Expect(t, 400, who, http.MethodPost, path, draft); a.Code("sender") != "invalid_reference" {
				t.Errorf("%s is told: %s", who, a.Text)
			}
		}
	}
	for _, who := range []string{boris, superuser} {
		w.Expect(t, 200, who, http.MethodPost, "/api/gonets/messages/preview", draft)
	}
}

func TestTheDefaultSenderMayBeClosed(t *testing.T) {
	w := newWorld(t, hookstest.MailingRoutes, withSenderRoutes, func(app core.App) { api.BindMessages(app, nil) })
	w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "ilya@example.com"})
	id := w.Sendable(t, nil)
	instance, err := records.InstanceOf(w.App)
	must(t, err)
	w.Expect(t, 200, superuser, http.MethodPatch, recordsOf("instance", instance.Id), map[string]any{"default_sender_open": false})

	to := map[string]any{"to": []string{"me@example.com"}}
	for verb, body := range map[string]any{"send": nil, "schedule": map[string]any{"starts_at": "2099-01-01T09:00:00Z"}, "test": to} {
		if a := w.Expect(t, 403, anna, http.MethodPost, route(id, verb), body); a.Code("sender") != sender.CodeDefaultClosed {
			t.Errorf("%s is told: %s", verb, a.Text)
		}
	}
	if a := w.Expect(t, 403, anna, http.MethodPost, "/api/gonets/messages/test", map[string]any{
		"subject": "Hi", "body": "<p>Hi</p>", "to": []string{"me@example.com"},
	}); a.Code("sender") != sender.CodeDefaultClosed {
		t.Errorf("a test of a draft is told: %s", a.Text)
	}
	detail, _ := w.Expect(t, 200, anna, http.MethodGet, route(id, "preflight"), nil).By(t, "checks", "code")["mail_server"]["detail"].(map[string]any)
	if detail["reason"] != sender.CodeDefaultClosed {
		t.Errorf("preflight says %v", detail)
	}
	// A message can be written and looked at before there is a sender to send it with.
	w.Expect(t, 200, anna, http.MethodPost, "/api/gonets/messages/preview", map[string]any{"subject": "Hi", "body": "<p>Hi</p>"})
	w.Expect(t, 200, anna, http.MethodGet, route(id, "preview"), nil)
	w.Expect(t, 200, anna, http.MethodPost, recordsOf("mailings"), map[string]any{"name": "Draft"})
}

func TestEverybodyIsToldWhatTheyMaySendWith(t *testing.T) {
	w := newWorld(t, withSenderRoutes)
	open := w.Add(t, "senders", hookstest.SenderData()).Id
	hers, his := w.chosenSender(t, anna), w.chosenSender(t, boris, marta)
	nobodys := w.chosenSender(t)
	for who, want := range map[string][]string{
		anna: {open, hers}, boris: {open, his}, marta: {open, his}, superuser: {open, hers, his, nobodys},
	} {
		a := w.Expect(t, 200, who, http.MethodGet, "/api/gonets/senders", nil)
		var got []string
		list, _ := a.Body["senders"].([]any)
		for _, item := range list {
			sender := item.(map[string]any)
			got = append(got, sender["id"].(string))
			if len(sender) != 4 {
				t.Errorf("%s sees %v", who, sender)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || a.Body["default"] != true {
			t.Errorf("%s: %s, want %v", who, a.Text, want)
		}
	}
	for _, who := range []string{anonymous, kirill} {
		w.Expect(t, 401, who, http.MethodGet, "/api/gonets/senders", nil)
	}
	w.SQL(t, `UPDATE instance SET default_sender_open = FALSE`, nil)
	if a := w.Expect(t, 200, anna, http.MethodGet, "/api/gonets/senders", nil); a.Body["default"] != false {
		t.Errorf("told: %s", a.Text)
	}
}
