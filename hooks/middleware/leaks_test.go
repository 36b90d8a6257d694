package middleware_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gonets/hooks/hookstest"

	"github.com/pocketbase/pocketbase/tools/subscriptions"
)

// TestFiltersAreNoOracle asks, as Anna, questions whose answer would tell her what she may not know.
func TestFiltersAreNoOracle(t *testing.T) {
	w := newWorld(t)
	own := func(who, collection string, data map[string]any) string {
		data["owner"] = w.IDs[who]
		return w.Add(t, collection, data).Id
	}
	sender := w.Add(t, "senders", hookstest.SenderData()).Id
	own(anna, "mailings", map[string]any{"name": "hers", "sender": sender})
	own(boris, "mailings", map[string]any{"name": "his secret", "sender": sender})
	own(anna, "clients", map[string]any{"email": "hers@example.com"})
	own(boris, "clients", map[string]any{"email": "his@example.com"})

	for _, c := range []struct {
		name, collection, query string
		status, found           int
	}{
		{"a secret as a filter", "senders", `filter=password~"s3"`, 400, 0},
		{"a secret as the order", "senders", `sort=password`, 400, 0},
		{"a hidden setting as a filter", "senders", `filter=host="smtp.example.com"`, 400, 0},
		{"a secret through a relation", "mailings", `filter=sender.password~"s3"`, 400, 0},
		{"a secret as the order through a relation", "mailings", `sort=sender.password`, 400, 0},
		{"another's mailing through a back-relation", "senders", `filter=mailings_via_sender.name~"his secret"`, 403, 0},
		{"another's mailing through a back-relation, denied", "senders", `filter=mailings_via_sender.name!~"his secret"`, 403, 0},
		{"another's mailing through two relations", "mailings", `filter=sender.MAILINGS_via_sender.name!~"his secret"`, 403, 0},
		{"another's mailing as the order", "mailings", `sort=sender.mailings_via_sender.name`, 403, 0},
		{"another's rows through a back-relation of the owner", "clients", `filter=owner.mailings_via_owner.name~"his secret"`, 200, 0},
		{"another collection", "clients", `filter=@collection.clients.email~"his"`, 403, 0},
		{"another collection, in the order", "clients", `sort=@collection.clients.email`, 403, 0},
		{"the request", "clients", `filter=@request.auth.id!=""`, 403, 0},
		{"a token key", "users", `filter=tokenKey~"a"`, 400, 0},
		{"a password hash", "users", `filter=password~"a"`, 400, 0},
		{"another's address", "users", `filter=email~"other"`, 200, 0},
		{"all, with or", "clients", `filter=id!=""||id=""`, 200, 1},
		{"all, with brackets that close ours", "clients", `filter=id!="")||(id!=""`, 400, 0},
		{"all, with a comment at the end", "clients", "filter=id!=\"\" // )", 200, 1},
		{"all, with a comment at the start", "clients", "filter=// id=\"\"\n id!=\"\"", 200, 1},
		{"all, with an open bracket in a comment", "clients", "filter=id!=\"\" // (", 200, 1},
		{"a filter that does not parse", "clients", `filter=id!==`, 400, 0},
		{"her own by the owner's address", "clients", `filter=owner.email~"owner@"`, 200, 1},
		{"another's by the owner's address", "clients", `filter=owner.email~"other"`, 200, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			key, value, _ := strings.Cut(c.query, "=")
			params := url.Values{key: {value}}
			a := w.Expect(t, c.status, anna, http.MethodGet, recordsOf(c.collection)+"?"+params.Encode(), nil)
			if len(a.Items()) != c.found {
				t.Errorf("found %d, want %d: %s", len(a.Items()), c.found, a.Text)
			}
		})
	}
}

func TestAHeadRequestIsNoWayAround(t *testing.T) {
	w := newWorld(t)
	query := "?filter=" + url.QueryEscape(`mailings_via_sender.name!~"his secret"`)
	w.Expect(t, 403, anna, http.MethodHead, recordsOf("senders")+query, nil)
}

func TestExpandShowsOnlyWhatMayBeSeen(t *testing.T) {
	w := newWorld(t)
	sender := w.Add(t, "senders", hookstest.SenderData()).Id
	w.Add(t, "mailings", map[string]any{"owner": w.IDs[boris], "name": "his secret", "sender": sender})
	for _, expand := range []string{"mailings_via_sender", "mailings_via_sender.owner"} {
		if a := w.Expect(t, 200, anna, http.MethodGet, recordsOf("senders", sender)+"?expand="+expand, nil); strings.Contains(a.Text, "his secret") {
			t.Errorf("%s: %s", expand, a.Text)
		}
	}
	a := w.Expect(t, 200, anna, http.MethodGet, recordsOf("users", w.IDs[anna])+"?expand=clients_via_owner,mailings_via_owner", nil)
	if strings.Contains(a.Text, "his secret") || strings.Contains(a.Text, "tokenKey") {
		t.Error(a.Text)
	}
}

