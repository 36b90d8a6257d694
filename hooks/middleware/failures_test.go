package middleware_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/hookstest"
	"gonets/hooks/request"
	"gonets/internal/mailing"
)

// withBreaking adds a route that writes so many bytes and fails, as an error or as a panic, or does not.
func withBreaking(app core.App) {
	request.BindCompression(app)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/api/gonets/breaking", func(e *core.RequestEvent) error {
			query := e.Request.URL.Query()
			return request.Stream(e, "file.csv", "text/csv", func(_ context.Context, w io.Writer) error {
				n, _ := strconv.Atoi(query.Get("bytes"))
				for range n / 6 {
					if _, err := io.WriteString(w, "line\r\n"); err != nil {
						return err
					}
				}
				switch query.Get("how") {
				case "error":
					return errors.New("the disk is on fire")
				case "panic":
					panic("the disk is on fire")
				}
				return nil
			})
		})
		return e.Next()
	})
}

func TestAnAnswerThatBreaksInTheMiddleDoesNotLookWhole(t *testing.T) {
	w := newWorld(t, withBreaking)
	plain := httptest.NewServer(w.HTTP)
	defer plain.Close()
	two := httptest.NewUnstartedServer(w.HTTP)
	two.EnableHTTP2 = true
	two.StartTLS()
	defer two.Close()
	for _, server := range []*httptest.Server{plain, two} {
		for _, coding := range []string{"identity", "gzip"} {
			for _, size := range []int{60, 1800, 6000, 600_000} {
				for _, how := range []string{"error", "panic", "not"} {
					address := fmt.Sprintf("%s/api/gonets/breaking?bytes=%d&how=%s", server.URL, size, how)
					t.Run(fmt.Sprintf("%s %d bytes %s %s", how, size, coding, server.URL), func(t *testing.T) {
						req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
						must(t, err)
						req.Header.Set("Accept-Encoding", coding)
						got, err := readAll(server.Client().Do(req))
						if broken := err != nil; broken != (how != "not") {
							t.Errorf("got %d bytes, %v", got, err)
						}
						if how == "not" && got != size {
							t.Errorf("got %d bytes, want %d", got, size)
						}
					})
				}
			}
		}
	}

	t.Run("in HTTP/1.0, where the end of the connection ends an answer", func(t *testing.T) {
		for how, whole := range map[string]bool{"error": false, "not": true} {
			conn, err := net.Dial("tcp", plain.Listener.Addr().String())
			must(t, err)
			_, err = fmt.Fprintf(conn, "GET /api/gonets/breaking?bytes=600000&how=%s HTTP/1.0\r\n\r\n", how)
			must(t, err)
			n, err := io.Copy(io.Discard, conn)
			if (err == nil) != whole {
				t.Errorf("%s: %d bytes, %v", how, n, err)
			}
			_ = conn.Close()
		}
	})

	t.Run("before its first byte it is an error like any other", func(t *testing.T) {
		a := w.Expect(t, 500, anna, http.MethodGet, "/api/gonets/breaking?bytes=0&how=error", nil)
		if a.Body["status"] != 500.0 {
			t.Error(a.Text)
		}
		res, err := http.Get(plain.URL + "/api/gonets/breaking?bytes=0&how=error")
		must(t, err)
		defer res.Body.Close()
		if kind := res.Header.Get("Content-Type"); kind != "application/json" || res.Header.Get("Content-Disposition") != "" {
			t.Errorf("%q, %q", kind, res.Header.Get("Content-Disposition"))
		}
	})
}

// readAll reads an answer to its end and returns its length, decoded.
func readAll(res *http.Response, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	body := io.Reader(res.Body)
	if res.Header.Get("Content-Encoding") == "gzip" {
		raw, err := io.ReadAll(res.Body) // a client looks at the transfer, not only at what it decodes
		if err != nil {
			return 0, err
		}
		if body, err = gzip.NewReader(strings.NewReader(string(raw))); err != nil {
			return 0, err
		}
	}
	n, err := io.Copy(io.Discard, body)
	return int(n), err
}

