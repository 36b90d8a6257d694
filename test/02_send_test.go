package e2e

import (
	"encoding/csv"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// fates are recipients whose mail server has something to say (outbox.DemoRules), and what must become of them.
var fates = []struct {
	email, state   string
	code           int
	enhanced, says string
	suppressed     bool // by the answer
}{
	{"bounce.ann@example.org", "failed", 550, "5.1.1", "No such user here", true},
	{"ben@nosuch.example", "failed", 550, "5.1.2", "Host or domain name not found", true},
	{"full.carl@example.org", "failed", 552, "5.2.2", "Mailbox full", false},
	{"policy.dora@example.org", "failed", 550, "5.7.1", "content not wanted here", false},
	{"uncertain.emil@example.org", "uncertain", 0, "", "", false},
	{"stopped.fay@example.org", "skipped", 0, "", "", false}, // on the stop list before
}

func Test02EveryRecipientOfAMailingHasAResult(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{Rules: outbox.DemoRules})
	owner := w.user("owner@gonets.example", "owner")
	const fine = 60
	w.addClients(owner, fine+len(fates), func(i int) string {
		if i < fine {
			return numbered(i)
		}
		return fates[i-fine].email
	})
	owner.post("/api/collections/suppressions/records", object{"kind": "address", "value": "stopped.fay@example.org", "reason": "manual"}).want(200)
	id := owner.mailing(owner.message(nil), nil)

	var launched struct {
		ID, Status string
		Total      int
	}
	owner.verb(id, "send", nil).want(202).into(&launched)
	if launched.ID != id || launched.Status != "running" || launched.Total != fine+len(fates) {
		t.Errorf("send answers %+v", launched)
	}
	owner.verb(id, "send", nil).want(409).problem()
	owner.reaches(id, "completed")

	b := w.balancedBooks(id)
	t.Run("recipients and attempts", func(t *testing.T) { checkFates(t, &b, fine) })
	t.Run("stop list", func(t *testing.T) { checkSuppressed(owner.in(t), id) })
	t.Run("figures", func(t *testing.T) { checkFigures(owner.in(t), &b) })
	t.Run("pages and report", func(t *testing.T) { checkPages(owner.in(t), &b) })
	t.Run("the mail itself", func(t *testing.T) { checkMailItself(w.in(t), owner.email) })
}

// checkFates compares each recipient and each attempt with what the mail server had to say.
func checkFates(t *testing.T, b *books, fine int) {
	tried := make(map[string]attempt)
	for _, a := range b.attempts {
		if _, twice := tried[a.Email]; twice {
			t.Errorf("%s was tried twice", a.Email)
		}
		tried[a.Email] = a
	}
	if len(tried) != fine+len(fates)-1 {
		t.Errorf("%d recipients were tried, want all but the suppressed one", len(tried))
	}
	for i := range fine {
		r, a := b.recipients[numbered(i)], tried[numbered(i)]
		if r.State != "sent" || r.Code != 250 || r.Enhanced != "2.0.0" || !strings.Contains(r.Response, "queued as") || r.At == "" {
			t.Fatalf("recipient %+v", r)
		}
		if a.Status != "success" || a.Code != 250 || a.Enhanced != "2.0.0" || !strings.HasPrefix(a.Response, "250 2.0.0 OK queued as ") || a.Try != 1 {
			t.Fatalf("attempt %+v", a)
		}
	}
	for _, f := range fates {
		r, a := b.recipients[f.email], tried[f.email]
		if r.State != f.state || r.Code != f.code || r.Enhanced != f.enhanced || !strings.Contains(r.Response, f.says) {
			t.Errorf("recipient %+v, want %+v", r, f)
		}
		if want := map[string]string{"failed": "failure", "uncertain": "uncertain"}[f.state]; a.Status != want || a.Code != f.code {
			t.Errorf("attempt %+v, want %s %d", a, want, f.code)
		}
	}
}

// checkSuppressed compares the stop list and the clients with the answers that mean "never again".
func checkSuppressed(owner *client, mailing string) {
	for _, f := range fates {
		var stops struct {
			Items []struct{ Reason, Mailing string }
		}
		owner.get("/api/collections/suppressions/records?filter=" + url.QueryEscape(`kind="address" && value="`+f.email+`"`)).want(200).into(&stops)
		var clients struct{ Items []struct{ Status string } }
		owner.get("/api/collections/clients/records?filter=" + url.QueryEscape(`email="`+f.email+`"`)).want(200).into(&clients)
		switch {
		case f.suppressed && (len(stops.Items) != 1 || stops.Items[0].Reason != "bounced" || stops.Items[0].Mailing != mailing):
			owner.t.Errorf("%s is on the stop list as %+v", f.email, stops.Items)
		case f.suppressed && clients.Items[0].Status != "bounced":
			owner.t.Errorf("the client %s is %s, want bounced", f.email, clients.Items[0].Status)
		case !f.suppressed && f.state == "failed" && (len(stops.Items) > 0 || clients.Items[0].Status != "active"):
			owner.t.Errorf("%s is suppressed by %s: %+v, %s", f.email, f.enhanced, stops.Items, clients.Items[0].Status)
		}
	}
}

// figures are the counts of statistics.
type figures struct{ Attempts, Success, Failure, Sent int }

