// Package jobs does what people do with many clients, for the benchmark: work on all of them, and questions while a mailing runs.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
	"gonets/internal/clientexport"
	"gonets/internal/clientfile"
	"gonets/internal/delivery"
	"gonets/internal/results"
	"gonets/internal/search"
	"gonets/internal/stats"
)

// Job is what one process does with a data folder that has many clients.
type Job struct {
	Name string
	Do   func(ctx context.Context, app core.App, in *Many) ([]Figure, error)
}

// Figure is a line of the table.
type Figure struct {
	What    string
	Took    time.Duration
	Before  time.Duration // of a search: the same with each row compared; 0 for other lines
	Rows    int           // 0 if a rate says nothing
	PeakRSS int           // of the process, so far
}

// Many is what the jobs share: the data folder, and what is in it.
type Many struct {
	Dir, Owner, List, Mailing, File string
	Rows                            int
}

// All are done in this order. Clients that were mailed would not be removed by undo.
var All = []Job{{"import", importAll}, {"undo", undoAll}, {"import again", importAll}, {"export", exportAll}, {"launch", launchAll}, {"look", lookAt}}

func importAll(ctx context.Context, app core.App, in *Many) ([]Figure, error) {
	importer := clientfile.NewImporter(app)
	defer importer.Stop()
	begin := time.Now()
	r, _, err := importer.Run(ctx, in.File, "clients.csv", clientfile.ImportOptions{Owner: in.Owner, List: in.List}, func(clientfile.ImportResult) {})
	if err == nil && r.Added != in.Rows {
		err = fmt.Errorf("%d of %d clients were added", r.Added, in.Rows)
	}
	return []Figure{{What: "import", Took: time.Since(begin), Rows: in.Rows}}, err
}

func undoAll(_ context.Context, app core.App, in *Many) ([]Figure, error) {
	importer := clientfile.NewImporter(app)
	defer importer.Stop()
	record, err := app.FindFirstRecordByData("imports", "status", "completed")
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	r, err := importer.Undo(record)
	if err == nil && r.Removed != in.Rows {
		err = fmt.Errorf("%d of %d clients were removed", r.Removed, in.Rows)
	}
	return []Figure{{What: "undo of it", Took: time.Since(begin), Rows: in.Rows}}, err
}

func exportAll(ctx context.Context, app core.App, in *Many) ([]Figure, error) {
	begin := time.Now()
	err := clientexport.CSV(ctx, app, audience.Wanted{Owner: in.Owner}, ',', io.Discard)
	return []Figure{{What: "export as CSV", Took: time.Since(begin), Rows: in.Rows}}, err
}

func launchAll(ctx context.Context, app core.App, in *Many) ([]Figure, error) {
	engine := delivery.New(app)
	engine.Start(ctx)
	defer engine.Stop(context.WithoutCancel(ctx))
	begin := time.Now()
	launched, err := engine.Launch(ctx, in.Mailing, "")
	if err == nil && launched.Total != in.Rows {
		err = fmt.Errorf("launched to %d of %d", launched.Total, in.Rows)
	}
	return []Figure{{What: "launch", Took: time.Since(begin), Rows: in.Rows}}, err
}

// lookAt asks what people ask while the mailing runs. Each question is asked several times; what is printed is the median.
func lookAt(ctx context.Context, app core.App, in *Many) ([]Figure, error) {
	engine := delivery.New(app)
	engine.Start(ctx)
	defer engine.Stop(context.WithoutCancel(ctx))
	none, finder := search.New(app, 1<<40), search.New(app, search.Least)
	defer none.Close()
	defer finder.Close()

	var figures []Figure
	ask := func(what string, question func() error) error {
		search.Use(app, none)
		before, err := median(1, func() {}, question)
		if err != nil {
			return err
		}
		search.Use(app, finder)
		took, err := median(7, func() {
			// The answer to the last words is kept: each question is about others.
			finder.Clients(ctx, in.Owner, []string{"x"})
			finder.Recipients(ctx, in.Owner, in.Mailing, "x")
		}, question)
		figures = append(figures, Figure{What: what, Took: took, Before: before})
		return err
	}
	if err := in.ready(ctx, finder); err != nil {
		return nil, err
	}
	for _, words := range []string{"nobody at all", "City 7 nobody", "reader77", "reader 99", "example", "артем"} {
		err := ask(fmt.Sprintf("clients with %q, a page and the count", words), func() error {
			w := audience.Wanted{Owner: in.Owner, Search: words}
			_, err := w.Find(ctx, app, 1, 30)
			if err == nil {
				_, err = w.Total(ctx, app)
			}
			return err
		})
		if err == nil {
			err = ask(fmt.Sprintf("recipients with %q", words), func() error {
				_, err := results.Recipients(ctx, app, in.Mailing, results.Query{Search: words})
				return err
			})
		}
		if err != nil {
			return nil, err
		}
	}
	once := func(what string, question func() error) error {
		took, err := median(1, func() {}, question)
		figures = append(figures, Figure{What: what, Took: took})
		return err
	}
	home := stats.New(app)
	defer home.Close()
	err := errors.Join(
		once("totals of the lists", func() error { _, err := audience.OnLists(ctx, app, in.Owner); return err }),
		once("the first home", func() error { _, err := home.Home(ctx, stats.Viewer{ID: in.Owner, Role: stats.Owner}); return err }),
	)
	return figures, err
}

// ready waits until the search is prepared, which it is for many rows only.
func (in *Many) ready(ctx context.Context, finder *search.Finder) error {
	for in.Rows >= search.Least && ctx.Err() == nil {
		_, clients := finder.Clients(ctx, in.Owner, []string{"x"})
		_, recipients := finder.Recipients(ctx, in.Owner, in.Mailing, "x")
		if clients && recipients {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return ctx.Err()
}

// median is the median of the times that a question takes, each time after something that is not measured.
func median(times int, before func(), question func() error) (time.Duration, error) {
	var took []time.Duration
	for range times {
		before()
		begin := time.Now()
		if err := question(); err != nil {
			return 0, err
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}
