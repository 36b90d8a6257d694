package results

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/excerpt"
	"gonets/internal/mailing"
)

// Answer is what a mail server said to several recipients of a mailing, or what came back of their mails: the same but for
// addresses and numbers.
type Answer struct {
	State        mailing.State `json:"state"` // of the recipients: failed, bounced, deferred or uncertain
	Code         int           `json:"code"`  // 0 when no server said anything
	EnhancedCode string        `json:"enhanced_code"`
	Text         string        `json:"text"`   // without codes, with … for what differs; "" when nothing was said
	Reason       string        `json:"reason"` // why the recipients are in that state, a word
	Recipients   int           `json:"recipients"`
}

// AnswerList are the answers of a mailing to those who have not got their mail, the commonest first.
type AnswerList struct {
	Items []Answer `json:"items"`
	// Capped is true when a state has more recipients than were looked at.
	Capped bool `json:"capped"`
}

const (
	// lookedAt is how many recipients of a state are looked at: a fifth of a second, and enough to know
	// what is the matter.
	lookedAt = 10_000
	// maxAnswers is how many answers are told, the commonest.
	maxAnswers = 50
)

// Answers groups the last answers to the recipients of a mailing who failed, bounced, were deferred or are uncertain.
func Answers(ctx context.Context, app core.App, id string) (AnswerList, error) {
	a := AnswerList{Items: []Answer{}}
	groups := map[Answer]int{}
	for _, state := range []mailing.State{mailing.Failed, mailing.Bounced, mailing.Deferred, mailing.Uncertain} {
		var rows []Recipient
		err := app.ConcurrentDB().NewQuery(recipientsSQL + rareFrom + ` AND r.state = {:state} LIMIT {:limit}`).
			WithContext(ctx).Bind(dbx.Params{"mailing": id, "bits": mailing.IDBits, "state": string(state), "limit": lookedAt}).All(&rows)
		if err != nil {
			return a, fmt.Errorf("list the %s recipients of mailing %s: %w", state, id, err)
		}
		if err := addAnswers(ctx, app, rows); err != nil {
			return a, err
		}
		a.Capped = a.Capped || len(rows) == lookedAt
		for _, r := range rows {
			groups[Answer{State: state, Code: r.Code, EnhancedCode: r.EnhancedCode, Text: textOf(&r), Reason: r.Reason}]++
		}
	}
	for group, n := range groups {
		group.Recipients = n
		a.Items = append(a.Items, group)
	}
	slices.SortFunc(a.Items, func(a, b Answer) int {
		return cmp.Or(cmp.Compare(b.Recipients, a.Recipients), cmp.Compare(a.State, b.State), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Text, b.Text))
	})
	a.Items = a.Items[:min(len(a.Items), maxAnswers)]
	return a, nil
}

var (
	// someAddress is an address as servers repeat it.
	someAddress = regexp.MustCompile(`<?[^\s<>"'()]+@[^\s<>"'()]+>?`)
	// someNumber is a queue id, a time, a ticket: long, with a digit. IP addresses and host names stay.
	someNumber = regexp.MustCompile(`\b(?:[0-9]{6,}|[0-9A-Za-z]*[0-9][0-9A-Za-z]{7,}|[0-9A-Za-z]{7,}[0-9][0-9A-Za-z]*)\b`)
)

// textOf is what the server said to a recipient without what it says to no other.
func textOf(r *Recipient) string {
	text := excerpt.OneLine(r.Response)
	if r.Code > 0 {
		code := fmt.Sprint(r.Code)
		text = strings.TrimLeft(strings.TrimPrefix(text, code), " -")
		if r.EnhancedCode != "" {
			text = strings.TrimSpace(strings.TrimPrefix(text, r.EnhancedCode))
			for _, mark := range []string{"-", " "} { // further lines
				text = strings.ReplaceAll(text, " "+code+mark+r.EnhancedCode+" ", " ")
			}
		}
	}
	text = someNumber.ReplaceAllString(someAddress.ReplaceAllString(text, "…"), "…")
	return strings.TrimSpace(strings.TrimPrefix(text, "…:")) // Postfix begins with whom it is about
}
