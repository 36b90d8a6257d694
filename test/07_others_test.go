package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// estate is one record of everything that an owner can have, by collection.
type estate map[string]string

// estate gives the owner one of everything, and a mailing that is through.
func (w *world) estate(owner *client) estate {
	w.t.Helper()
	create := func(collection string, fields object) string {
		return owner.post("/api/collections/"+collection+"/records", fields).want(200).id()
	}
	e := estate{
		"clients":      create("clients", object{"email": "ann@example.org", "full_name": "Ann"}),
		"lists":        create("lists", object{"name": "Friends"}),
		"filters":      create("filters", object{"name": "Anns", "filter": `full_name ~ "Ann"`}),
		"suppressions": create("suppressions", object{"kind": "address", "value": "no@example.org", "reason": "manual"}),
		"messages":     owner.message(nil),
	}
	e["subscriptions"] = create("subscriptions", object{"list": e["lists"], "client": e["clients"], "status": "confirmed"})
	e["mailings"] = owner.after(owner.mailing(e["messages"], nil), "completed", "send", nil)
	var attempts struct{ Items []struct{ ID string } }
	owner.get("/api/collections/attempts/records").want(200).into(&attempts)
	if len(attempts.Items) != 1 {
		w.t.Fatalf("the owner sees %d attempts, want 1", len(attempts.Items))
	}
	e["attempts"] = attempts.Items[0].ID
	return e
}

// routesOfAMailing are those that change it, and those that only read it.
var routesOfAMailing = struct{ act, read []string }{
	act:  []string{"send", "schedule", "unschedule", "pause", "resume", "cancel", "retry", "accept", "extend", "duplicate"},
	read: []string{"recipients", "report.csv"},
}

func Test07WhatBelongsToAnotherIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	anna, boris := w.user("anna@gonets.example", "owner"), w.user("boris@gonets.example", "owner")
	manager := w.user("manager@gonets.example", "manager")
	hers, his := w.estate(anna), w.estate(boris)

	for collection, id := range hers {
		t.Run(collection, func(t *testing.T) {
			records := "/api/collections/" + collection + "/records"
			for _, tc := range []struct {
				who  string
				c    *client
				sees int // records in a list
			}{{"anybody", w.nobody, 0}, {"another owner", boris, 1}, {"a manager", manager, 2}, {"the owner", anna, 1}} {
				c := tc.c.in(t)
				var page struct{ Items []struct{ ID, Owner string } }
				c.get(records).want(200).into(&page)
				if len(page.Items) != tc.sees {
					t.Errorf("%s sees %d records, want %d", tc.who, len(page.Items), tc.sees)
				}
				switch tc.who {
				case "anybody", "another owner":
					if slices.ContainsFunc(page.Items, func(i struct{ ID, Owner string }) bool { return i.ID == id }) {
						t.Errorf("%s sees the record in the list", tc.who)
					}
					c.get(records + "/" + id).want(404).problem()
				default:
					c.get(records + "/" + id).want(200)
				}
				if tc.who != "the owner" {
					if got := c.patch(records+"/"+id, object{"name": "mine now"}); got.status != 404 && got.status != 403 {
						t.Errorf("%s may change the record: %d %s", tc.who, got.status, got.body)
					}
					if got := c.delete(records + "/" + id); got.status != 404 && got.status != 403 {
						t.Errorf("%s may delete the record: %d %s", tc.who, got.status, got.body)
					}
				}
			}
		})
	}

	t.Run("a record cannot point at another's, or be given away", func(t *testing.T) {
		boris := boris.in(t)
		for collection, fields := range map[string]object{
			"mailings":      {"message": hers["messages"], "audience": "everyone"},
			"subscriptions": {"list": his["lists"], "client": hers["clients"]},
			"clients":       {"email": "gift@example.org", "owner": anna.id},
			"messages":      {"name": "gift", "owner": anna.id},
		} {
			boris.post("/api/collections/"+collection+"/records", fields).want(400, 403).problem()
		}
		for _, fields := range []object{
			{"message": his["messages"], "audience": "lists", "lists": []string{hers["lists"]}},
			{"message": his["messages"], "audience": "picked", "recipients": []string{hers["clients"]}},
			{"message": his["messages"], "audience": "everyone", "filter": `owner.email ~ "anna"`},
		} {
			boris.post("/api/collections/mailings/records", fields).want(400).problem()
		}
		boris.patch("/api/collections/clients/records/"+his["clients"], object{"owner": anna.id}).want(400, 404).problem()
	})

	t.Run("the routes of a mailing", func(t *testing.T) {
		mailing := "/api/gonets/mailings/" + hers["mailings"] + "/"
		for _, route := range append(routesOfAMailing.act, "block", "unblock") {
			w.nobody.in(t).post(mailing+route, object{}).want(401).problem()
			boris.in(t).post(mailing+route, object{"reason": "spite"}).want(404).problem()
		}
		for _, route := range routesOfAMailing.act {
			manager.in(t).post(mailing+route, object{}).want(403).problem()
		}
		for _, route := range routesOfAMailing.read {
			w.nobody.in(t).get(mailing + route).want(401).problem()
			boris.in(t).get(mailing + route).want(404).problem()
			manager.in(t).get(mailing + route).want(200)
			anna.in(t).get(mailing + route).want(200)
		}
	})

	t.Run("figures", func(t *testing.T) {
		for _, query := range []string{"?mailing=" + hers["mailings"], "?owner=" + anna.id} {
			boris.in(t).get("/api/gonets/statistics"+query).want(403, 404).problem()
			manager.in(t).get("/api/gonets/statistics" + query).want(200)
		}
		w.nobody.in(t).get("/api/gonets/statistics").want(401).problem()
		var home map[string]any
		w.nobody.in(t).get("/api/gonets/home").want(200).into(&home)
		if home["mailings"] != 2.0 || home["mine"] != nil {
			t.Errorf("a guest is told %v", home)
		}
	})

	t.Run("users", func(t *testing.T) {
		boris, manager := boris.in(t), manager.in(t)
		boris.get(users + "records/" + anna.id).want(404).problem()
		boris.patch(users+"records/"+boris.id, object{"role": "manager"}).want(400, 403, 404).problem()
		boris.patch(users+"records/"+boris.id, object{"daily_quota": 1}).want(400, 403, 404).problem()
		boris.post("/api/gonets/users/"+anna.id+"/block", object{"reason": "spite"}).want(404).problem()
		manager.get(users + "records/" + anna.id).want(200)
		manager.patch(users+"records/"+anna.id, object{"name": "renamed"}).want(403, 404).problem()
		manager.post("/api/gonets/users/"+manager.id+"/block", object{"reason": "myself"}).want(403).problem()
		if body := string(manager.get(users + "records").body); !strings.Contains(body, anna.email) {
			t.Errorf("a manager does not see the addresses of users: %s", body)
		}
	})

	for who, c := range map[string]*client{"anna": anna, "boris": boris} {
		var page struct{ TotalItems int }
		c.get("/api/collections/clients/records").want(200).into(&page)
		if page.TotalItems != 1 {
			t.Errorf("in the end %s has %d clients, want 1", who, page.TotalItems)
		}
	}
}

