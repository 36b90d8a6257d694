package clients_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/hooks/clients"
	"gonets/hooks/hookstest"
	"gonets/internal/mailing"
)

func TestClientsAreFound(t *testing.T) {
	w := newWorld(t, clients.BindClients)
	list := w.Add(t, "lists", map[string]any{"owner": w.IDs[anna], "name": "VIP"}).Id
	for _, c := range []map[string]any{
		{"email": "ivan@example.com", "full_name": "Иван Петров", "attributes": `{"город":"Тверь","age":"34"}`},
		{"email": "artem@mail.example", "full_name": "Артём ИВАНОВ", "attributes": `{"город":"Москва","age":7}`},
		{"email": "olga_1@example.com", "full_name": "Ольга", "attributes": `{}`},
	} {
		c["owner"] = w.IDs[anna]
		id := w.Add(t, "clients", c).Id
		if c["full_name"] != "Ольга" {
			w.Add(t, "subscriptions", map[string]any{"owner": w.IDs[anna], "list": list, "client": id, "status": "confirmed"})
		}
	}
	w.Add(t, "clients", map[string]any{"owner": w.IDs[boris], "email": "his@example.com", "full_name": "Иван чужой"})
	w.Add(t, "suppressions", map[string]any{"owner": w.IDs[anna], "kind": "address", "value": "olga_1@example.com", "reason": "bounced"})

	const ivan, artem, olga, his = "ivan@example.com", "artem@mail.example", "olga_1@example.com", "his@example.com"
	// Two may have been added in one millisecond; who is the newest is to be certain.
	for i, email := range []string{ivan, artem, olga, his} {
		w.SQL(t, `UPDATE clients SET created = {:at} WHERE email = {:email}`,
			dbx.Params{"at": fmt.Sprintf("2026-03-14 09:00:0%d.000Z", i), "email": email})
	}
	for _, c := range []struct {
		name, who string
		query     map[string]string
		want      []string
	}{
		{"all of one's own, the newest first", anna, nil, []string{olga, artem, ivan}},
		{"another owner has others", boris, nil, []string{his}},
		{"a manager sees everybody's", marta, nil, []string{his, olga, artem, ivan}},
		{"a manager sees one owner's", marta, map[string]string{"owner": w.IDs[anna]}, []string{olga, artem, ivan}},
		{"Cyrillic words in small letters", anna, map[string]string{"search": "иван"}, []string{artem, ivan}},
		{"Cyrillic words in capitals, ё as е", anna, map[string]string{"search": "АРТЕМ"}, []string{artem}},
		{"every word, wherever it is", anna, map[string]string{"search": "петров example"}, []string{ivan}},
		{"a word with a sign of LIKE", anna, map[string]string{"search": "a_1"}, []string{olga}},
		{"a status", anna, map[string]string{"status": "bounced"}, []string{olga}},
		{"a list", anna, map[string]string{"list": list}, []string{artem, ivan}},
		{"another's list has nobody", boris, map[string]string{"list": list}, nil},
		{"a filter by an attribute with a Cyrillic name", anna, map[string]string{"filter": `attributes.город = "Тверь"`}, []string{ivan}},
		{"a filter by a number that was imported as text", anna, map[string]string{"filter": `attributes.age > 18`}, []string{ivan}},
		{"a filter without case", anna, map[string]string{"filter": `full_name ~ "ПЕТР"`}, []string{ivan}},
		{"everything together", anna, map[string]string{"filter": `attributes.age < 18`, "list": list, "search": "иванов", "status": "active"}, []string{artem}},
		{"by name", anna, map[string]string{"sort": "full_name"}, []string{artem, ivan, olga}},
		{"by address downwards", anna, map[string]string{"sort": "-email"}, []string{olga, ivan, artem}},
		{"the second page", anna, map[string]string{"perPage": "2", "page": "2"}, []string{ivan}},
		{"a superuser sees all", superuser, nil, []string{his, olga, artem, ivan}},
	} {
		t.Run(c.name, func(t *testing.T) {
			query := url.Values{}
			for name, value := range c.query {
				query.Set(name, value)
			}
			a := w.Expect(t, 200, c.who, http.MethodGet, "/api/gonets/clients?"+query.Encode(), nil)
			var got []string
			for _, item := range a.Items() {
				got = append(got, item["email"].(string))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: got %q, want %q", query.Encode(), got, c.want)
			}
			if total := a.Body["totalItems"].(float64); c.query["page"] == "" && int(total) != len(c.want) {
				t.Errorf("%v in total, want %d", total, len(c.want))
			}
		})
	}
	if a := w.Expect(t, 200, anna, http.MethodGet, "/api/gonets/clients?skipTotal=1", nil); a.Body["totalItems"] != -1.0 {
		t.Errorf("%s", a.Text)
	}
}

func TestFindingClientsIsRefused(t *testing.T) {
	w := newWorld(t, clients.BindClients)
	for _, c := range []struct {
		name, who, query string
		status           int
		field, code      string
	}{
		{"to guests", anonymous, "", 401, "", ""},
		{"to blocked users", kirill, "", 401, "", ""},
		{"of another owner", anna, "owner=" + w.IDs[boris], 404, "", ""},
		{"of an unknown owner", marta, "owner=nobody", 404, "", ""},
		{"by a filter that cannot be read", anna, "filter=" + url.QueryEscape(`email ~`), 400, "filter", "filter_unreadable"},
		{"by a filter that reaches further", anna, "filter=" + url.QueryEscape(`owner.email ~ "a"`), 400, "filter", "filter_unknown_field"},
		{"by an order that is none", anna, "sort=owner", 400, "sort", "unknown_sort"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := w.Expect(t, c.status, c.who, http.MethodGet, "/api/gonets/clients?"+c.query, nil)
			if c.field != "" && a.Code(c.field) != c.code {
				t.Errorf("%s", a.Text)
			}
		})
	}
}

