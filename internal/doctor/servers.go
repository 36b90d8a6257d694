package doctor

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/delivery"
	"gonets/internal/limit"
	"gonets/internal/mailing"
)

// States of a mail server, in the order in which they are looked at.
const (
	stateOff     = "off"     // nobody can send with it
	stateTrouble = "trouble" // its circuit breaker is open: mailings wait for it
	stateUsedUp  = "used_up" // its e-mails of this UTC day are used up
	stateOK      = "ok"
)

// Server is how a sender does now.
type Server struct {
	Sender string `json:"sender"` // an id, "" for PocketBase's own mail settings
	State  string `json:"state"`
	Queue  int    `json:"queue"` // recipients of running mailings that are left
	Used   int    `json:"used"`  // e-mails of this UTC day
	Limit  int    `json:"limit"` // of this UTC day, with the warm-up; 0 is none
	Day    int    `json:"day"`   // of its warm-up, 0 for the first
	// Connections are open now, and Trouble is why the circuit breaker is open, both as far as this process sends.
	Connections int             `json:"connections"`
	Trouble     *mailing.Reason `json:"trouble"`
	Answers     []Answer        `json:"answers,omitempty"`
}

// Answer is what a mail server said to an attempt.
type Answer struct {
	Sender       string `db:"sender" json:"-"`
	At           string `db:"created" json:"at"`
	Status       string `db:"status" json:"status"`
	Code         int    `db:"code" json:"code"`
	EnhancedCode string `db:"enhanced_code" json:"enhanced_code"`
	Response     string `db:"response" json:"response"`
}

const (
	// answersAmong is how many of the newest attempts are looked through for the last answers, and mostAnswers how many are told of
	// one server.
	answersAmong, mostAnswers = 500, 5
)

// Servers tells how all senders do, PocketBase's own mail settings first.
func Servers(ctx context.Context, app core.App, engine *delivery.Engine) ([]Server, error) {
	now := time.Now()
	var rows []struct {
		limit.SenderLimit
		ID    string `db:"id"`
		Off   bool   `db:"off"`
		Queue int    `db:"queue"`
	}
	// The counters of running mailings say how many recipients are left. Running ones are found by idx_mailings_status.
	err := app.ConcurrentDB().NewQuery(`
		SELECT s.id, s.off, s.daily_limit, s.warm_up_start, s.warm_up_growth,
			` + limit.UsedSQL("'sender'", "s.id") + ` AS used, ` + limit.FirstDaySQL + ` AS first,
			COALESCE((
				SELECT SUM(m.total - m.sent - m.failed - m.uncertain - m.skipped - m.bounced) FROM mailings m
				WHERE m.status = 'running' AND m.sender = s.id
			), 0) AS queue
		FROM (
			SELECT '' AS id, FALSE AS off, 0 AS daily_limit, 0 AS warm_up_start, 0 AS warm_up_growth, '' AS name
			UNION ALL SELECT id, off, daily_limit, warm_up_start, warm_up_growth, name FROM senders
		) s ORDER BY s.id <> '', s.name`).
		WithContext(ctx).Bind(dbx.Params{"day": limit.UTCDay(now), "before": limit.DayBefore(now)}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("read how the senders do: %w", err)
	}
	live := map[string]delivery.MailServer{}
	for _, s := range engine.Servers() {
		live[s.Sender] = s
	}
	servers := make([]Server, 0, len(rows))
	for i := range rows {
		row, l := &rows[i], live[rows[i].ID]
		s := Server{
			Sender: row.ID, State: stateOK, Queue: row.Queue, Used: row.Used, Limit: row.SenderLimit.Limit(now), Day: row.Day(now),
			Connections: l.Connections, Trouble: l.Trouble,
		}
		switch {
		case row.Off:
			s.State = stateOff
		case s.Trouble != nil:
			s.State = stateTrouble
		case s.Limit > 0 && s.Used >= s.Limit:
			s.State = stateUsedUp
		}
		servers = append(servers, s)
	}
	return servers, nil
}

// AddAnswers adds the last answers of each server, as far as they are among the newest attempts of the service.
func AddAnswers(ctx context.Context, app core.App, servers []Server) error {
	var answers []Answer
	// By idx_attempts_created.
	err := app.ConcurrentDB().NewQuery(`
		SELECT m.sender, a.created, a.status, a.code, a.enhanced_code, a.response
		FROM (SELECT * FROM attempts ORDER BY created DESC, id DESC LIMIT {:among}) a JOIN mailings m ON m.id = a.mailing
		ORDER BY a.created DESC, a.id DESC`).
		WithContext(ctx).Bind(dbx.Params{"among": answersAmong}).All(&answers)
	if err != nil {
		return fmt.Errorf("read the last answers of mail servers: %w", err)
	}
	for i := range servers {
		for _, a := range answers {
			if a.Sender == servers[i].Sender && len(servers[i].Answers) < mostAnswers {
				servers[i].Answers = append(servers[i].Answers, a)
			}
		}
	}
	return nil
}