func TestBatchObeysTheSameRules(t *testing.T) {
	w := newWorld(t)
	client := w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "hers@example.com"}).Id
	mailing := w.Mailing(t, "running", nil)
	batch := func(who string, status int, requests ...map[string]any) {
		t.Helper()
		w.Expect(t, status, who, http.MethodPost, "/api/batch", map[string]any{"requests": requests})
	}
	create := map[string]any{"method": "POST", "url": recordsOf("clients"), "body": map[string]any{"email": "batch@example.com"}}
	batch(anna, 200, create)
	if n := w.Count(t, "clients", map[string]any{"email": "batch@example.com", "owner": w.IDs[anna]}); n != 1 {
		t.Errorf("%d clients were created", n)
	}
	for name, c := range map[string]struct {
		who     string
		request map[string]any
	}{
		"another's record updated":  {boris, map[string]any{"method": "PATCH", "url": recordsOf("clients", client), "body": map[string]any{"full_name": "X"}}},
		"another's record replaced": {boris, map[string]any{"method": "PUT", "url": recordsOf("clients"), "body": map[string]any{"id": client, "full_name": "X"}}},
		"another's record deleted":  {boris, map[string]any{"method": "DELETE", "url": recordsOf("clients", client)}},
		"for another":               {boris, map[string]any{"method": "POST", "url": recordsOf("clients"), "body": map[string]any{"email": "x@example.com", "owner": w.IDs[anna]}}},
		"with a forged header": {anonymous, map[string]any{
			"method": "DELETE", "url": recordsOf("clients", client), "headers": map[string]any{"Authorization": w.Tokens[anna]},
		}},
		"a role":                     {anna, map[string]any{"method": "PATCH", "url": recordsOf("users", w.IDs[anna]), "body": map[string]any{"role": "manager"}}},
		"a counter":                  {anna, map[string]any{"method": "PATCH", "url": recordsOf("mailings", mailing), "body": map[string]any{"sent": 99}}},
		"a running mailing, deleted": {anna, map[string]any{"method": "DELETE", "url": recordsOf("mailings", mailing)}},
	} {
		t.Run(name, func(t *testing.T) { batch(c.who, 400, c.request) })
	}
}

func TestRealtimeTellsOnlyWhatMayBeSeen(t *testing.T) {
	w := newWorld(t)
	watchers := []string{boris, marta, anna}
	heard := map[string]*subscriptions.DefaultClient{}
	for _, who := range watchers {
		heard[who] = w.Connect(t, who)
		heard[who].Subscribe("clients/*", "messages/*", "senders/*", "users/*", "attempts/*")
	}
	guest := subscriptions.NewDefaultClient()
	guest.Subscribe("clients/*", "senders/*", "users/*")
	w.App.SubscriptionsBroker().Register(guest)

	w.Expect(t, 200, anna, http.MethodPost, recordsOf("clients"), map[string]any{"email": "hers@example.com"})
	w.Expect(t, 200, superuser, http.MethodPost, recordsOf("senders"), hookstest.SenderData())
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("users", w.IDs[anna]), map[string]any{"name": "Anna K."})
	for who, want := range map[string][]string{
		boris: {"senders/*"},
		marta: {"clients/*", "senders/*", "users/*"},
		anna:  {"clients/*", "senders/*", "users/*"},
	} {
		var got []string
		for range want {
			name, data := hear(t, heard[who])
			got = append(got, name)
			if record := data["record"].(map[string]any); record["password"] != nil || record["host"] != nil || record["tokenKey"] != nil {
				t.Errorf("%s hears too much: %v", who, record)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s heard %v, want %v", who, got, want)
		}
	}
	w.Expect(t, 403, anna, http.MethodPost, "/api/realtime", map[string]any{"clientId": heard[anna].Id(), "subscriptions": []string{
		`mailings/*?options={"query":{"filter":"sender.mailings\u005fvia_sender.name!~'his'"}}`,
	}})
	for who, client := range map[string]*subscriptions.DefaultClient{boris: heard[boris], anonymous: guest} {
		select {
		case m := <-client.Channel():
			t.Errorf("%s heard %s %s", who, m.Name, m.Data)
		default:
		}
	}
}

// hear waits for the next message of a realtime connection.
func hear(t *testing.T, client *subscriptions.DefaultClient) (name string, data map[string]any) {
	t.Helper()
	select {
	case m := <-client.Channel():
		must(t, json.Unmarshal(m.Data, &data))
		return m.Name, data
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was heard")
		return "", nil
	}
}

func TestListsKeepTheirTotals(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": unique("total-%d@example.com")})
		w.AddAttempt(t, unique("attempt%08d"), w.IDs[anna], "")
	}
	w.Add(t, "clients", map[string]any{"owner": w.IDs[boris], "email": unique("total-%d@example.com")})
	for _, c := range []struct {
		who, collection string
		total           float64
	}{{anna, "clients", 3}, {boris, "clients", 1}, {marta, "clients", 4}, {superuser, "clients", 4}, {anna, "attempts", 3}, {boris, "attempts", 0}} {
		a := w.Expect(t, 200, c.who, http.MethodGet, recordsOf(c.collection)+"?perPage=1", nil)
		if a.Body["totalItems"] != c.total {
			t.Errorf("%s: total of %s is %v, want %v", c.who, c.collection, a.Body["totalItems"], c.total)
		}
	}

	t.Run("but a long log counts them only when asked to", func(t *testing.T) {
		w.SQL(t, `UPDATE attempts SET rowid = rowid + 500000`, nil)
		for query, want := range map[string]float64{"": -1, "&skipTotal=0": 3, "&skipTotal=1": -1} {
			a := w.Expect(t, 200, anna, http.MethodGet, recordsOf("attempts")+"?perPage=1"+query, nil)
			if a.Body["totalItems"] != want || len(a.Items()) != 1 {
				t.Errorf("%q: total %v, want %v", query, a.Body["totalItems"], want)
			}
		}
	})
}
