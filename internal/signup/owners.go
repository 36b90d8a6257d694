package signup

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/consent"
	"gonets/internal/database"
	"gonets/internal/denial"
	"gonets/internal/readertext"
	"gonets/internal/task"
)

// askPage is how many are asked to confirm in one step of AskPending.
const askPage = 20

// askAgain is when those are asked who could not be asked before because of a limit.
const askAgain = time.Hour

// AskPending is the work of consent.AskTask: it asks those to confirm who are pending on a list with double opt-in, each once in 30
// days. The stage 1 says that somebody is left for later.
func (s *Service) AskPending(app core.App, t task.Task, limit int) (task.Step, error) {
	var rows []struct {
		Client   string `db:"client"`
		Email    string `db:"email"`
		Language string `db:"language"`
	}
	now, page := time.Now(), min(limit, askPage)
	// By idx_subscriptions_list_client and idx_signups_email. Who is on the stop list is not mailed: an owner cannot take back what
	// a reader has decided.
	err := app.DB().NewQuery(`
		SELECT c.id AS client, c.email, COALESCE(NULLIF(c.language, ''), u.language) AS language
		FROM subscriptions s
		JOIN lists l ON l.id = s.list AND l.owner = s.owner AND l.double_opt_in
		JOIN clients c ON c.id = s.client
		JOIN users u ON u.id = s.owner
		WHERE s.list = {:list} AND s.owner = {:owner} AND s.client > {:cursor}
			AND s.status = 'pending' AND s.created > {:since} AND c.status = 'active'
			AND NOT EXISTS (
				SELECT 1 FROM signups g
				WHERE g.owner = s.owner AND g.email = c.email AND g.source = s.list AND g.mailed > 0 AND g.mailed <= {:day})
		ORDER BY s.client LIMIT {:page}`).
		Bind(dbx.Params{
			"list": t.Record, "owner": t.Owner, "cursor": t.Cursor, "since": database.Stamp(now.Add(-Lifetime)),
			"day": now.Add(-oncePer).UnixMilli(), "page": page,
		}).All(&rows)
	if err != nil {
		return task.Step{}, fmt.Errorf("look for who has to confirm list %s: %w", t.Record, err)
	}
	step := task.Step{Read: len(rows), Next: t.Position, Done: len(rows) < page}
	for _, r := range rows {
		p := Pending{
			ID: database.NewID(), Owner: t.Owner, Source: t.Record, Email: r.Email, Attributes: map[string]any{},
			Lists: []string{t.Record}, Language: readertext.For(r.Language, nil, "").Code,
		}
		later, err := s.ask(context.Background(), Form{Owner: t.Owner}, limits{p: &p, proven: true, now: now}, consent.By{})
		var refused *denial.Error
		switch {
		case errors.Is(err, ErrTooMany):
			return task.Step{Done: true, Again: askAgain}, nil
		case errors.As(err, &refused) && refused.Status < 500 && refused.Status != http.StatusTooManyRequests:
			app.Logger().Error("Those who were put on a list cannot be asked to confirm", "list", t.Record, "error", err)
			return task.Step{Done: true}, nil
		case err != nil:
			return task.Step{}, err
		case later:
			step.Next.Stage = 1
		}
		step.Next.Cursor = r.Client
	}
	if step.Done && step.Next.Stage == 1 {
		step.Again = askAgain
	}
	return step, nil
}
