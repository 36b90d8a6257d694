package clientfile

import (
	"context"
	"fmt"
	"io"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/clientrow"
	"gonets/internal/excerpt"
)

// MaxUpsert is how many clients one call of Upsert takes.
const MaxUpsert = 1000

// upsertBatch is how many of them one transaction writes: it holds the write lock for some milliseconds.
const upsertBatch = 250

// Became is what became of a row.
type Became string

// What a row may become.
const (
	Added     Became = "added"
	Changed   Became = "changed"
	Unchanged Became = "unchanged" // the second row of an address too
	Invalid   Became = "invalid"
)

// outcome is what became of a row that was compared with the database.
type outcome struct {
	line       int
	client     string // its id
	became     Became
	suppressed bool
}

// UpsertRow is what became of one client of an Upsert.
type UpsertRow struct {
	ID         string          `json:"id" doc:"Of the client; empty if the row is invalid or a duplicate"`
	Email      string          `json:"email" doc:"As it is stored; of an invalid row as it was given, shortened"`
	Result     Became          `json:"result"`
	Suppressed bool            `json:"suppressed" doc:"The address is on the stop list: the client gets no mail"`
	Problems   []UpsertProblem `json:"problems" doc:"What is wrong with an invalid row, or odd about one that was taken"`
}

// UpsertProblem is something that is wrong with a client, with the codes of imports.
type UpsertProblem struct {
	Code   string `json:"code"`
	Value  string `json:"value"`
	Detail string `json:"detail" doc:"The same in English"`
}

// Upserted is what Upsert did: counts, and what became of each client, in the order in which they were given.
type Upserted struct {
	Added      int         `json:"added"`
	Changed    int         `json:"changed"`
	Unchanged  int         `json:"unchanged"`
	Invalid    int         `json:"invalid"`
	Suppressed int         `json:"suppressed"`
	Items      []UpsertRow `json:"items"`
}

// Upsert adds clients of an owner, or changes those who exist already, as an import of a file with the same rows does, and puts all
// of them on the lists, which are the owner's. Nothing is kept for Undo. Another call with the same clients changes nothing. After an error those of earlier
// transactions stay.
func Upsert(ctx context.Context, app core.App, owner string, conflict Conflict, lists []string, clients []clientrow.Fields) (Upserted, error) {
	done := Upserted{Items: make([]UpsertRow, len(clients))}
	limits, err := clientrow.LimitsOf(app)
	if err != nil {
		return done, err
	}
	i := newImporting(app, "", ImportOptions{Owner: owner, Conflict: conflict}, io.Discard)
	i.limits, i.joined = limits, lists
	i.heard = func(p clientrow.Problem) {
		row := &done.Items[p.Line]
		row.Problems = append(row.Problems, UpsertProblem{p.Code, p.Value, p.Detail})
	}
	i.tell = func(o outcome) {
		row := &done.Items[o.line]
		row.ID, row.Result, row.Suppressed = o.client, o.became, o.suppressed
	}
	for n, fields := range clients {
		row, problem := clientrow.Of(n, fields, limits)
		done.Items[n] = UpsertRow{Email: row.Email, Result: Unchanged, Problems: []UpsertProblem{}}
		if problem != nil {
			done.Items[n].Email, done.Items[n].Result = excerpt.Of(excerpt.OneLine(fields.Email), 120), Invalid
		}
		i.take(row, problem)
		if len(i.batch) < upsertBatch && n < len(clients)-1 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return done, err
		}
		if err := i.flush(); err != nil {
			return done, fmt.Errorf("upsert clients: %w", err)
		}
	}
	r := i.result
	done.Added, done.Changed, done.Unchanged, done.Invalid, done.Suppressed = r.Added, r.Changed, r.Unchanged, r.Invalid, r.Suppressed
	return done, nil
}