// checkFigures compares home and statistics with the books.
func checkFigures(owner *client, b *books) {
	owner.t.Helper()
	m := b.mailing
	want := figures{Attempts: len(b.attempts), Success: m.Sent, Failure: m.Failed, Sent: m.Sent}
	var answer struct {
		Totals  figures
		Days    []figures
		Domains []figures
		Codes   []figures
	}
	sum := func(parts []figures) (all figures) {
		for _, p := range parts {
			all = figures{all.Attempts + p.Attempts, all.Success + p.Success, all.Failure + p.Failure, all.Sent + p.Sent}
		}
		return all
	}
	for _, query := range []string{"", "?mailing=" + m.ID, "?tz=Asia/Vladivostok", "?owner=" + owner.id} {
		owner.get("/api/gonets/statistics" + query).want(200).into(&answer)
		for name, got := range map[string]figures{
			"totals": answer.Totals, "days": sum(answer.Days), "domains": sum(answer.Domains), "codes": sum(answer.Codes),
		} {
			if got != want {
				owner.t.Errorf("statistics%s: %s are %+v, want %+v", query, name, got, want)
			}
		}
	}
	type tally struct {
		Mailings, ActiveMailings, UniqueRecipients int
	}
	var home struct {
		Mailings         int            `json:"mailings"`
		ActiveMailings   int            `json:"active_mailings"`
		UniqueRecipients int            `json:"unique_recipients"`
		Mine             map[string]int `json:"mine"`
	}
	owner.get("/api/gonets/home").want(200).into(&home)
	mine := tally{home.Mine["mailings"], home.Mine["active_mailings"], home.Mine["unique_recipients"]}
	if got, want := (tally{home.Mailings, home.ActiveMailings, home.UniqueRecipients}), (tally{1, 0, m.Total}); got != want || mine != want {
		owner.t.Errorf("home says %+v and mine %+v, want %+v", got, mine, want)
	}
}

// checkPages compares what the recipients' route finds, and the report, with the books.
func checkPages(owner *client, b *books) {
	id := b.mailing.ID
	find := func(query string) []string {
		var page recipientPage
		owner.get("/api/gonets/mailings/" + id + "/recipients?perPage=100&" + query).want(200).into(&page)
		var found []string
		for _, r := range page.Items {
			found = append(found, r.Email)
		}
		slices.Sort(found)
		if page.TotalItems != len(found) {
			owner.t.Errorf("%s: totalItems %d, items %d", query, page.TotalItems, len(found))
		}
		return found
	}
	for state, n := range b.states {
		if found := find("state=" + state); len(found) != n {
			owner.t.Errorf("%d recipients are found as %s, want %d", len(found), state, n)
		}
	}
	if found := find("search=DORA"); !reflect.DeepEqual(found, []string{"policy.dora@example.org"}) {
		owner.t.Errorf("a search for DORA finds %q", found)
	}
	owner.get("/api/gonets/mailings/" + id + "/recipients?state=nonsense").want(400).problem()
	var page recipientPage
	owner.get("/api/gonets/mailings/" + id + "/recipients?page=2&perPage=7").want(200).into(&page)
	if page.Page != 2 || page.PerPage != 7 || len(page.Items) != 7 || page.TotalItems != b.mailing.Total {
		owner.t.Errorf("page 2 of 7 is %d of %d with %d of %d", page.Page, page.PerPage, len(page.Items), page.TotalItems)
	}

	report := owner.get("/api/gonets/mailings/" + id + "/report.csv").want(200)
	if kind := report.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/csv") {
		owner.t.Errorf("the report is %q", kind)
	}
	checkReport(owner.t, string(report.body), b)
}

// checkReport compares a report with the recipients: who is in it, and each one's state and answer.
func checkReport(t *testing.T, report string, b *books) {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(report, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := make(map[string]int)
	for i, name := range lines[0] {
		column[name] = i
	}
	for _, name := range []string{"client", "email", "state", "tries", "code", "enhanced_code", "response", "at"} {
		if _, has := column[name]; !has {
			t.Fatalf("the report has no column %q, only %q", name, lines[0])
		}
	}
	reported := make(map[string]bool)
	for _, line := range lines[1:] {
		email := line[column["email"]]
		r, known := b.recipients[email]
		if !known || reported[email] || line[column["state"]] != r.State || line[column["response"]] != r.Response {
			t.Errorf("the report says %q, the recipient is %+v", line, r)
		}
		reported[email] = true
	}
	if len(reported) != len(b.recipients) {
		t.Errorf("the report has %d recipients, want %d", len(reported), len(b.recipients))
	}
}

// checkMailItself looks into one mail of the mailing.
func checkMailItself(w *world, owner string) {
	mail := w.mails(numbered(7), 1)
	if mail.Subject != "News for Client 7" || !strings.Contains(mail.HTML, "Hello Client 7") || !strings.Contains(mail.Text, "Hello Client 7") {
		w.t.Errorf("the mail is not written for its recipient: %q\n%s\n%s", mail.Subject, mail.HTML, mail.Text)
	}
	if id := field(mail, "Message-Id"); !strings.HasSuffix(strings.Trim(id, "<>"), "@gonets.example") {
		w.t.Errorf("Message-ID %q is not on the domain of the From address", id)
	}
	link := field(mail, "List-Unsubscribe")
	// One click is promised beside https only (RFC 8058 § 3.1), and this instance has none.
	if !strings.HasPrefix(link, "<"+w.nobody.base+"/u/") || field(mail, "List-Unsubscribe-Post") != "" {
		w.t.Errorf("List-Unsubscribe %q, List-Unsubscribe-Post %q", link, field(mail, "List-Unsubscribe-Post"))
	}
	if !strings.Contains(mail.HTML, strings.Trim(link, "<>")) {
		w.t.Errorf("the mail's body does not have its unsubscribe link %s", link)
	}
	for _, name := range []string{"Date", "List-Id", "Mime-Version", "From", "To"} {
		if field(mail, name) == "" {
			w.t.Errorf("the mail has no %s", name)
		}
	}
	if strings.Contains(mail.Source, owner) {
		w.t.Errorf("the mail tells the owner's address")
	}
}
