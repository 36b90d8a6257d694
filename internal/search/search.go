// Package search finds words in the names and addresses of many clients or recipients faster than SQLite can compare
// them one by one: it keeps their texts, folded as LIKE compares them, in temporary files, and looks through these.
//
// A file is made in the background when somebody looks at a list that is long enough, brought up to date before each
// search, and given up when it was not used for a while. Nothing has to be written beside the rows, so imports and launches are
// as fast as without it. What is found may be more than what matches, if a row is changed meanwhile: who reads
// the rows compares them once more.
package search

import (
	"context"
	"errors"
	"maps"
	"math"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
)

// Defaults and limits.
const (
	// Least is how many rows are worth a file: fewer are compared in a few milliseconds.
	Least = 20_000
	// mostBytes is how long all files together may be; a row takes about 50 bytes there, and 4 in memory.
	mostBytes = 256 << 20
	// idleTime is after how long without a search a file is given up.
	idleTime = 15 * time.Minute
	// mostNew and mostChanged are how many rows may be read before a search; with more of them the file is made anew.
	mostNew, mostChanged = 100_000, 10_000
	// pageSize is how many rows are read at once.
	pageSize = 10_000
)

// errStale says that a file has to be made anew.
var errStale = errors.New("too much has changed")

// errTooLong says that there is no room for a file.
var errTooLong = errors.New("the texts to search in are too long")

// rows are what is searched in.
type rows interface {
	many(ctx context.Context, db dbx.Builder, least int) (bool, error)
	load(ctx context.Context, db dbx.Builder, add func(key uint32, line []byte) error) error
	refresh(ctx context.Context, db dbx.Builder, t *texts) error
}

// Finder has the files of an application. It is safe for concurrent use.
type Finder struct {
	app   core.App
	least int

	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu    sync.Mutex
	files map[string]*file
	build chan struct{} // one slot: one file is made at a time
}

const storeKey = "gonets.search"

// Of returns the finder of an application, which ends with it.
func Of(app core.App) *Finder {
	return app.Store().GetOrSet(storeKey, func() any {
		f := New(app, Least)
		app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
			f.Close()
			return e.Next()
		})
		return f
	}).(*Finder)
}

// New returns a finder that makes files of so many rows or more. Close ends it.
func New(app core.App, least int) *Finder {
	ctx, cancel := context.WithCancel(context.Background())
	return &Finder{app: app, least: least, ctx: ctx, cancel: cancel, files: map[string]*file{}, build: make(chan struct{}, 1)}
}

// Use gives an application another finder than that of Of.
func Use(app core.App, f *Finder) { app.Store().Set(storeKey, f) }

// Close gives up all files.
func (f *Finder) Close() {
	f.cancel()
	f.work.Wait()
	f.mu.Lock()
	known := maps.Clone(f.files)
	f.mu.Unlock()
	for key, file := range known {
		f.forget(key, file)
	}
}

// Clients returns the numbers (rowid) of the clients of an owner whose name or address has each of the words, at least. ok is false
// if that is not known: there are few clients, or a file is being made. Without words it only has the file made. The slice must not
// be changed.
func (f *Finder) Clients(ctx context.Context, owner string, words []string) (places []uint32, ok bool) {
	return f.find(ctx, "clients "+owner, func() rows { return &clients{owner: owner} }, words)
}

// Recipients returns the numbers of the recipients of an owner's mailing whose address or name has the text, in ascending
// order, as Clients does.
func (f *Finder) Recipients(ctx context.Context, owner, mailing, text string) (numbers []uint32, ok bool) {
	var words []string
	if text != "" {
		words = []string{text}
	}
	return f.find(ctx, "recipients "+mailing+" "+owner, func() rows { return &recipients{mailing: mailing, owner: owner} }, words)
}

func (f *Finder) find(ctx context.Context, key string, make func() rows, words []string) (found []uint32, ok bool) {
	folded, searchable := foldAll(words)
	if !searchable || ctx.Err() != nil || f.ctx.Err() != nil {
		return nil, false
	}
	f.mu.Lock()
	known := f.files[key]
	f.mu.Unlock()
	if known == nil {
		r := make()
		if many, err := r.many(ctx, f.app.ConcurrentDB(), f.least); err == nil && many {
			f.begin(key, r)
		}
		return nil, false
	}
	f.touch(known)
	if len(folded) == 0 {
		return nil, false
	}
	// Not with the context of the request: what is read halfway would have to be read again.
	found, ok, err := known.search(f.ctx, f.app.ConcurrentDB(), folded)
	if err != nil {
		f.app.Logger().Debug("A file for searching is given up", "of", key, "error", err)
		f.forget(key, known)
		f.begin(key, make())
	}
	return found, ok
}

// foldAll folds words. It reports whether they can be looked for: control characters cannot, and what is not UTF-8.
func foldAll(words []string) ([][]byte, bool) {
	folded := make([][]byte, 0, len(words))
	for _, word := range words {
		if word == "" || !utf8.ValidString(word) || strings.ContainsFunc(word, func(r rune) bool { return r < ' ' }) {
			return nil, false
		}
		folded = append(folded, database.AppendFolded(nil, word))
	}
	return folded, true
}

// state is what a file has of the database.
type state struct {
	version int64 // of the schema, which VACUUM changes as well, and with it the numbers of rows
	seq     int64 // of client_changes
	last    int64 // number of the newest row
}

func stateOf(ctx context.Context, db dbx.Builder) (s state, err error) {
	if err = db.NewQuery(`PRAGMA schema_version`).WithContext(ctx).Row(&s.version); err == nil {
		err = db.NewQuery(`SELECT COALESCE(MAX(seq), 0) FROM client_changes`).WithContext(ctx).Row(&s.seq)
	}
	return s, err
}

// change is a row of client_changes.
type change struct {
	Client string `db:"client"`
	Place  int64  `db:"place"`
}

// changes are those of an owner's clients since the last time. It fails with errStale if they are not known.
func (s *state) changes(ctx context.Context, db dbx.Builder, owner string) ([]change, error) {
	now, err := stateOf(ctx, db)
	if err != nil {
		return nil, err
	}
	if now.version != s.version {
		return nil, errStale
	}
	if now.seq == s.seq {
		return nil, nil
	}
	first := int64(math.MaxInt64)
	if err := db.NewQuery(`SELECT MIN(seq) FROM client_changes`).WithContext(ctx).Row(&first); err != nil {
		return nil, err
	}
	if first > s.seq+1 {
		return nil, errStale
	}
	var found []change
	err = db.NewQuery(`
		SELECT client, place FROM client_changes WHERE seq > {:from} AND seq <= {:to} AND owner = {:owner} LIMIT {:limit}`).
		WithContext(ctx).Bind(dbx.Params{"from": s.seq, "to": now.seq, "owner": owner, "limit": mostChanged + 1}).All(&found)
	if err != nil {
		return nil, err
	}
	if len(found) > mostChanged {
		return nil, errStale
	}
	s.seq = now.seq
	return found, nil
}