// TestAReportThatBreaksInTheMiddleDoesNotLookWhole has an answer in the log that cannot be read, far behind the
// first pages.
func TestAReportThatBreaksInTheMiddleDoesNotLookWhole(t *testing.T) {
	w := newWorld(t, hookstest.MailingRoutes, request.BindCompression)
	w.SQL(t, `
		WITH RECURSIVE k(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM k WHERE i < 8999)
		INSERT INTO clients (id, owner, email, full_name, attributes, status, created, updated)
		SELECT printf('c%014d', i), {:owner}, printf('p%05d@example.com', i), 'Person', '{}', 'active', '2026-01-01 00:00:00.000Z', '2026-01-01 00:00:00.000Z'
		FROM k`, dbx.Params{"owner": w.IDs[anna]})
	id := w.Sendable(t, nil)
	w.Expect(t, 202, anna, http.MethodPost, route(id, "send"), nil)
	server := httptest.NewServer(w.HTTP)
	defer server.Close()
	report := func() (int, error) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+route(id, "report.csv"), nil)
		must(t, err)
		req.Header.Set("Authorization", w.Tokens[anna])
		return readAll(server.Client().Do(req))
	}
	if n, err := report(); n < 9000*20 || err != nil {
		t.Fatalf("%d bytes, %v", n, err)
	}
	var recipient int64
	must(t, w.App.DB().NewQuery(`SELECT id FROM recipients WHERE email = 'p08000@example.com'`).Row(&recipient))
	w.AddAttempt(t, mailing.AttemptID(recipient, 1), w.IDs[anna], id)
	w.SQL(t, `UPDATE recipients SET state = 'sent', tries = 1 WHERE id = {:id}`, dbx.Params{"id": recipient})
	w.SQL(t, `UPDATE attempts SET code = 'none'`, nil)
	if n, err := report(); err == nil {
		t.Errorf("%d bytes look like the whole report", n)
	}
}

func TestAnInternalFailureIsNotTheFaultOfTheRequest(t *testing.T) {
	w := newWorld(t, hookstest.MailingRoutes)
	id := w.Sendable(t, nil)
	message := w.Add(t, "messages", map[string]any{"owner": w.IDs[anna], "subject": "Hello"}).Id
	w.SQL(t, `CREATE TRIGGER broken BEFORE UPDATE ON messages BEGIN SELECT RAISE(ABORT, 'broken'); END`, nil)
	for _, table := range []string{"suppressions", "recipients", "mailing_events", "lists"} {
		w.SQL(t, `ALTER TABLE `+table+` RENAME TO gone_`+table, nil)
	}
	for _, c := range []struct {
		name, method, path string
		body               any
	}{
		{"a hook that reads", http.MethodPost, recordsOf("clients"), map[string]any{"email": "ivan@example.com"}},
		{"a reference", http.MethodPatch, recordsOf("mailings", id), map[string]any{"lists": []string{"abcdefghijklmno"}}},
		{"a write", http.MethodPatch, recordsOf("messages", message), map[string]any{"name": "other"}},
		{"a list", http.MethodGet, recordsOf("lists"), nil},
		{"a record", http.MethodGet, recordsOf("lists", "abcdefghijklmno"), nil},
		{"a route that answers its error as it is", http.MethodGet, route(id, "answers"), nil},
		{"another", http.MethodGet, route(id, "timeline"), nil},
		{"a verb", http.MethodPost, route(id, "schedule"), map[string]any{"starts_at": "2099-01-01T09:00:00Z"}},
		{"one request of a batch", http.MethodPost, "/api/batch", map[string]any{"requests": []any{
			map[string]any{"method": "POST", "url": recordsOf("clients"), "body": map[string]any{"email": "ivan@example.com"}},
		}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := w.Expect(t, 500, anna, c.method, c.path, c.body)
			if strings.Contains(a.Text, "no such") || strings.Contains(a.Text, "SELECT") || strings.Contains(a.Text, "broken") {
				t.Errorf("it tells %s", a.Text)
			}
		})
	}
	for _, c := range []struct {
		name, method, path string
		status             int
		body               any
	}{
		{"a filter that cannot be read", http.MethodGet, recordsOf("mailings") + "?filter=(((", 400, nil},
		{"a body that cannot be read", http.MethodPatch, recordsOf("mailings", id), 400, "{"},
		{"a wrong value", http.MethodPatch, recordsOf("mailings", id), 400, map[string]any{"timezone": "Moon/Sea"}},
		{"what is not there", http.MethodGet, recordsOf("mailings", "abcdefghijklmno"), 404, nil},
	} {
		t.Run(c.name, func(t *testing.T) { w.Expect(t, c.status, anna, c.method, c.path, c.body) })
	}
}
