package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/api"
	"gonets/hooks/hookstest"
	"gonets/hooks/request"
	"gonets/internal/stats"
)

// newFigures serves the routes of figures, with one mail sent by Anna and two by Boris.
func newFigures(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, request.BindCompression, api.BindInstance, func(app core.App) {
		figures := stats.New(app)
		figures.Watch()
		api.BindHome(app, figures)
		api.BindStatistics(app, figures)
	})

	sent := func(owner, email string) stats.Result {
		return stats.Result{
			At: time.Now(), Owner: w.IDs[owner], Mailing: "m", Email: email,
			Status: stats.Success, Code: 250, Enhanced: "2.0.0", Sent: 1,
		}
	}
	must(t, w.App.RunInTransaction(func(tx core.App) error {
		return stats.Record(tx.DB(), []stats.Result{sent(anna, "a@example.org"), sent(boris, "a@example.org"), sent(boris, "b@example.org")})
	}))
	return w
}

func TestWhoGetsWhichStatistics(t *testing.T) {
	w := newFigures(t)
	for _, tc := range []struct {
		name, who, query string
		status           int
		sent             int64
	}{
		{"an owner own ones", anna, "", 200, 1},
		{"an owner not another's", anna, "?owner=" + w.IDs[boris], 404, 0},
		{"a manager everybody's", marta, "", 200, 3},
		{"a manager one owner's", marta, "?owner=" + w.IDs[boris], 200, 2},
		{"a superuser everybody's", superuser, "", 200, 3},
		{"a mailing that is not there", superuser, "?mailing=nothing", 404, 0},
		{"nobody without signing in", anonymous, "", 401, 0},
		{"nobody who is blocked", kirill, "", 401, 0},
		{"nobody for a date that is none", anna, "?from=soon", 400, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, path := range []string{"/api/gonets/statistics", "/api/gonets/statistics.csv"} {
				if rec := w.Get(t, tc.who, path+tc.query); rec.Code != tc.status {
					t.Errorf("%s: %d, want %d: %s", path, rec.Code, tc.status, rec.Body)
				}
			}
			var got stats.Statistics
			if err := json.Unmarshal(w.Get(t, tc.who, "/api/gonets/statistics"+tc.query).Body.Bytes(), &got); err != nil || got.Totals.Sent != tc.sent {
				t.Errorf("%d sent, %v, want %d", got.Totals.Sent, err, tc.sent)
			}
		})
	}
}

func TestAWrongQueryIsNamedByField(t *testing.T) {
	w := newFigures(t)
	for query, want := range map[string][2]string{
		"from=soon":                     {"from", "invalid_date"},
		"to=2026-13-01":                 {"to", "invalid_date"},
		"from=2020-01-01&to=2026-01-01": {"from", "range_too_long"},
		"tz=Mars/Base":                  {"tz", "invalid_zone"},
	} {
		if got := w.Expect(t, 400, anna, "GET", "/api/gonets/statistics?"+query, nil).Code(want[0]); got != want[1] {
			t.Errorf("%s: code %q of %s, want %q", query, got, want[0], want[1])
		}
	}
}

func TestDaysAreTheProfilesUnlessAskedOtherwise(t *testing.T) {
	w := newFigures(t)
	for query, want := range map[string]string{"": "Europe/Moscow", "?tz=Asia/Kathmandu": "Asia/Kathmandu"} {
		if got := w.Expect(t, 200, anna, "GET", "/api/gonets/statistics"+query, nil).Body["tz"]; got != want {
			t.Errorf("%q: zone %v, want %s", query, got, want)
		}
	}
}

func TestTheTableHasARowADay(t *testing.T) {
	w := newFigures(t)
	rec := w.Get(t, anna, "/api/gonets/statistics.csv?from=2026-01-30&to=2026-02-02")
	want := "day,attempts,success,failure,uncertain,sent,bounced,hard,soft,block,complained\n2026-01-30,0,0,0,0,0,0,0,0,0,0\n2026-01-31,0,0,0,0,0,0,0,0,0,0\n2026-02-01,0,0,0,0,0,0,0,0,0,0\n2026-02-02,0,0,0,0,0,0,0,0,0,0\n"
	if rec.Body.String() != want {
		t.Errorf("got %q", rec.Body)
	}
	header := rec.Header()
	if header.Get("Content-Type") != "text/csv; charset=utf-8" ||
		header.Get("Content-Disposition") != `attachment; filename="statistics-2026-01-30-2026-02-02.csv"` {
		t.Errorf("headers %v", header)
	}
	var sum string
	for line := range strings.Lines(w.Get(t, anna, "/api/gonets/statistics.csv").Body.String()) {
		sum = line
	}
	if !strings.HasSuffix(sum, ",1,1,0,0,1,0,0,0,0,0\n") {
		t.Errorf("today is %q", sum)
	}
}