func Test07AManagerStopsARunningMailing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{Latency: slowly, Keep: -1})
	owner, manager := w.user("owner@gonets.example", "owner"), w.user("manager@gonets.example", "manager")
	w.addClients(owner, 500, numbered)
	id := owner.mailing(owner.message(nil), nil)
	owner.verb(id, "block", object{"reason": "spite"}).want(403).problem()
	owner.verb(id, "send", nil).want(202)
	w.mustCome(20)

	manager.verb(id, "block", nil).want(400).problem()
	w.mustStopSoon(func() { manager.verb(id, "block", object{"reason": "Complaints from recipients"}).want(200) })
	var m struct {
		mailing
		BlockReason string `json:"block_reason"`
	}
	owner.get("/api/collections/mailings/records/" + id).want(200).into(&m)
	if !m.Blocked || m.Status != "paused" || m.BlockReason != "Complaints from recipients" {
		t.Errorf("the owner sees %+v", m)
	}
	w.restingBooks(id)
	owner.verb(id, "resume", nil).want(403).problem()
	owner.verb(id, "retry", object{"states": []string{"failed"}}).want(403).problem()
	owner.patch("/api/collections/mailings/records/"+id, object{"blocked": false}).want(400, 403, 404).problem()
	owner.verb(id, "unblock", nil).want(403).problem()

	manager.verb(id, "unblock", nil).want(200)
	if m := owner.read(id); m.Status != "paused" || m.Blocked {
		t.Errorf("unblocking made the mailing %s, blocked %t", m.Status, m.Blocked)
	}
	w.mustStartSoon(func() { owner.verb(id, "resume", nil).want(200) })

	w.mustStopSoon(func() {
		manager.post("/api/gonets/users/"+owner.id+"/block", object{"reason": "again"}).want(200)
	})
	if m := manager.read(id); m.Status != "paused" {
		t.Errorf("its owner is blocked, and the mailing is %s", m.Status)
	}
	w.restingBooks(id)
	manager.post("/api/gonets/users/"+owner.id+"/unblock", nil).want(200)
	if m := manager.read(id); m.Status != "paused" {
		t.Errorf("its owner was unblocked, and the mailing is %s by itself", m.Status)
	}

	var s signedIn
	w.nobody.signIn("users", owner.email, password).want(200).into(&s)
	owner = w.nobody.as(s)
	owner.verb(id, "resume", nil).want(200)
	owner.reaches(id, "completed")
	w.balancedBooks(id)
}

func Test07AnOwnerWhoAwaitsApprovalPreparesButDoesNotSend(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	manager := w.user("manager@gonets.example", "manager")
	owner := w.user("owner@gonets.example", "owner")
	w.root.patch(users+"records/"+owner.id, object{"awaiting_approval": true}).want(200)
	w.addClients(owner, 1, numbered)
	id := owner.mailing(owner.message(nil), nil)

	owner.verb(id, "send", nil).want(403).problem()
	owner.verb(id, "schedule", object{"starts_at": time.Now().UTC().Add(time.Hour).Format(time.RFC3339)}).want(403).problem()
	owner.patch(users+"records/"+owner.id, object{"awaiting_approval": false}).want(400, 403, 404).problem()
	owner.post(fmt.Sprintf("/api/gonets/users/%s/approve", owner.id), nil).want(http.StatusForbidden).problem()
	manager.post(fmt.Sprintf("/api/gonets/users/%s/approve", owner.id), nil).want(200)
	owner.after(id, "completed", "send", nil)
	w.balancedBooks(id)
}
