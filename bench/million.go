package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"gonets/bench/jobs"
	"gonets/bench/sink"
)

// manyRows is how many clients -million has, unless -recipients says otherwise.
const manyRows = 1_000_000

// many is what the jobs share.
type many jobs.Many

// measureMany prints how long the work and the questions of an instance with many clients take.
func measureMany(ctx context.Context, rows int, t trial) error {
	if rows == 0 {
		rows = manyRows
	}
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintf(out, "%d clients\ttime\trows/s\tcompared one by one\tpeak RSS\t\n", rows)
	return eachJob(ctx, rows, t, func(_ jobs.Job, figures []jobs.Figure) error {
		for _, f := range figures {
			rate := 0.0
			if f.Rows > 0 {
				rate = float64(f.Rows) / f.Took.Seconds()
			}
			fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%d MB\t\n", f.What, f.Took.Round(100*time.Microsecond), orNone("%.0f", rate),
				orNone("%.1f ms", f.Before.Seconds()*1000), f.PeakRSS>>20)
		}
		return out.Flush()
	})
}

// eachJob does every job with an instance that has so many clients, each in a process of its own, and hands on its figures.
func eachJob(ctx context.Context, rows int, t trial, done func(jobs.Job, []jobs.Figure) error) error {
	s, err := sink.Start(ctx, t.Options, 0)
	if err != nil {
		return err
	}
	defer func() { _, _ = s.Stop() }()
	inst, err := newInstance(0, s.Address, t)
	if err != nil {
		return err
	}
	defer func() { _ = inst.remove() }()
	in := &many{Dir: inst.dir, Mailing: inst.mailing, Rows: rows, File: filepath.Join(inst.dir, "clients.csv")}
	if err := in.prepare(); err != nil {
		return err
	}
	for _, j := range jobs.All {
		figures, err := in.run(ctx, j.Name)
		if err != nil {
			return fmt.Errorf("%s: %w", j.Name, err)
		}
		if err := done(j, figures); err != nil {
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
func (in *many) run(ctx context.Context, name string) (figures []jobs.Figure, err error) {
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
	in := &jobs.Many{}
	if err := json.NewDecoder(os.Stdin).Decode(in); err != nil {
		return err
	}
	at := slices.IndexFunc(jobs.All, func(j jobs.Job) bool { return j.Name == name })
	if at < 0 {
		return fmt.Errorf("there is no job %q", name)
	}
	app, err := openInstance(in.Dir)
	if err != nil {
		return err
	}
	defer func() { _ = app.ResetBootstrapState() }()
	figures, err := jobs.All[at].Do(ctx, app, in)
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