func TestFiguresAreAskedForAgainAndNotSentAgain(t *testing.T) {
	w := newFigures(t)
	for _, path := range []string{"/api/gonets/home", "/api/gonets/statistics", "/api/gonets/instance"} {
		for _, accepts := range []string{"", "gzip"} {
			first := w.Get(t, anna, path, "Accept-Encoding", accepts)
			tag := first.Header().Get("ETag")
			if first.Code != http.StatusOK || !strings.HasPrefix(tag, `"`) || first.Header().Get("Cache-Control") != "private, no-cache" {
				t.Errorf("%s: %d %v", path, first.Code, first.Header())
			}
			if vary := strings.Join(first.Header().Values("Vary"), ", "); !strings.Contains(vary, "Authorization") {
				t.Errorf("%s: vary %q", path, vary)
			}
			again := w.Get(t, anna, path, "If-None-Match", tag, "Accept-Encoding", accepts)
			if again.Code != http.StatusNotModified || again.Body.Len() > 0 || again.Header().Get("ETag") != tag {
				t.Errorf("%s again: %d %q %v", path, again.Code, again.Body, again.Header())
			}
		}
	}
	tag := w.Get(t, anna, "/api/gonets/home").Header().Get("ETag")
	w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "new@example.org"})
	if rec := w.Get(t, anna, "/api/gonets/home", "If-None-Match", tag); rec.Code != http.StatusOK {
		t.Errorf("after a change: %d", rec.Code)
	}
}

func TestHomeIsForAnybodyAndMineForWhoSignedIn(t *testing.T) {
	w := newFigures(t)
	w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "a@example.org"})
	for who, want := range map[string]string{
		anonymous: `{"mailings":0,"active_mailings":0,"unique_recipients":1}`,
		anna:      `{"mailings":0,"active_mailings":0,"unique_recipients":1,"mine":{"mailings":0,"active_mailings":0,"unique_recipients":1,"messages":0,"suppressions":0,"new_mailings":0,"new_recipients":1}}`,
		marta:     `{"mailings":0,"active_mailings":0,"unique_recipients":1,"mine":{"mailings":0,"active_mailings":0,"unique_recipients":0,"messages":0,"suppressions":0,"new_mailings":0,"new_recipients":0}}`,
	} {
		if got := w.Get(t, who, "/api/gonets/home").Body.String(); got != want {
			t.Errorf("%s: %s", who, got)
		}
	}
}

func TestTheInstanceTellsWhatIsNoSecret(t *testing.T) {
	w := newFigures(t)
	want := `{"name":"Gonets","registration":"open","demo":false,"mail":true,"address":"https://gonets.example","version":"dev"}`
	if got := w.Get(t, anonymous, "/api/gonets/instance").Body.String(); got != want {
		t.Errorf("got %s", got)
	}
}

func TestLongAnswersAreCompressed(t *testing.T) {
	w := newFigures(t)
	for range 10 {
		w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": unique("client%d@example.org")})
	}
	for _, path := range []string{"/api/gonets/statistics", "/api/gonets/statistics.csv?from=2026-01-01&to=2026-06-01", recordsOf("clients")} {
		plain := w.Get(t, anna, path)
		if got := hookstest.Unzipped(t, w.Get(t, anna, path, "Accept-Encoding", "gzip")); got != plain.Body.String() {
			t.Errorf("%s came out changed: %s", path, got)
		}
	}
	for name, rec := range map[string]http.Header{
		"a short answer":   w.Get(t, anna, "/api/gonets/home", "Accept-Encoding", "gzip").Header(),
		"an error":         w.Get(t, anonymous, "/api/gonets/statistics", "Accept-Encoding", "gzip").Header(),
		"a range":          w.Get(t, anna, recordsOf("clients"), "Accept-Encoding", "gzip", "Range", "bytes=0-9").Header(),
		"what is not ours": w.Get(t, superuser, "/api/collections", "Accept-Encoding", "gzip").Header(),
	} {
		if got := rec.Get("Content-Encoding"); got != "" {
			t.Errorf("%s is compressed", name)
		}
	}
}
