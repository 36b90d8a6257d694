package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/api"
	"gonets/internal/demo"
	"gonets/internal/outbox"
)

// newDemo serves the routes of a demo whose outbox has caught n mails.
func newDemo(t *testing.T, n int) *world {
	t.Helper()
	box, err := outbox.Start(t.Context(), outbox.Options{})
	must(t, err)
	t.Cleanup(func() { box.Close() })
	for i := range n {
		mail := fmt.Sprintf("Subject: Mail %d\r\n\r\nHi\r\n", i)
		must(t, smtp.SendMail(box.Addr(), nil, "a@gonets.example", []string{fmt.Sprintf("client%d@gonets.example", i)}, []byte(mail)))
	}
	return newWorld(t, func(app core.App) { demo.Announce(app, box) }, api.BindOutbox, api.BindInstance)
}

// visit sends a request to a host from a page of an origin, "" for none.
func (w *world) visit(method, host, origin, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.Host = host
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	rec := httptest.NewRecorder()
	w.HTTP.ServeHTTP(rec, r)
	return rec
}

const here = "127.0.0.1:8090"

func TestTheOutboxShowsWhatWasCaught(t *testing.T) {
	w := newDemo(t, 5)
	for _, tc := range []struct {
		name, query, first string
		items, total       int
	}{
		{"the newest first", "", "Mail 4", 5, 5},
		{"by page", "?page=2&perPage=2", "Mail 2", 2, 5},
		{"by offset", "?offset=3&limit=10", "Mail 1", 2, 5},
		{"by what is searched for", "?search=client3", "Mail 3", 1, 1},
		{"with numbers that are none", "?page=x&perPage=-1", "Mail 4", 5, 5},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rec := w.visit(http.MethodGet, here, "", "/api/gonets/outbox"+tc.query)
			var page struct {
				TotalItems int
				Items      []struct{ ID, Subject string }
			}
			must(t, json.Unmarshal(rec.Body.Bytes(), &page))
			if len(page.Items) != tc.items || page.TotalItems != tc.total || page.Items[0].Subject != tc.first {
				t.Fatalf("%s", rec.Body)
			}
			one := w.visit(http.MethodGet, here, "", "/api/gonets/outbox/"+page.Items[0].ID)
			var mail struct{ Text string }
			must(t, json.Unmarshal(one.Body.Bytes(), &mail))
			if one.Code != http.StatusOK || mail.Text != "Hi\n" {
				t.Errorf("%d: %s", one.Code, one.Body)
			}
		})
	}
	if rec := w.visit(http.MethodGet, here, "", "/api/gonets/outbox/nothing"); rec.Code != http.StatusNotFound {
		t.Errorf("a mail that is not there: %d", rec.Code)
	}
	if rec := w.visit(http.MethodDelete, here, "http://"+here, "/api/gonets/outbox"); rec.Code != http.StatusNoContent {
		t.Errorf("clear: %d", rec.Code)
	}
	if rec := w.visit(http.MethodGet, here, "", "/api/gonets/outbox"); rec.Body.String() != `{"page":1,"perPage":30,"totalItems":0,"totalPages":0,"items":[]}` {
		t.Errorf("after clearing: %s", rec.Body)
	}
}

func TestADemoAnswersThisMachineOnly(t *testing.T) {
	w := newDemo(t, 0)
	for _, tc := range []struct {
		name, host, origin string
		want               int
	}{
		{"the address", here, "", 200},
		{"the name of this machine", "localhost:8090", "http://localhost:8090", 200},
		{"an address of IPv6", "[::1]:8090", "http://[::1]:8090", 200},
		{"an address without a port", "[::1]", "", 200},
		{"a name that was made to mean this machine", "evil.example:8090", "", 403},
		{"a name that begins like this machine's", "localhost.evil.example", "", 403},
		{"no host", "", "", 403},
		{"a page of another site", here, "https://evil.example", 403},
		{"a page without an origin", here, "null", 403},
	} {
		for _, path := range []string{"/api/gonets/outbox", "/api/gonets/instance"} {
			t.Run(tc.name+" "+path, func(t *testing.T) {
				if rec := w.visit(http.MethodGet, tc.host, tc.origin, path); rec.Code != tc.want {
					t.Errorf("%d, want %d", rec.Code, tc.want)
				}
			})
		}
	}
}

func TestADemoAnswersPagesWithoutAnOriginWhatNeedsNone(t *testing.T) {
	w := newDemo(t, 0)
	const missing = "/api/files/images/nothing00000000/a.png"
	// A sandboxed frame has the origin "null". 404 says that the request got as far as the files.
	if rec := w.visit(http.MethodGet, here, "null", missing); rec.Code != http.StatusNotFound {
		t.Errorf("from a frame: %d, want 404", rec.Code)
	}
	if rec := w.visit(http.MethodGet, here, "https://evil.example", missing); rec.Code != http.StatusForbidden {
		t.Errorf("from another site: %d, want 403", rec.Code)
	}
	if rec := w.visit(http.MethodPost, here, "null", "/api/files/token"); rec.Code != http.StatusForbidden {
		t.Errorf("a token for a frame: %d, want 403", rec.Code)
	}
	// A browser that is set to send no referrer sends the form of an unsubscribe page so.
	if rec := w.visit(http.MethodPost, here, "null", "/u/nothing"); rec.Code != http.StatusNotFound {
		t.Errorf("from an unsubscribe page: %d, want 404", rec.Code)
	}
}

func TestThereIsNoOutboxOutsideADemo(t *testing.T) {
	w := newWorld(t, api.BindOutbox, api.BindInstance)
	for _, who := range []string{anonymous, anna, marta, superuser} {
		for _, method := range []string{http.MethodGet, http.MethodDelete} {
			for _, path := range []string{"/api/gonets/outbox", "/api/gonets/outbox/1"} {
				if rec := w.Send(t, who, method, path); rec.Code != http.StatusNotFound {
					t.Errorf("%s %s by %s: %d, want 404", method, path, who, rec.Code)
				}
			}
		}
	}
	if rec := w.visit(http.MethodGet, "gonets.example", "", "/api/gonets/instance"); rec.Code != http.StatusOK {
		t.Errorf("the instance by its public name: %d", rec.Code)
	}
}
