package notification

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/denial"
	"gonets/internal/endpoint"
)

// State is what became of an event: the values of webhook_events.state.
type State string

// The states.
const (
	Waiting   State = "waiting" // for its first or its next try
	Delivered State = "delivered"
	Failed    State = "failed" // and is not tried again by itself
)

// Answer is what came of one try.
type Answer struct {
	At       string `json:"at"`     // RFC 3339
	Status   int    `json:"status"` // of HTTP; 0 if there was no answer
	Text     string `json:"text"`   // the beginning of the answer
	Error    string `json:"error"`  // "" for success
	Duration int64  `json:"duration_ms"`
}

// AnswerOf is an answer as the log has it.
func AnswerOf(a endpoint.Answer, at time.Time) Answer {
	return Answer{At: at.UTC().Format(time.RFC3339), Status: a.Status, Text: a.Text, Error: a.Error, Duration: a.Duration.Milliseconds()}
}

// mostAnswers is how many answers of an event are kept: more than the tries of three days.
const mostAnswers = 20

// AddAnswer adds an answer to the column answers.
func AddAnswer(column string, a Answer) string {
	var all []Answer
	_ = json.Unmarshal([]byte(column), &all) // ours
	all = append(all, a)
	raw, err := json.Marshal(all[max(0, len(all)-mostAnswers):])
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	return string(raw)
}

// Body is what a webhook is sent.
func Body(kind Kind, at time.Time, data string) []byte {
	raw, err := json.Marshal(struct {
		Type      Kind            `json:"type"`
		Timestamp string          `json:"timestamp"`
		Data      json.RawMessage `json:"data"`
	}{kind, at.UTC().Format("2006-01-02T15:04:05.000Z"), json.RawMessage(data)})
	if err != nil {
		panic(err) // data is JSON that was written here
	}
	return raw
}

// Entry is an event in the log of a webhook.
type Entry struct {
	ID        int64           `json:"id" db:"id"`
	Message   string          `json:"message" db:"message"` // the header webhook-id
	Type      Kind            `json:"type" db:"type"`
	State     State           `json:"state" db:"state"`
	Tries     int             `json:"tries" db:"tries"`
	At        string          `json:"at" db:"-"`          // when it happened
	NextTryAt string          `json:"next_try_at" db:"-"` // "" if there is none, or it is tried as soon as possible
	Data      json.RawMessage `json:"data" db:"-"`
	Answers   json.RawMessage `json:"answers" db:"-"` // the last 20, the oldest first

	Milliseconds int64  `json:"-" db:"at"`
	Due          int64  `json:"-" db:"due"`
	DataText     string `json:"-" db:"data"`
	AnswersText  string `json:"-" db:"answers"`
}

// Page is a page of the log, the newest event first.
type Page struct {
	Items []Entry `json:"items"`
	// Next is the id from which the next page goes on; 0 if this is the last one.
	Next int64 `json:"next"`
	// Waiting is how many events wait.
	Waiting int `json:"waiting"`
}

// Log returns a page of the log of a webhook: events with ids below before (0: the newest), in one state ("": any).
func Log(ctx context.Context, app core.App, webhook string, state State, before int64, limit int) (Page, error) {
	p := Page{Items: []Entry{}}
	where := ``
	if before > 0 {
		where += ` AND id < {:before}`
	}
	if state != "" {
		where += ` AND state = {:state}`
	}
	// By idx_webhook_events_webhook; those that wait by idx_webhook_events_waiting.
	err := app.ConcurrentDB().NewQuery(`
		SELECT id, message, type, state, tries, at, due, data, answers FROM webhook_events
		WHERE webhook = {:webhook}` + where + ` ORDER BY id DESC LIMIT {:limit}`).WithContext(ctx).
		Bind(dbx.Params{"webhook": webhook, "before": before, "state": string(state), "limit": limit + 1}).All(&p.Items)
	if err != nil {
		return p, fmt.Errorf("read the log of webhook %s: %w", webhook, err)
	}
	if len(p.Items) > limit {
		p.Items = p.Items[:limit]
		p.Next = p.Items[limit-1].ID
	}
	for i := range p.Items {
		e := &p.Items[i]
		e.At = time.UnixMilli(e.Milliseconds).UTC().Format(time.RFC3339)
		if e.State == Waiting && e.Due > 0 {
			e.NextTryAt = time.UnixMilli(e.Due).UTC().Format(time.RFC3339)
		}
		e.Data, e.Answers = json.RawMessage(e.DataText), json.RawMessage(e.AnswersText)
	}
	// Triggers keep the number (migrations), which is looked at before each event that is written.
	err = app.ConcurrentDB().NewQuery(`SELECT COALESCE((SELECT waiting FROM webhook_waiting WHERE webhook = {:webhook}), 0)`).WithContext(ctx).
		Bind(dbx.Params{"webhook": webhook}).Row(&p.Waiting)
	if err != nil {
		return p, fmt.Errorf("read how many events wait for webhook %s: %w", webhook, err)
	}
	return p, nil
}

var (
	errNoEvent  = denial.New(http.StatusNotFound, "no_event", "event", "there is no such event; old ones are deleted")
	errInactive = denial.New(http.StatusConflict, "webhook_inactive", "active", "the webhook is switched off: switch it on first")
)

// Resend lets an event be tried again, from the beginning of the back-off. It fails with a *denial.Error.
func Resend(app core.App, webhook *core.Record, event string, now time.Time) error {
	if !webhook.GetBool("active") {
		return errInactive
	}
	res, err := app.NonconcurrentDB().NewQuery(`
		UPDATE webhook_events SET state = 'waiting', due = {:now}, first_try = 0, tries = 0 WHERE id = {:id} AND webhook = {:webhook}`).
		Bind(dbx.Params{"now": now.UnixMilli(), "id": event, "webhook": webhook.Id}).Execute()
	if err != nil {
		return fmt.Errorf("send event %s again: %w", event, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		if err != nil {
			return err
		}
		return errNoEvent
	}
	return nil
}

// AddTest adds a test that was sent, with what came of it, to the log.
func AddTest(app core.App, webhook, message, data string, a Answer, now time.Time) error {
	state := Delivered
	if a.Error != "" {
		state = Failed
	}
	_, err := app.NonconcurrentDB().NewQuery(`
		INSERT INTO webhook_events (message, webhook, type, subject, data, at, state, tries, first_try, due, answers)
		VALUES ({:message}, {:webhook}, {:type}, '', {:data}, {:now}, {:state}, 1, {:now}, {:now}, {:answers})`).
		Bind(dbx.Params{
			"message": message, "webhook": webhook, "type": string(Test), "data": data, "now": now.UnixMilli(), "state": string(state),
			"answers": AddAnswer("[]", a),
		}).Execute()
	if err != nil {
		return fmt.Errorf("log a test of webhook %s: %w", webhook, err)
	}
	return nil
}
