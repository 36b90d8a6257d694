package transactional

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/deadline"
	"gonets/internal/denial"
	"gonets/internal/mailing"
)

// Line is a call in a list.
type Line struct {
	ID         string `db:"id" json:"id"`
	Owner      string `db:"owner" json:"owner"`
	Sender     string `db:"sender" json:"sender"` // "" = PocketBase's own mail settings
	Source     Source `db:"source" json:"source"`
	Subject    string `db:"subject" json:"subject"` // a template
	FromEmail  string `db:"from_email" json:"from_email"`
	Email      string `db:"-" json:"email"` // of the first recipient
	Total      int    `db:"total" json:"total"`
	Waiting    int    `db:"waiting" json:"waiting"` // recipients without a final state
	Created    string `db:"created" json:"created"`
	FinishedAt string `db:"finished" json:"finished_at"` // "" while somebody waits
	// States counts the recipients by state.
	States map[mailing.State]int `db:"-" json:"states"`

	No        int64  `db:"no" json:"-"`
	Addresses string `db:"addresses" json:"-"`
}

const lineColumns = `t.id, t.owner, t.sender, t.source, t.subject, t.from_email, t.total, t.waiting, t.created, t.finished, t.no, t.addresses`

// Query chooses a page of calls, the newest first.
type Query struct {
	Owner     string // "" is all
	Search    string // in addresses and subject
	Before    string // id of the call that the page begins after; "" is the first page
	Page      int    // from 1, beside Before
	PerPage   int
	SkipTotal bool
}

// Page is a page of calls, in PocketBase's shape.
type Page struct {
	Page       int     `json:"page"`
	PerPage    int     `json:"perPage"`
	TotalItems int     `json:"totalItems"` // -1 when it was not asked for
	TotalPages int     `json:"totalPages"`
	Items      []*Line `json:"items"`
}

const (
	usualPerPage = 30
	mostPerPage  = 200
)

// List lists calls. It fails with a *denial.Error for a search that is too long, or takes too long.
func List(ctx context.Context, app core.App, q Query) (Page, error) {
	p := Page{Page: max(1, q.Page), PerPage: q.PerPage, TotalItems: -1, TotalPages: -1, Items: []*Line{}}
	if p.PerPage <= 0 {
		p.PerPage = usualPerPage
	}
	p.PerPage = min(p.PerPage, mostPerPage)
	where, params := `TRUE`, dbx.Params{"limit": p.PerPage, "skip": (p.Page - 1) * p.PerPage}
	if q.Owner != "" { // by idx_transactional_owner
		where += ` AND t.owner = {:owner}`
		params["owner"] = q.Owner
	}
	if search := strings.TrimSpace(q.Search); search != "" {
		if database.PatternTooLong(search) {
			return p, denial.BadRequest("too_long", "search", "a text to search for has at most %d characters", database.MaxPattern)
		}
		where += ` AND (t.addresses LIKE {:search} ESCAPE '\' OR t.subject LIKE {:search} ESCAPE '\')`
		params["search"] = database.Containing(search)
	}
	count := where
	if q.Before != "" {
		where += ` AND t.no < COALESCE((SELECT no FROM transactional WHERE id = {:before}), 0)`
		params["before"] = q.Before
	}
	err := deadline.Run(ctx, app, func(ctx context.Context) error {
		db := app.ConcurrentDB()
		err := db.NewQuery(deadline.WholeSQL(`SELECT ` + lineColumns + ` FROM transactional t WHERE ` + where + ` ORDER BY t.no DESC LIMIT {:limit} OFFSET {:skip}`)).
			WithContext(ctx).Bind(params).All(&p.Items)
		if err != nil || q.SkipTotal {
			return err
		}
		if err := db.NewQuery(`SELECT COUNT(*) FROM transactional t WHERE ` + count).WithContext(ctx).Bind(params).Row(&p.TotalItems); err != nil {
			return err
		}
		p.TotalPages = (p.TotalItems + p.PerPage - 1) / p.PerPage
		return nil
	})
	if errors.Is(err, deadline.ErrPassed) {
		return p, denial.BadRequest("search_too_slow", "search", "the search takes too long: make it simpler, or search for a whole address")
	}
	if err != nil {
		return p, fmt.Errorf("list calls: %w", err)
	}
	return p, addStates(ctx, app, p.Items)
}

// addStates counts the recipients of calls by state.
func addStates(ctx context.Context, app core.App, lines []*Line) error {
	byNo, nos := map[int64]*Line{}, []byte{'['}
	for _, l := range lines {
		byNo[l.No], l.States = l, map[mailing.State]int{}
		l.Email, _, _ = strings.Cut(l.Addresses, " ")
		nos = append(fmt.Appendf(nos, "%d", l.No), ',')
	}
	var counts []struct {
		No    int64         `db:"no"`
		State mailing.State `db:"state"`
		N     int           `db:"n"`
	}
	// By primary key: the recipients of a call lie side by side.
	err := app.ConcurrentDB().NewQuery(`
		SELECT t.no, r.state, COUNT(*) AS n
		FROM json_each({:nos}) j CROSS JOIN transactional t ON t.no = j.value
		CROSS JOIN recipients r ON r.id > t.no << {:bits} AND r.id <= (t.no << {:bits}) + t.total
		GROUP BY t.no, r.state`).
		WithContext(ctx).Bind(dbx.Params{"nos": database.CloseArray(nos), "bits": mailing.IDBits}).All(&counts)
	if err != nil {
		return fmt.Errorf("count the recipients of calls: %w", err)
	}
	for _, c := range counts {
		byNo[c.No].States[c.State] = c.N
	}
	return nil
}

