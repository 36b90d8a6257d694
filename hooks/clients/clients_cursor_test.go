package clients_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/hooks/clients"
	"gonets/hooks/hookstest"
	"gonets/internal/mailing"
)

// TestTheHistoryOfAClientIsReadByCursor reads attempts and bounces page by page while others are added.
func TestTheHistoryOfAClientIsReadByCursor(t *testing.T) {
	w := newWorld(t, hookstest.MailingRoutes, clients.BindClients)
	client := w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "ilya@example.com"}).Id
	sent := w.Sendable(t, nil)
	w.Expect(t, 202, anna, http.MethodPost, route(sent, "send"), nil)
	var recipient int64
	must(t, w.App.DB().NewQuery(`SELECT id FROM recipients WHERE mailing = {:mailing} AND client = {:client}`).
		Bind(dbx.Params{"mailing": sent, "client": client}).Row(&recipient))
	w.SQL(t, `UPDATE recipients SET state = 'sent', tries = 40 WHERE id = {:id}`, dbx.Params{"id": recipient})

	for log, add := range map[string]func(id string){
		"attempts": func(id string) { w.AddAttempt(t, id, w.IDs[anna], sent) },
		"bounces":  func(id string) { w.AddBounce(t, id, w.IDs[anna]) },
	} {
		t.Run(log, func(t *testing.T) {
			at := func(try int, created string) (id string) {
				id = mailing.AttemptID(recipient, try)
				add(id)
				w.SQL(t, `UPDATE `+log+` SET client = {:client}, created = {:at} WHERE id = {:id}`, dbx.Params{"client": client, "id": id, "at": created})
				return id
			}
			var want []string
			for try := 1; try <= 7; try++ { // several have the same time
				want = append(want, at(try, fmt.Sprintf("2026-11-23 09:0%d:00.000Z", try/3)))
			}
			slices.Sort(want) // ids of later tries come later
			slices.Reverse(want)

			path := "/api/gonets/clients/" + client + "/" + log + "?perPage=2&cursor="
			var seen []string
			for next, pages := "", 0; pages == 0 || next != ""; pages++ {
				a := w.Expect(t, 200, anna, http.MethodGet, path+next, nil)
				for _, item := range a.Items() {
					seen = append(seen, item["id"].(string))
				}
				next = a.Field("next")
				if pages > 5 || a.Body["totalItems"] != -1.0 || a.Body["page"] != 1.0 {
					t.Fatalf("page %d: %s", pages, a.Text)
				}
				at(10+pages, "2026-11-23 10:00:00.000Z") // newer than all
			}
			if !slices.Equal(seen, want) {
				t.Errorf("seen %q, want %q", seen, want)
			}
			for _, wrong := range []string{"x", "!!", "MjAyNi0xMS0yMyAwOTowMDowMC4wMDBafmEiIHx8IG93bmVyICE9ICI"} {
				a := w.Expect(t, 400, anna, http.MethodGet, path+wrong, nil)
				if message := a.Body["message"]; a.Code("cursor") != "invalid_cursor" ||
					message != "The cursor is none that this list has given: begin again with an empty cursor." {
					t.Errorf("%q: %s", wrong, a.Text)
				}
			}
			if byPage := w.Expect(t, 200, anna, http.MethodGet, path[:len(path)-len("&cursor=")], nil); byPage.Body["next"] != nil || byPage.Body["totalItems"] == -1.0 {
				t.Errorf("by page: %s", byPage.Text)
			}
			w.Expect(t, 404, boris, http.MethodGet, path, nil)
		})
	}
}
