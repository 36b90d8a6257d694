package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"text/tabwriter"
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

// manyRows is how many clients -million has, unless -recipients says otherwise.
const manyRows = 1_000_000

// job is what one process does with a data folder that has many clients.
type job struct {
	name string
	do   func(ctx context.Context, app core.App, in *many) ([]figure, error)
}

// figure is a line of the table.
type figure struct {
	What    string
	Took    time.Duration
	Before  time.Duration // of a search: the same with each row compared; 0 for other lines
	Rows    int           // 0 if a rate says nothing
	PeakRSS int           // of the process, so far
}

// many is what the jobs share: the data folder, and what is in it.
type many struct {
	Dir, Owner, List, Mailing, File string
	Rows                            int
}

// jobs are done in this order. Clients that were mailed would not be removed by undo.
var jobs = []job{{"import", importAll}, {"undo", undoAll}, {"import again", importAll}, {"export", exportAll}, {"launch", launchAll}, {"look", lookAt}}

// measureMany prints how long the work and the questions of an instance with many clients take, each job in a process of its own.
func measureMany(ctx context.Context, rows int, t trial) error {
	if rows == 0 {
		rows = manyRows
	}
	s, err := startSink(ctx, t, 0)
	if err != nil {
		return err
	}
	defer func() { _, _ = s.stop() }()
	inst, err := newInstance(0, s.address, t)
	if err != nil {
		return err
	}
	defer func() { _ = inst.remove() }()
	in := &many{Dir: inst.dir, Mailing: inst.mailing, Rows: rows, File: filepath.Join(inst.dir, "clients.csv")}
	if err := in.prepare(); err != nil {
		return err
	}
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintf(out, "%d clients\ttime\trows/s\tcompared one by one\tpeak RSS\t\n", rows)
	for _, j := range jobs {
		figures, err := in.run(ctx, j.name)
		if err != nil {
			return fmt.Errorf("%s: %w", j.name, err)
		}
		for _, f := range figures {
			rate := 0.0
			if f.Rows > 0 {
				rate = float64(f.Rows) / f.Took.Seconds()
			}
			fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%d MB\t\n", f.What, f.Took.Round(100*time.Microsecond), orNone("%.0f", rate),
				orNone("%.1f ms", f.Before.Seconds()*1000), f.PeakRSS>>20)
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// prepare adds a list, and writes the file that is imported.
func (in *many) prepare() error {
	app, err := openInstance(in.Dir)
	if err != nil {
		return err
	}
	defer func() { _ = app.ResetBootstrapState() }()
	if err := app.ConcurrentDB().NewQuery(`SELECT id FROM users LIMIT 1`).Row(&in.Owner); err != nil {
		return err
	}
	if in.List, err = save(app, "lists", map[string]any{"owner": in.Owner, "name": "everybody"}); err != nil {
		return err
	}
	file, err := os.Create(in.File)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(file)
	fmt.Fprintln(w, "email,full_name,city")
	for i := range in.Rows {
		fmt.Fprintf(w, "reader%d@%s.example.com,%s Reader %d,City %d\n", i, []string{"large", fmt.Sprint("small", i%2003)}[i%2],
			[]string{"Артём", "Анна", "Ivan"}[i%3], i, i%100)
	}
	return errors.Join(w.Flush(), file.Close())
}

// run starts this program once more, for one job.
func (in *many) run(ctx context.Context, name string) (figures []figure, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	asked, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	process := exec.CommandContext(ctx, self, "-job", name)
	var out bytes.Buffer
	process.Stdin, process.Stdout, process.Stderr = bytes.NewReader(asked), &out, os.Stderr
	if err := process.Run(); err != nil {
		return nil, err
	}
	return figures, json.Unmarshal(out.Bytes(), &figures)
}

// beJob does a job and prints its figures.
func beJob(ctx context.Context, name string) error {
	in := &many{}
	if err := json.NewDecoder(os.Stdin).Decode(in); err != nil {
		return err
	}
	at := slices.IndexFunc(jobs, func(j job) bool { return j.name == name })
	if at < 0 {
		return fmt.Errorf("there is no job %q", name)
	}
	app, err := openInstance(in.Dir)
	if err != nil {
		return err
	}
	defer func() { _ = app.ResetBootstrapState() }()
	figures, err := jobs[at].do(ctx, app, in)
	if err != nil {
		return err
	}
	peak, err := peakRSS()
	if err != nil {
		return err
	}
	for i := range figures {
		figures[i].PeakRSS = peak
	}
	return json.NewEncoder(os.Stdout).Encode(figures)
}

func importAll(ctx context.Context, app core.App, in *many) ([]figure, error) {
	importer := clientfile.NewImporter(app)
	defer importer.Stop()
	begin := time.Now()
	r, _, err := importer.Run(ctx, in.File, "clients.csv", clientfile.ImportOptions{Owner: in.Owner, List: in.List}, func(clientfile.ImportResult) {})
	if err == nil && r.Added != in.Rows {
		err = fmt.Errorf("%d of %d clients were added", r.Added, in.Rows)
	}
	return []figure{{What: "import", Took: time.Since(begin), Rows: in.Rows}}, err
}

func undoAll(_ context.Context, app core.App, in *many) ([]figure, error) {
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
	return []figure{{What: "undo of it", Took: time.Since(begin), Rows: in.Rows}}, err
}

func exportAll(ctx context.Context, app core.App, in *many) ([]figure, error) {
	begin := time.Now()
	err := clientexport.CSV(ctx, app, audience.Wanted{Owner: in.Owner}, ',', io.Discard)
	return []figure{{What: "export as CSV", Took: time.Since(begin), Rows: in.Rows}}, err
}

func launchAll(ctx context.Context, app core.App, in *many) ([]figure, error) {
	engine := delivery.New(app)
	engine.Start(ctx)
	defer engine.Stop(context.WithoutCancel(ctx))
	begin := time.Now()
	launched, err := engine.Launch(ctx, in.Mailing, "")
	if err == nil && launched.Total != in.Rows {
		err = fmt.Errorf("launched to %d of %d", launched.Total, in.Rows)
	}
	return []figure{{What: "launch", Took: time.Since(begin), Rows: in.Rows}}, err
}

// lookAt asks what people ask while the mailing runs. Each question is asked several times; what is printed is the median.
func lookAt(ctx context.Context, app core.App, in *many) ([]figure, error) {
	engine := delivery.New(app)
	engine.Start(ctx)
	defer engine.Stop(context.WithoutCancel(ctx))
	none, finder := search.New(app, 1<<40), search.New(app, search.Least)
	defer none.Close()
	defer finder.Close()

	var figures []figure
	ask := func(what string, question func() error) error {
		search.Use(app, none)
		before, err := median(1, question)
		if err != nil {
			return err
		}
		search.Use(app, finder)
		took, err := median(7, question)
		figures = append(figures, figure{What: what, Took: took, Before: before})
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
		took, err := median(1, question)
		figures = append(figures, figure{What: what, Took: took})
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

// ready waits until the search is prepared.
func (in *many) ready(ctx context.Context, finder *search.Finder) error {
	for ctx.Err() == nil {
		_, clients := finder.Clients(ctx, in.Owner, []string{"x"})
		_, recipients := finder.Recipients(ctx, in.Owner, in.Mailing, "x")
		if clients && recipients {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return ctx.Err()
}

// median is the median of the times that a question takes.
func median(times int, question func() error) (time.Duration, error) {
	var took []time.Duration
	for range times {
		begin := time.Now()
		if err := question(); err != nil {
			return 0, err
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}