// History is all that is known of a call.
type History struct {
	Line
	// WaitingReason is what it waits for, while it does; nil when it goes out.
	WaitingReason *mailing.Reason `json:"waiting_reason"`
	Recipients    []RecipientLine `json:"recipients"`
}

// RecipientLine is what became of one e-mail.
type RecipientLine struct {
	ID        string        `db:"-" json:"id"`
	Email     string        `db:"email" json:"email"`
	FullName  string        `db:"full_name" json:"full_name"` // "" when it was not given, or the content has been removed
	State     mailing.State `db:"state" json:"state"`
	Reason    string        `db:"reason" json:"reason"`
	Tries     int           `db:"tries" json:"tries"`
	NextTryAt string        `db:"-" json:"next_try_at"` // "" when there is none
	Attempts  []Attempt     `db:"-" json:"attempts"`
	Bounces   []Bounce      `db:"-" json:"bounces"`

	Key  int64 `db:"id" json:"-"`
	Next int64 `db:"next_try_at" json:"-"`
}

// Attempt is one try, with the answer of the mail server.
type Attempt struct {
	Email        string `db:"email" json:"-"`
	Try          int    `db:"try" json:"try"`
	Status       string `db:"status" json:"status"`
	Code         int    `db:"code" json:"code"`
	EnhancedCode string `db:"enhanced_code" json:"enhanced_code"`
	Response     string `db:"response" json:"response"`
	DurationMS   int    `db:"duration_ms" json:"duration_ms"`
	Created      string `db:"created" json:"created"`
}

// Bounce is what came back.
type Bounce struct {
	Email        string `db:"email" json:"-"`
	Kind         string `db:"kind" json:"kind"`
	Code         int    `db:"code" json:"code"`
	EnhancedCode string `db:"enhanced_code" json:"enhanced_code"`
	Diagnostic   string `db:"diagnostic" json:"diagnostic"`
	Created      string `db:"created" json:"created"`
}

// ErrNone is the error of a call that does not exist.
var ErrNone = errors.New("there is no such call")

// Find reads a call. It fails with ErrNone.
func Find(ctx context.Context, app core.App, id string) (*History, error) {
	db := app.ConcurrentDB()
	var h History
	err := db.NewQuery(`SELECT ` + lineColumns + ` FROM transactional t WHERE t.id = {:id}`).
		WithContext(ctx).Bind(dbx.Params{"id": id}).One(&h.Line)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("read call %s: %w", id, err)
	}
	if err := addStates(ctx, app, []*Line{&h.Line}); err != nil {
		return nil, err
	}
	var attempts []Attempt
	var bounces []Bounce
	reason := []string{}
	params := dbx.Params{"id": id, "first": h.No << mailing.IDBits, "total": h.Total, "owner": h.Owner, "sender": h.Sender}
	for _, read := range []struct {
		rows  any
		query string
	}{
		{&h.Recipients, `
			SELECT r.id, r.email, r.state, r.reason, r.tries, r.next_try_at, COALESCE(d.full_name, '') AS full_name
			FROM recipients r LEFT JOIN transactional_data d ON d.recipient = r.id
			WHERE r.id > {:first} AND r.id <= {:first} + {:total} ORDER BY r.id`},
		// By idx_attempts_mailing_status and idx_bounces_mailing_kind.
		{&attempts, `
			SELECT email, try, status, code, enhanced_code, response, duration_ms, created
			FROM attempts WHERE mailing = {:id} AND owner = {:owner} ORDER BY id`},
		{&bounces, `
			SELECT email, kind, code, enhanced_code, diagnostic, created
			FROM bounces WHERE mailing = {:id} AND owner = {:owner} ORDER BY created, id`},
	} {
		if err := db.NewQuery(read.query).WithContext(ctx).Bind(params).All(read.rows); err != nil {
			return nil, fmt.Errorf("read the history of call %s: %w", id, err)
		}
	}
	if h.Waiting > 0 {
		err := db.NewQuery(`SELECT waiting_reason FROM transactional_flows WHERE owner = {:owner} AND sender = {:sender} AND waiting_reason <> ''`).
			WithContext(ctx).Bind(params).Column(&reason)
		if err == nil && len(reason) > 0 {
			err = json.Unmarshal([]byte(reason[0]), &h.WaitingReason)
		}
		if err != nil {
			return nil, fmt.Errorf("read what call %s waits for: %w", id, err)
		}
	}
	h.join(attempts, bounces)
	return &h, nil
}

// join gives each recipient its attempts and bounces.
func (h *History) join(attempts []Attempt, bounces []Bounce) {
	by := map[string]*RecipientLine{}
	for i := range h.Recipients {
		r := &h.Recipients[i]
		r.ID, r.Attempts, r.Bounces = mailing.AttemptID(r.Key, 0), []Attempt{}, []Bounce{}
		if r.Next > 0 {
			r.NextTryAt = database.Stamp(time.UnixMilli(r.Next))
		}
		by[r.Email] = r
	}
	for _, a := range attempts {
		if r := by[a.Email]; r != nil {
			r.Attempts = append(r.Attempts, a)
		}
	}
	for _, b := range bounces {
		if r := by[b.Email]; r != nil {
			r.Bounces = append(r.Bounces, b)
		}
	}
}
