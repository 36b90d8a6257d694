package records_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/consent"
	"gonets/internal/suppression"
)

func TestSubscriptionsAreLogged(t *testing.T) {
	w := newWorld(t)
	owner := w.IDs[anna]
	list := w.Add(t, "lists", map[string]any{"owner": owner, "name": "News"}).Id
	client := w.Add(t, "clients", map[string]any{"owner": owner, "email": "ivan@example.com"}).Id
	made := w.Expect(t, 200, anna, http.MethodPost, recordsOf("subscriptions"), map[string]any{"list": list, "client": client})
	for _, status := range []string{"pending", "unsubscribed", "unsubscribed", "confirmed"} {
		w.Expect(t, 200, anna, http.MethodPatch, recordsOf("subscriptions", made.ID()), map[string]any{"status": status})
	}
	w.Expect(t, 204, anna, http.MethodDelete, recordsOf("subscriptions", made.ID()), nil)
	w.Expect(t, 200, anna, http.MethodPost, recordsOf("subscriptions"), map[string]any{"list": list, "client": client, "status": "pending"})

	var log []string
	must(t, w.App.DB().NewQuery(`SELECT event FROM consents WHERE owner = {:o} AND client = {:c} AND list = {:l} AND email = 'ivan@example.com' AND ip = '' ORDER BY rowid`).
		Bind(dbx.Params{"o": owner, "c": client, "l": list}).Column(&log))
	if got := strings.Join(log, " "); got != "added changed withdrawn changed withdrawn requested" {
		t.Errorf("the log says %q", got)
	}
}

func TestAnErasureTakesTheNamesOutOfTheLog(t *testing.T) {
	w := newWorld(t)
	owner, other := w.IDs[anna], w.IDs[boris]
	by := consent.By{IP: "192.0.2.7", UserAgent: "Reader/1.0"}
	must(t, consent.Add(w.App.NonconcurrentDB(),
		consent.Entry{Owner: owner, Email: "ivan@example.com", Event: consent.Confirmed, By: by},
		consent.Entry{Owner: owner, Email: "ivan@example.com", Event: consent.Withdrawn},
		consent.Entry{Owner: owner, Email: "olga@example.com", Event: consent.Confirmed, By: by},
		consent.Entry{Owner: other, Email: "ivan@example.com", Event: consent.Confirmed, By: by},
	))
	w.Expect(t, 200, anna, http.MethodPost, recordsOf("suppressions"), map[string]any{"kind": "erased", "value": "Ivan@Example.com"})

	hash, err := suppression.ErasedValue(w.App, owner, "ivan@example.com")
	must(t, err)
	for name, c := range map[string]struct {
		where dbx.HashExp
		want  int
	}{
		"the hash stands for the address": {dbx.HashExp{"owner": owner, "email": hash}, 2},
		"an empty field stays empty":      {dbx.HashExp{"owner": owner, "email": hash, "ip": ""}, 1},
		"Olga's stays":                    {dbx.HashExp{"owner": owner, "email": "olga@example.com", "ip": by.IP, "user_agent": by.UserAgent}, 1},
		"that of another owner stays":     {dbx.HashExp{"owner": other, "email": "ivan@example.com", "ip": by.IP}, 1},
		"one browser is left of Anna's":   {dbx.HashExp{"owner": owner, "user_agent": by.UserAgent}, 1},
	} {
		if n := w.Count(t, "consents", c.where); n != c.want {
			t.Errorf("%s: %d rows, want %d", name, n, c.want)
		}
	}
}

func TestAPauseOnTheStopListHasAnEnd(t *testing.T) {
	w := newWorld(t)
	add := func(status int, values map[string]any) answer {
		return w.Expect(t, status, anna, http.MethodPost, recordsOf("suppressions"), values)
	}
	add(400, map[string]any{"value": "a@example.com", "reason": "paused"})
	add(400, map[string]any{"kind": "domain", "value": "example.com", "reason": "paused", "until": "2999-01-01 00:00:00.000Z"})
	made := add(200, map[string]any{"value": "a@example.com", "reason": "paused", "until": "2999-01-01 00:00:00.000Z"})
	changed := w.Expect(t, 200, anna, http.MethodPatch, recordsOf("suppressions", made.ID()), map[string]any{"reason": "manual"})
	if changed.Body["until"] != "" {
		t.Errorf("until is %v", changed.Body["until"])
	}
}
