package results

import (
	"context"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/mailing"
)

// Choice is some of the recipients of a mailing who have not got their mail.
type Choice struct {
	Clients []string      // ids; none = not chosen by them
	Answer  *AnswerChoice // nil = not chosen by it
}

// AnswerChoice is what a mail server said to recipients. What is nil may be anything.
type AnswerChoice struct {
	Code         *int    `json:"code"`
	EnhancedCode *string `json:"enhanced_code"`
	Text         *string `json:"text"` // as Answer has it
	Reason       *string `json:"reason"`
}

// fits reports whether the last answer to a recipient is this one.
func (a *AnswerChoice) fits(r *Recipient) bool {
	return (a.Code == nil || *a.Code == r.Code) && (a.EnhancedCode == nil || *a.EnhancedCode == r.EnhancedCode) &&
		(a.Reason == nil || *a.Reason == r.Reason) && (a.Text == nil || *a.Text == textOf(r))
}

// Chosen returns the recipients of the choice in one of the states, by recipients.id. Of those who are chosen by an answer it
// looks at as many of a state as Answers does.
func Chosen(ctx context.Context, app core.App, id string, states []mailing.State, c Choice) ([]int64, error) {
	where, ids := "", []int64{}
	params := dbx.Params{"mailing": id, "bits": mailing.IDBits, "limit": lookedAt}
	if len(c.Clients) > 0 {
		where, params["clients"] = ` AND r.client IN (SELECT value FROM json_each({:clients}))`, database.JSONArray(c.Clients)
	}
	for _, state := range states {
		params["state"] = string(state)
		var rows []Recipient
		err := app.ConcurrentDB().NewQuery(recipientsSQL + rareFrom + ` AND r.state = {:state}` + where + ` LIMIT {:limit}`).
			WithContext(ctx).Bind(params).All(&rows)
		if err != nil {
			return nil, fmt.Errorf("choose %s recipients of mailing %s: %w", state, id, err)
		}
		if c.Answer != nil {
			if err := addAnswers(ctx, app, rows); err != nil {
				return nil, err
			}
		}
		for i := range rows {
			if c.Answer == nil || c.Answer.fits(&rows[i]) {
				ids = append(ids, rows[i].ID)
			}
		}
	}
	return ids, nil
}
