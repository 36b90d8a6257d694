package clientfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"gonets/internal/clientrow"
	"gonets/internal/database"
	"gonets/internal/excerpt"
	"gonets/internal/parallel"
	"gonets/internal/tablefile"
)

// The statuses of an import: the values of imports.status.
const (
	importQueued    = "queued"
	importRunning   = "running"
	importCompleted = "completed"
	importFailed    = "failed"
	importUndone    = "undone"
)

const (
	// progressEvery is how often a running import writes its progress into its record.
	progressEvery = time.Second
	// deadAfter is after how long without progress a running import of another process counts as dead. One transaction
	// takes a fraction of a second.
	deadAfter = time.Minute
)

// Importer runs imports and keeps a record of each in the imports collection. It runs one import of an owner at a time,
// in their order, so that the files of one owner do not keep those of others waiting.
type Importer struct {
	app core.App

	places  *parallel.Limit // imports of an owner: one that is running, others that wait or are uploaded
	owners  *parallel.Locks // held while an import or undo of the owner runs
	running chan struct{}   // one element for each running import; the capacity is how many may run

	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

const (
	maxImports = 3 // of an owner: one that is running and two that wait
	// maxRunning is how many imports run at the same time, each of another owner. One takes about 100 MB of memory when
	// its file has as many rows as a file may have.
	maxRunning = 4
)

// NewImporter returns an importer. It starts nothing.
func NewImporter(app core.App) *Importer {
	ctx, cancel := context.WithCancel(context.Background())
	return &Importer{
		app: app, places: parallel.New(maxImports), owners: parallel.NewLocks(), running: make(chan struct{}, maxRunning),
		ctx: ctx, cancel: cancel,
	}
}

// Submit queues the import of the file at path and returns its record at once. place is one of the same owner. The importer
// deletes the file and releases the place at the end; when Submit fails, it does neither.
func (im *Importer) Submit(place *Place, path, name string, opts ImportOptions) (*core.Record, error) {
	record, err := im.newRecord(name, opts, "serve")
	if err != nil {
		return nil, err
	}
	queued := record.Clone() // for the caller; the other one changes from now on
	place.taken = true
	im.wg.Go(func() {
		defer place.done()
		defer os.Remove(path)
		if err := im.wait(im.ctx, place, record, path, opts); err != nil {
			im.app.Logger().Warn("An import failed", "import", record.Id, "error", err)
		}
	})
	return queued, nil
}

// Run imports the file at path and returns when it is done. progress is called now and then.
func (im *Importer) Run(ctx context.Context, path, name string, opts ImportOptions, progress func(ImportResult)) (ImportResult, *core.Record, error) {
	record, err := im.newRecord(name, opts, "command")
	if err != nil {
		return ImportResult{}, nil, err
	}
	result, err := im.work(ctx, record, path, opts, progress, func() {})
	return result, record, err
}

// Stop ends running imports after their transaction, marks queued ones as failed, and returns when both are recorded.
func (im *Importer) Stop() {
	im.cancel()
	im.wg.Wait()
}

func (im *Importer) newRecord(name string, opts ImportOptions, process string) (*core.Record, error) {
	c, err := im.app.FindCachedCollectionByNameOrId("imports")
	if err != nil {
		return nil, fmt.Errorf("record an import: %w", err)
	}
	if opts.Conflict == "" {
		opts.Conflict = Fill
	}
	r := core.NewRecord(c)
	r.Load(map[string]any{
		"owner": opts.Owner, "file_name": excerpt.Of(excerpt.OneLine(name), 255), "list": opts.List,
		"status": importQueued, "dry_run": opts.DryRun,
		"options":  RecordOptions{OnConflict: opts.Conflict, Mapping: opts.Reading.Mapping, Asked: opts.Reading, Process: process},
		"problems": []clientrow.Problem{},
	})
	if err := im.app.Save(r); err != nil {
		return nil, fmt.Errorf("record an import: %w", err)
	}
	return r, nil
}

// wait does the work when no other import of the owner is under way, and not too many of others.
func (im *Importer) wait(ctx context.Context, place *Place, record *core.Record, path string, opts ImportOptions) error {
	unlock, err := im.owners.Lock(ctx, opts.Owner)
	if err != nil {
		unlock = func() {}
	}
	// Of each owner one import is here at most, and they are let in as they come.
	leave := func() {}
	select {
	case im.running <- struct{}{}:
		leave = func() { <-im.running }
	case <-ctx.Done():
	}
	ended := sync.OnceFunc(func() { leave(); unlock(); place.done() })
	defer ended()
	_, err = im.work(ctx, record, path, opts, func(ImportResult) {}, ended)
	return err
}

// work runs the import and updates its record. It calls ended before the record says that the import is over: who reads
// that may start the next one.
func (im *Importer) work(ctx context.Context, record *core.Record, path string, opts ImportOptions, progress func(ImportResult), ended func()) (ImportResult, error) {
	defer ended()
	record.Set("status", importRunning)
	if err := im.app.Save(record); err != nil {
		return ImportResult{}, fmt.Errorf("record an import: %w", err)
	}

	file, err := os.Open(path)
	if err != nil {
		return ImportResult{}, im.finish(record, ImportResult{}, "", fmt.Errorf("open the file: %w", err))
	}
	defer file.Close()
	report, err := os.CreateTemp("", "gonets-report-*.csv")
	if err != nil {
		return ImportResult{}, im.finish(record, ImportResult{}, "", fmt.Errorf("make the report: %w", err))
	}
	defer os.Remove(report.Name())
	defer report.Close()

	saved := time.Now()
	result, err := im.importFile(ctx, record.Id, file, opts, report, func(r ImportResult) {
		progress(r)
		if time.Since(saved) < progressEvery {
			return
		}
		saved = time.Now()
		setResult(record, r)
		if err := im.app.Save(record); err != nil {
			im.app.Logger().Warn("The progress of an import could not be recorded", "import", record.Id, "error", err)
		}
	})
	ended()
	return result, im.finish(record, result, report.Name(), err)
}

// importFile is runImport; a panic becomes an error and does not end the server.
func (im *Importer) importFile(ctx context.Context, id string, file tablefile.File, opts ImportOptions, report io.Writer, progress func(ImportResult)) (result ImportResult, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic while importing: %v", p)
		}
	}()
	return runImport(ctx, im.app, id, file, opts, report, progress)
}

