package feedback

import (
	"strings"
	"testing"

	"gonets/internal/arrival"
	"gonets/internal/mailing"
	"gonets/internal/results"
	"gonets/internal/stats"
)

func TestWhatIsReadOfBounces(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "plus")
	w.NewClients(5)
	id, mails := w.send()
	w.want(arrival.Booked, dsn(mails["person0@example0.com"], "5.1.1", "550 5.1.1 <person0@example0.com>: no such user"))
	w.want(arrival.Booked, dsn(mails["person1@example1.com"], "5.1.1", "550 5.1.1 <person1@example1.com>: no such user"))
	w.want(arrival.Booked, complaint(mails["person2@example2.com"]))

	t.Run("lists of recipients", func(t *testing.T) {
		for _, c := range []struct {
			query results.Query
			want  string
		}{
			{results.Query{State: mailing.Bounced}, "person0@example0.com bounced hard 550, person1@example1.com bounced hard 550"},
			{results.Query{State: mailing.Bounced, Search: "person1"}, "person1@example1.com bounced hard 550"},
			{results.Query{State: results.Complained}, "person2@example2.com sent complained 0"},
			{results.Query{State: results.Complained, Search: "person0"}, ""},
			{results.Query{State: mailing.Sent, Search: "person2"}, "person2@example2.com sent complained 250"},
		} {
			page, err := results.Recipients(t.Context(), w.App, id, c.query)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range page.Items {
				got = append(got, strings.Join([]string{r.Email, string(r.State), r.Reason, strings.TrimSpace(strings.Split(r.Response+" ", " ")[0])}, " "))
			}
			if page.TotalItems != len(page.Items) {
				t.Errorf("%+v: %d of %d", c.query, len(page.Items), page.TotalItems)
			}
			if c.query.State == results.Complained && len(page.Items) > 0 {
				if page.Items[0].At == "" || page.Items[0].Code != 0 {
					t.Errorf("%+v", page.Items[0])
				}
				got = []string{page.Items[0].Email + " sent complained 0"}
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("%+v: %q, want %q", c.query, got, c.want)
			}
		}
	})
	t.Run("answers", func(t *testing.T) {
		list, err := results.Answers(t.Context(), w.App, id)
		if err != nil {
			t.Fatal(err)
		}
		if len(list.Items) != 1 || list.Items[0] != (results.Answer{
			State: mailing.Bounced, Code: 550, EnhancedCode: "5.1.1", Text: "no such user", Reason: "hard", Recipients: 2,
		}) {
			t.Errorf("%+v", list.Items)
		}
	})
	t.Run("report", func(t *testing.T) {
		var b strings.Builder
		if err := results.Report(t.Context(), w.App, id, &b); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), "person0@example0.com,Person 0,bounced,hard,1,550,5.1.1,550 5.1.1 <person0@example0.com>: no such user,") ||
			!strings.Contains(b.String(), "person2@example2.com,Person 2,sent,complained,1,250,") {
			t.Error(b.String())
		}
	})
	t.Run("history of a client", func(t *testing.T) {
		for email, kind := range map[string]string{"person0@example0.com": "hard", "person2@example2.com": "complaint", "person3@example3.com": ""} {
			bounces, total, err := results.BouncesOf(t.Context(), w.App, w.ClientRecord(w.ClientOf(email)), results.HistoryQuery{Page: 1, PerPage: 10})
			if err != nil {
				t.Fatal(err)
			}
			if len(bounces) != total || (kind == "") != (total == 0) || total > 0 && (total != 1 || bounces[0].GetString("kind") != kind) {
				t.Errorf("%s: %v", email, bounces)
			}
		}
	})
	t.Run("statistics", func(t *testing.T) {
		service := stats.New(w.App)
		defer service.Close()
		s, err := service.Statistics(t.Context(), stats.Viewer{ID: w.Owner, Role: stats.Owner}, stats.Query{})
		if err != nil {
			t.Fatal(err)
		}
		if c := s.Totals; c.Sent != 5 || c.Attempts != 5 || c.Bounced != 2 || c.Complained != 1 {
			t.Errorf("%+v", c)
		}
		for _, d := range s.Domains {
			if want := map[string]int64{"example0.com": 1, "example1.com": 1}[d.Domain]; d.Bounced != want || d.Sent != 1 {
				t.Errorf("%+v", d)
			}
		}
		if len(s.Codes) != 2 || s.Codes[1].Code != 550 || s.Codes[1].Bounced != 2 || s.Codes[1].Attempts != 0 {
			t.Errorf("%+v", s.Codes)
		}
	})
}
