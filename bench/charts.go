package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"gonets/bench/contestant"
	"gonets/bench/jobs"
	"gonets/bench/plot"
)

// What the charts show: rounds is how often each trial is repeated, of which the median is drawn.
const rounds = 3

var (
	chartConnections = []int{1, 2, 5, 10, 20, 50, 100, 200}
	chartLatencies   = []time.Duration{0, time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond}
	chartRows        = []int{10_000, 100_000, 1_000_000}
)

// drawCharts measures how the cost grows with the number of connections, the latency of the mail server and the number of clients, and
// draws it. That takes twenty minutes.
func drawCharts(ctx context.Context, dir string, t trial) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var trials []trial
	var labels []string
	for _, n := range chartConnections {
		one := t
		one.Connections, one.Latency = n, 0
		trials, labels = append(trials, one), append(labels, strconv.Itoa(n))
	}
	connections := plot.Chart{Title: "E-mails a second, by the number of connections, no latency", Over: "connections", Labels: labels, Unit: "mails/s"}
	if err := drawRates(ctx, filepath.Join(dir, "connections.svg"), connections, trials); err != nil {
		return err
	}
	trials, labels = nil, nil
	for _, latency := range chartLatencies {
		one := t
		one.Connections, one.Latency = 50, latency
		trials, labels = append(trials, one), append(labels, fmt.Sprint(latency.Milliseconds()))
	}
	latencies := plot.Chart{Title: "E-mails a second, by the latency of the mail server, 50 connections", Over: "ms a reply", Labels: labels, Unit: "mails/s"}
	if err := drawRates(ctx, filepath.Join(dir, "latency.svg"), latencies, trials); err != nil {
		return err
	}
	return drawRows(ctx, dir, t)
}

// drawRates draws the medians of the rates in the trials.
func drawRates(ctx context.Context, file string, chart plot.Chart, trials []trial) error {
	ceiling, engine, source := plot.Line{Name: "raw blaster"}, plot.Line{Name: "Gonets"}, plot.Line{Name: "smtp-source"}
	for _, t := range trials {
		var found [3][]float64
		for range rounds {
			r, err := compare(ctx, t, recipientsOf(t), engineFlags{})
			if err != nil {
				return err
			}
			for i, rate := range []float64{r.rates[0], r.engine.rate(), r.source()} {
				found[i] = append(found[i], rate)
			}
		}
		for i, line := range []*plot.Line{&ceiling, &engine, &source} {
			slices.Sort(found[i])
			line.Values = append(line.Values, found[i][rounds/2])
		}
	}
	chart.Lines = []plot.Line{ceiling, engine, source}
	return draw(file, chart)
}

// recipientsOf is how many e-mails of a trial take a few seconds.
func recipientsOf(t trial) int {
	most := 20_000
	if t.Latency > 0 {
		most = min(most, int(4*float64(t.Connections)/t.Latency.Seconds()))
	}
	return min(most, 2000*t.Connections)
}

// drawRows draws how long questions take, and how much memory jobs, by the number of clients.
func drawRows(ctx context.Context, dir string, t trial) error {
	questions := plot.Chart{Title: "Time of a question while a mailing runs, by the number of clients", Over: "clients", Unit: "ms"}
	memory := plot.Chart{Title: "Peak memory of a job, by the number of clients", Over: "clients", Unit: "MB"}
	times, peaks := map[string][]float64{}, map[string][]float64{}
	asked := [][2]string{
		{"search in clients", `clients with "reader 99"`}, {"search in recipients", `recipients with "reader 99"`}, {"totals of lists", "totals of"}, {"first home", "the first home"},
	}
	t.Load = contestant.Load{Connections: 50, Size: t.Size}
	for _, rows := range chartRows {
		questions.Labels = append(questions.Labels, plot.Number(float64(rows)))
		err := eachJob(ctx, rows, t, func(j jobs.Job, figures []jobs.Figure) error {
			for _, f := range figures {
				for _, a := range asked {
					if strings.HasPrefix(f.What, a[1]) {
						times[a[0]] = append(times[a[0]], f.Took.Seconds()*1000)
					}
				}
			}
			peaks[j.Name] = append(peaks[j.Name], float64(figures[len(figures)-1].PeakRSS>>20))
			return nil
		})
		if err != nil {
			return err
		}
	}
	memory.Labels = questions.Labels
	for _, a := range asked {
		questions.Lines = append(questions.Lines, plot.Line{Name: a[0], Values: times[a[0]]})
	}
	for _, name := range []string{"import", "undo", "export", "launch"} {
		memory.Lines = append(memory.Lines, plot.Line{Name: name, Values: peaks[name]})
	}
	if err := draw(filepath.Join(dir, "questions.svg"), questions); err != nil {
		return err
	}
	return draw(filepath.Join(dir, "memory.svg"), memory)
}

// draw writes a chart into a file, and its values onto standard output.
func draw(file string, chart plot.Chart) error {
	picture, err := chart.SVG()
	if err != nil {
		return err
	}
	fmt.Println(filepath.Base(file), chart.Labels)
	for _, line := range chart.Lines {
		fmt.Printf("  %s: %.4g %s\n", line.Name, line.Values, chart.Unit)
	}
	return os.WriteFile(file, picture, 0o644)
}
