package operator_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/operator"
	"gonets/internal/delivery"
	"gonets/internal/limit"
)

func TestSuperusersSeeHowMailServersDo(t *testing.T) {
	w := newWorld(t, func(app core.App) { operator.BindServers(app, delivery.New(app)) })
	const path = "/api/gonets/senders/status"
	for i, status := range []int{401, 401, 403, 403, 403, 200} {
		w.Expect(t, status, everybody[i], http.MethodGet, path, nil)
	}
	day := limit.UTCDay(time.Now())
	for _, row := range []dbx.Params{
		{"id": "aaaaaaaaaaaaaaa", "name": "A", "daily_limit": 100},
		{"id": "bbbbbbbbbbbbbbb", "name": "B", "daily_limit": 100, "warm_up_start": 10},
		{"id": "ccccccccccccccc", "name": "C", "off": true},
	} {
		row["from_email"] = "news@example.org"
		_, err := w.App.DB().Insert("senders", row).Execute()
		must(t, err)
	}
	for _, row := range []dbx.Params{
		{"kind": "sender", "id": "aaaaaaaaaaaaaaa", "day": day, "mails": 40, "in_flight": 2},
		{"kind": "sender", "id": "bbbbbbbbbbbbbbb", "day": day, "mails": 10},
	} {
		_, err := w.App.DB().Insert("usage", row).Execute()
		must(t, err)
	}
	for _, row := range []dbx.Params{
		{"id": "mmmmmmmmmmmmmmm", "status": "running", "sender": "aaaaaaaaaaaaaaa", "total": 50, "sent": 20, "failed": 3, "skipped": 2},
		{"id": "nnnnnnnnnnnnnnn", "status": "paused", "sender": "bbbbbbbbbbbbbbb", "total": 50},
	} {
		_, err := w.App.DB().Insert("mailings", row).Execute()
		must(t, err)
	}
	_, err := w.App.DB().Insert("attempts", dbx.Params{
		"id": "ttttttttttttttt", "mailing": "mmmmmmmmmmmmmmm", "email": "x@example.org", "status": "failure", "code": 550, "response": "no such user", "created": time.Now().UTC().Format("2006-01-02 15:04:05.000Z"),
	}).Execute()
	must(t, err)

	servers, _ := w.Expect(t, 200, superuser, http.MethodGet, path, nil).Body["servers"].([]any)
	if len(servers) != 4 {
		t.Fatalf("there are %d servers: %v", len(servers), servers)
	}
	for i, want := range []map[string]any{
		{"sender": "", "state": "ok", "queue": 0.0, "used": 0.0, "limit": 0.0},
		{"sender": "aaaaaaaaaaaaaaa", "state": "ok", "queue": 25.0, "used": 42.0, "limit": 100.0},
		{"sender": "bbbbbbbbbbbbbbb", "state": "used_up", "queue": 0.0, "used": 10.0, "limit": 10.0},
		{"sender": "ccccccccccccccc", "state": "off"},
	} {
		got := servers[i].(map[string]any)
		for key, value := range want {
			if got[key] != value {
				t.Errorf("of server %d %s is %v, want %v", i, key, got[key], value)
			}
		}
	}
	if answers, _ := servers[1].(map[string]any)["answers"].([]any); len(answers) != 1 || answers[0].(map[string]any)["response"] != "no such user" {
		t.Errorf("the last answers are %v", answers)
	}
}