// finish records how the import ended and returns err.
func (im *Importer) finish(record *core.Record, result ImportResult, report string, err error) error {
	setResult(record, result)
	options := OptionsOf(record)
	options.Encoding, options.EncodingSure, options.Delimiter = result.Encoding, result.EncodingSure, result.Delimiter
	options.Header, options.AddressList, options.Columns = result.Header, result.AddressList, result.Columns
	options.Left, options.NewLists = result.Left, result.NewLists
	if record.GetBool("dry_run") {
		options.Sample = result.Sample
	}
	record.Set("options", options)
	record.Set("status", importCompleted)
	if err != nil {
		record.Set("status", importFailed)
		record.Set("error", excerpt.Of(whyFailed(err, result), 1000))
	}
	if report != "" && len(result.Problems) > 0 {
		file, ferr := filesystem.NewFileFromPath(report)
		if ferr != nil {
			return errors.Join(err, ferr)
		}
		file.Name = "report_" + record.Id + ".csv"
		record.Set("report", file)
	}
	serr := im.app.Save(record)
	if serr != nil && len(record.GetUnsavedFiles("report")) > 0 { // its owner has no storage left: the import is over all the same
		im.app.Logger().Warn("The report of an import could not be kept", "import", record.Id, "error", serr)
		record.Set("report", nil)
		serr = im.app.Save(record)
	}
	if serr != nil {
		return errors.Join(err, fmt.Errorf("record the end of an import: %w", serr))
	}
	return err
}

// whyFailed is the error that the owner reads.
func whyFailed(err error, r ImportResult) string {
	var file *tablefile.Error
	switch {
	case errors.As(err, &file) && r.Total == 0:
		return file.Detail
	case errors.As(err, &file):
		return fmt.Sprintf("%s. %d rows before it were imported", file.Detail, r.Total)
	case errors.Is(err, context.Canceled):
		return fmt.Sprintf("stopped after %d rows; import the file again to add the others", r.Total)
	}
	return fmt.Sprintf("something went wrong after %d rows; import the file again to add the others", r.Total)
}

// FailLeftOver marks the imports as failed that an earlier process left queued or running: all imports of a server, since
// there is one server only, and those of commands without progress for a minute. A server calls it before it takes requests.
func FailLeftOver(app core.App) error {
	var ids []string
	err := app.DB().NewQuery(`
		SELECT id FROM imports
		WHERE status IN ('queued', 'running')
			AND (json_extract(options, '$.process') IS NOT 'command' OR updated < {:dead})`).
		Bind(dbx.Params{"dead": database.Stamp(time.Now().Add(-deadAfter))}).Column(&ids)
	if err != nil {
		return fmt.Errorf("look for imports that were left: %w", err)
	}
	for _, id := range ids {
		record, err := app.FindRecordById("imports", id)
		if err != nil {
			return fmt.Errorf("read import %s: %w", id, err)
		}
		record.Set("status", importFailed)
		record.Set("error", fmt.Sprintf("the server stopped after %d rows; import the file again to add the others", record.GetInt("total")))
		if err := app.Save(record); err != nil {
			return fmt.Errorf("record the end of import %s: %w", id, err)
		}
	}
	return nil
}