func TestSearchByRESTKnowsNoCase(t *testing.T) {
	w := newWorld(t)
	w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "ivan@example.com", "full_name": "Иван Петрович Артёмов"})
	for filter, want := range map[string]int{
		`full_name ~ "иван"`:         1,
		`full_name ~ "ПЕТРОВИЧ"`:     1,
		`full_name ~ "артем"`:        1,
		`full_name ~ "Сидор"`:        0,
		`full_name !~ "иван"`:        0,
		`full_name = "иван"`:         0,
		`full_name ~ "%артёмов"`:     1,
		`email ~ "IVAN@example.com"`: 1,
	} {
		a := w.Expect(t, 200, anna, http.MethodGet, recordsOf("clients")+"?filter="+url.QueryEscape(filter), nil)
		if len(a.Items()) != want {
			t.Errorf("%s finds %d, want %d", filter, len(a.Items()), want)
		}
	}
}

func TestWhatWasSentToAClient(t *testing.T) {
	w := newWorld(t, hookstest.MailingRoutes, clients.BindClients)
	client := w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "ilya@example.com"}).Id
	w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "olga@example.com"})
	var want []string // ids of attempts, the newest first
	var bounced string
	for i := range 3 {
		sent := w.Sendable(t, nil)
		w.Expect(t, 202, anna, http.MethodPost, route(sent, "send"), nil)
		var recipients []struct {
			ID     int64  `db:"id"`
			Client string `db:"client"`
		}
		must(t, w.App.DB().NewQuery(`SELECT id, client FROM recipients WHERE mailing = {:mailing} ORDER BY email`).
			Bind(dbx.Params{"mailing": sent}).All(&recipients))
		for _, r := range recipients {
			for try := range i + 1 {
				id := mailing.AttemptID(r.ID, try+1)
				w.AddAttempt(t, id, w.IDs[anna], sent)
				w.SQL(t, `UPDATE attempts SET client = {:client}, created = {:at} WHERE id = {:id}`,
					dbx.Params{"client": r.Client, "id": id, "at": fmt.Sprintf("2026-01-0%d 00:00:0%d.000Z", i+1, try)})
				if r.Client == client {
					want = append([]string{id}, want...)
				}
			}
			if i == 0 {
				w.AddBounce(t, mailing.AttemptID(r.ID, 1), w.IDs[anna])
				w.SQL(t, `UPDATE bounces SET client = {:client} WHERE client = ''`, dbx.Params{"client": r.Client})
				if r.Client == client {
					bounced = mailing.AttemptID(r.ID, 1)
				}
			}
			w.SQL(t, `UPDATE recipients SET state = 'sent', tries = {:tries} WHERE id = {:id}`, dbx.Params{"id": r.ID, "tries": i + 1})
		}
		w.SQL(t, `UPDATE mailings SET status = 'completed' WHERE id = {:id}`, dbx.Params{"id": sent})
		if i == 1 { // what was sent before belongs to the client still
			w.Expect(t, 200, anna, http.MethodPatch, recordsOf("clients", client), map[string]any{"email": "ilya.new@example.com"})
		}
	}

	path := "/api/gonets/clients/" + client + "/attempts"
	for who, status := range map[string]int{anonymous: 401, boris: 404, kirill: 401, anna: 200, marta: 200, superuser: 200} {
		a := w.Expect(t, status, who, http.MethodGet, path, nil)
		var got []string
		for _, item := range a.Items() {
			got = append(got, item["id"].(string))
		}
		if status == 200 && (!slices.Equal(got, want) || a.Body["totalItems"] != 6.0) {
			t.Errorf("%s sees %q of %v, want %q", who, got, a.Body["totalItems"], want)
		}
	}
	for who, status := range map[string]int{anonymous: 401, boris: 404, kirill: 401, anna: 200, marta: 200, superuser: 200} {
		a := w.Expect(t, status, who, http.MethodGet, "/api/gonets/clients/"+client+"/bounces", nil)
		if items := a.Items(); status == 200 && (len(items) != 1 || items[0]["id"] != bounced || a.Body["totalItems"] != 1.0) {
			t.Errorf("%s sees %s, want the bounce %s", who, a.Text, bounced)
		}
	}
	if second := w.Expect(t, 200, anna, http.MethodGet, path+"?perPage=4&page=2", nil); len(second.Items()) != 2 || second.Items()[0]["id"] != want[4] {
		t.Errorf("%s", second.Text)
	}
	w.Expect(t, 404, anna, http.MethodGet, "/api/gonets/clients/nosuchclient000/attempts", nil)

	w.Expect(t, 204, anna, http.MethodDelete, recordsOf("clients", client), nil)
	if n := w.Count(t, "former_addresses", nil); n != 0 {
		t.Errorf("%d addresses of nobody are kept", n)
	}
}
