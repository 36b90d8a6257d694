package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// recipient is one line of a mailing's recipients.
type recipient struct {
	Client    string `json:"client"`
	Email     string `json:"email"`
	State     string `json:"state"`
	Tries     int    `json:"tries"`
	NextTryAt string `json:"next_try_at"`
	Code      int    `json:"code"`
	Enhanced  string `json:"enhanced_code"`
	Response  string `json:"response"`
	Reason    string `json:"reason"`
	At        string `json:"at"`
}

// recipientPage is a page of recipients.
type recipientPage struct {
	Page       int         `json:"page"`
	PerPage    int         `json:"perPage"`
	TotalItems int         `json:"totalItems"`
	Items      []recipient `json:"items"`
}

// recipients reads all of a mailing's recipients, page after page, by address.
func (c *client) recipients(mailing string) map[string]recipient {
	c.t.Helper()
	all := make(map[string]recipient)
	for page, read := 1, 0; ; page++ {
		var answer recipientPage
		c.get(fmt.Sprintf("/api/gonets/mailings/%s/recipients?page=%d&perPage=500", mailing, page)).want(200).into(&answer)
		for _, r := range answer.Items {
			if _, twice := all[r.Email]; twice {
				c.t.Fatalf("%s is a recipient twice", r.Email)
			}
			all[r.Email] = r
		}
		read += len(answer.Items)
		if read >= answer.TotalItems {
			return all
		}
		if len(answer.Items) == 0 {
			c.t.Fatalf("page %d of the recipients is empty after %d of %d", page, read, answer.TotalItems)
		}
	}
}

// attempt is one line of the log of attempts.
type attempt struct {
	Email    string `json:"email"`
	Status   string `json:"status"`
	Code     int    `json:"code"`
	Enhanced string `json:"enhanced_code"`
	Response string `json:"response"`
	Try      int    `json:"try"`
}

// attempts reads the log of one mailing, page after page.
func (c *client) attempts(mailing string) []attempt {
	c.t.Helper()
	var all []attempt
	for page := 1; ; page++ {
		const perPage = 500
		var answer struct{ Items []attempt }
		c.get(fmt.Sprintf("/api/collections/attempts/records?filter=%s&sort=created,id&skipTotal=1&page=%d&perPage=%d",
			"mailing%3D%22"+mailing+"%22", page, perPage)).want(200).into(&answer)
		all = append(all, answer.Items...)
		if len(answer.Items) < perPage {
			return all
		}
	}
}

// books are all that Gonets says of one mailing that is at rest.
type books struct {
	mailing    mailing
	recipients map[string]recipient
	states     map[string]int
	attempts   []attempt
}

// balancedBooks reads the books of a mailing that has no one in flight and fails the test unless counters,
// recipients, attempts and what the mail server has seen agree.
func (w *world) balancedBooks(id string) books {
	w.t.Helper()
	b := books{mailing: w.root.read(id), recipients: w.root.recipients(id), states: make(map[string]int), attempts: w.root.attempts(id)}
	for _, r := range b.recipients {
		b.states[r.State]++
	}
	b.checkCounters(w.t)
	b.checkAttempts(w.t)
	b.checkMail(w)
	return b
}

// checkCounters compares the mailing's counters with its recipients.
func (b *books) checkCounters(t *testing.T) {
	t.Helper()
	m := b.mailing
	for _, counter := range []struct {
		name string
		says int
		are  int
	}{
		{"total", m.Total, len(b.recipients)},
		{"sent", m.Sent, b.states["sent"]},
		{"failed", m.Failed, b.states["failed"]},
		{"uncertain", m.Uncertain, b.states["uncertain"]},
		{"skipped", m.Skipped, b.states["skipped"]},
		{"deferred", m.Deferred, b.states["deferred"]},
		{"bounced", m.Bounced, b.states["bounced"]},
	} {
		if counter.says != counter.are {
			t.Errorf("the mailing says %s %d, its recipients are %d", counter.name, counter.says, counter.are)
		}
	}
	left := b.states["pending"] + b.states["sending"] + b.states["deferred"]
	if m.Total != m.Sent+m.Failed+m.Uncertain+m.Skipped+m.Bounced+left {
		t.Errorf("total %d = sent %d + failed %d + uncertain %d + skipped %d + bounced %d + left %d does not add up",
			m.Total, m.Sent, m.Failed, m.Uncertain, m.Skipped, m.Bounced, left)
	}
	if m.Status == "completed" && left > 0 {
		t.Errorf("completed, but %d recipients are left", left)
	}
}

// checkAttempts compares the log with the recipients: each recipient's last attempt says its state.
func (b *books) checkAttempts(t *testing.T) {
	t.Helper()
	last := make(map[string]attempt)
	tries := make(map[string]int)
	for _, a := range b.attempts {
		if a.Try >= last[a.Email].Try {
			last[a.Email] = a
		}
		tries[a.Email]++
	}
	means := map[string]string{"sent": "success", "failed": "failure", "uncertain": "uncertain", "deferred": "failure"}
	for email, r := range b.recipients {
		want, tried := means[r.State]
		switch {
		case r.Reason == "accepted" && last[email].Status == "uncertain": // taken as sent by its owner
		case tried && last[email].Status != want:
			t.Errorf("%s is %s, but the last attempt says %q", email, r.State, last[email].Status)
		case tried && tries[email] != r.Tries:
			t.Errorf("%s has %d tries, but %d attempts", email, r.Tries, tries[email])
		case tried && strings.TrimSpace(r.Response) == "" && r.State != "uncertain":
			t.Errorf("%s is %s without the server's answer", email, r.State)
		}
	}
}

// checkMail compares the recipients with what the mail server has seen, which must be this mailing's mail only:
// who is sent got one mail, who is uncertain one or none, everyone else none.
func (b *books) checkMail(w *world) {
	w.t.Helper()
	counts := w.outbox.Counts()
	var wrong []string
	for email, r := range b.recipients {
		got := counts[email]
		delete(counts, email)
		switch r.State {
		case "sent", "bounced":
			if got == 1 {
				continue
			}
		case "uncertain":
			if got <= 1 {
				continue
			}
		default:
			if got == 0 {
				continue
			}
		}
		wrong = append(wrong, fmt.Sprintf("%s is %s and got %d mails", email, r.State, got))
	}
	for email, got := range counts {
		wrong = append(wrong, fmt.Sprintf("%s is no recipient and got %d mails", email, got))
	}
	for id, times := range w.outbox.MessageIDs() {
		if times > 1 {
			wrong = append(wrong, fmt.Sprintf("Message-ID %s came %d times", id, times))
		}
	}
	if len(wrong) > 0 {
		w.t.Errorf("%d disagreements with the mail server, among them:\n%s", len(wrong), strings.Join(wrong[:min(10, len(wrong))], "\n"))
	}
}
