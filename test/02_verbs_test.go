package e2e

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"gonets/internal/outbox"
)

func Test02AVerbFitsTheStateOrIsRefused(t *testing.T) {
	t.Parallel()
	// A recipient that was refused for now keeps its mailing running for a minute.
	w := newWorld(t, 3*time.Minute, outbox.Options{Rules: outbox.DemoRules})
	owner := w.user("owner@gonets.example", "owner")
	picked := func(email string) object {
		return object{"audience": "picked", "recipients": []string{
			owner.post("/api/collections/clients/records", object{"email": email}).want(200).id(),
		}}
	}
	quick, message := picked("ann@example.org"), owner.message(nil)
	grey := 0
	later := object{"starts_at": time.Now().UTC().Add(24 * time.Hour).Format(time.RFC3339)}

	slow := func() object { // the mail server knows each address's first try only
		grey++
		return picked(fmt.Sprintf("grey.%d@example.org", grey))
	}
	states := map[string]func(c *client) string{
		"created":   func(c *client) string { return c.mailing(message, quick) },
		"scheduled": func(c *client) string { return c.after(c.mailing(message, quick), "scheduled", "schedule", later) },
		"running":   func(c *client) string { return c.after(c.mailing(message, slow()), "running", "send", nil) },
		"paused": func(c *client) string {
			return c.after(c.after(c.mailing(message, slow()), "running", "send", nil), "paused", "pause", nil)
		},
		"completed": func(c *client) string { return c.after(c.mailing(message, quick), "completed", "send", nil) },
		"cancelled": func(c *client) string {
			return c.after(c.after(c.mailing(message, quick), "scheduled", "schedule", later), "cancelled", "cancel", nil)
		},
	}
	retry := object{"states": []string{"failed", "uncertain"}}
	for _, tc := range []struct {
		verb    string
		body    any
		becomes map[string]string // by state: what the mailing is afterwards; not here: refused
	}{
		{"send", nil, map[string]string{"created": "completed", "scheduled": "completed"}},
		{"schedule", later, map[string]string{"created": "scheduled", "scheduled": "scheduled"}},
		{"unschedule", nil, map[string]string{"scheduled": "created", "created": "created"}},
		{"pause", nil, map[string]string{"running": "paused", "paused": "paused"}},
		{"resume", nil, map[string]string{"paused": "running", "running": "running"}},
		{"cancel", nil, map[string]string{"scheduled": "cancelled", "running": "cancelled", "paused": "cancelled", "cancelled": "cancelled"}},
		{"retry", retry, map[string]string{"running": "running", "paused": "paused", "completed": "completed"}},
		{"extend", nil, map[string]string{"completed": "completed"}},
		{"accept", nil, map[string]string{"running": "running", "paused": "paused", "completed": "completed"}},
	} {
		for _, state := range slices.Sorted(maps.Keys(states)) {
			t.Run(tc.verb+" when "+state, func(t *testing.T) {
				owner := owner.in(t)
				id := states[state](owner)
				answer := owner.verb(id, tc.verb, tc.body)
				want, fits := tc.becomes[state]
				switch {
				case !fits:
					answer.want(409).problem()
					if m := owner.read(id); m.Status != state {
						t.Errorf("refused, but the mailing is %s now", m.Status)
					}
				case tc.verb == "send":
					answer.want(202)
				default:
					answer.want(200)
				}
				if want != "" {
					owner.reaches(id, want)
				}
			})
		}
	}

	t.Run("duplicate in any state", func(t *testing.T) {
		owner := owner.in(t)
		for _, state := range slices.Sorted(maps.Keys(states)) {
			id := states[state](owner)
			twin := owner.verb(id, "duplicate", nil).want(200, 201).id()
			if m := owner.read(twin); m.Status != "created" || m.Total != 0 || twin == id {
				t.Errorf("the duplicate of a mailing that is %s is %+v", state, m)
			}
		}
	})
}

// after waits until a mailing has a status that a verb leads to, and returns its id.
func (c *client) after(mailing, status, verb string, body any) string {
	c.t.Helper()
	c.verb(mailing, verb, body).want(200, 202)
	c.reaches(mailing, status)
	return mailing
}
