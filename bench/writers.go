package main

import (
	"database/sql"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
)

// writers write one row after the other, like other users, and measure the longest write. One writes through the application,
// like requests, and one through a connection of its own, like another process.
type writers struct {
	all     sync.WaitGroup
	done    chan struct{}
	longest atomic.Int64
	failed  atomic.Pointer[error]
	own     interface{ Close() error }
}

func startWriters(app core.App, dir string) (*writers, error) {
	db, err := database.Connect(filepath.Join(dir, "data.db"))
	if err != nil {
		return nil, err
	}
	w := &writers{done: make(chan struct{}), own: db}
	const touch = `UPDATE users SET updated = strftime('%Y-%m-%d %H:%M:%fZ')`
	w.all.Go(func() { w.write(func() (sql.Result, error) { return app.NonconcurrentDB().NewQuery(touch).Execute() }) })
	w.all.Go(func() { w.write(func() (sql.Result, error) { return db.NewQuery(touch).Execute() }) })
	return w, nil
}

func (w *writers) write(once func() (sql.Result, error)) {
	pause := time.NewTicker(5 * time.Millisecond)
	defer pause.Stop()
	for {
		begin := time.Now()
		if _, err := once(); err != nil {
			w.failed.Store(&err)
			return
		}
		took := int64(time.Since(begin))
		for {
			longest := w.longest.Load()
			if took <= longest || w.longest.CompareAndSwap(longest, took) {
				break
			}
		}
		select {
		case <-w.done:
			return
		case <-pause.C:
		}
	}
}

// stop ends the writing and returns the longest wait.
func (w *writers) stop() (time.Duration, error) {
	close(w.done)
	w.all.Wait()
	if err := w.failed.Load(); err != nil {
		return 0, *err
	}
	return time.Duration(w.longest.Load()), w.own.Close()
}
