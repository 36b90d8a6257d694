package search

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/dbx"
)

// file has the texts of some rows.
type file struct {
	rows rows
	// used and idle are the Finder's, under its mutex.
	used time.Time
	idle *time.Timer
	// bytes is how long the texts were after the last search.
	bytes atomic.Int64

	mu     sync.Mutex // held while it is searched or brought up to date
	texts  *texts     // nil while they are made, or if they are too long
	last   answer
	closed bool
}

// answer is what was found last: a page of a list, its count and its next page ask for the same.
type answer struct {
	words string
	edits int // of the texts, then
	found []uint32
}

// search brings the texts up to date and looks for words. ok is false while there are no texts. After an error they are not
// what they should be.
func (k *file) search(ctx context.Context, db dbx.Builder, words [][]byte) (found []uint32, ok bool, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.texts == nil {
		return nil, false, nil
	}
	if err := k.rows.refresh(ctx, db, k.texts); err != nil {
		return nil, false, err
	}
	if len(k.texts.changed) > mostChanged {
		return nil, false, errStale
	}
	asked := string(bytes.Join(words, []byte{separator}))
	if k.last.words == asked && k.last.edits == k.texts.edits {
		return k.last.found, true, nil
	}
	if found, err = k.texts.find(words); err != nil {
		return nil, false, err
	}
	k.last = answer{asked, k.texts.edits, found}
	k.bytes.Store(k.texts.bytes())
	return found, true, nil
}

// open has texts searched from now on, unless the file was given up meanwhile.
func (k *file) open(t *texts) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		_ = t.close()
		return
	}
	k.texts = t
	k.bytes.Store(t.bytes())
}

// close waits for whoever searches.
func (k *file) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
	if k.texts != nil {
		_ = k.texts.close()
		k.texts, k.last = nil, answer{}
	}
}

// begin makes a file in the background, if there is none.
func (f *Finder) begin(key string, r rows) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.files[key] != nil || f.ctx.Err() != nil {
		return
	}
	made := &file{rows: r, used: time.Now()}
	made.idle = time.AfterFunc(idleTime, func() { f.forget(key, made) })
	f.files[key] = made
	f.work.Go(func() {
		f.build <- struct{}{}
		defer func() { <-f.build }()
		t, err := f.load(made, key)
		switch {
		case err == nil:
			made.open(t)
		case errors.Is(err, errTooLong): // it stays without texts until it is idle: the next try would fail, too
		default:
			if f.ctx.Err() == nil {
				f.app.Logger().Warn("A file for searching could not be made", "of", key, "error", err)
			}
			f.forget(key, made)
		}
	})
}

// load makes the texts.
func (f *Finder) load(made *file, key string) (*texts, error) {
	t, err := newTexts()
	if err != nil {
		return nil, err
	}
	room, lines := f.room(key), 0
	err = made.rows.load(f.ctx, f.app.ConcurrentDB(), func(id uint32, line []byte) error {
		if lines++; lines%pageSize == 0 {
			for t.bytes() > room {
				if !f.forgetOldest(key) {
					return errTooLong
				}
				room = f.room(key)
			}
		}
		return t.add(id, line)
	})
	if err != nil {
		return nil, errors.Join(err, t.close())
	}
	return t, nil
}

// touch notes that a file is used.
func (f *Finder) touch(known *file) {
	f.mu.Lock()
	defer f.mu.Unlock()
	known.used = time.Now()
	known.idle.Reset(idleTime)
}

// room is how long a file may become beside the others.
func (f *Finder) room(key string) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	room := int64(mostBytes)
	for other, file := range f.files {
		if other != key {
			room -= file.bytes.Load()
		}
	}
	return room
}

// forgetOldest gives up the other file that was not used for longest. It returns false if there is none.
func (f *Finder) forgetOldest(key string) bool {
	f.mu.Lock()
	oldest := ""
	for other, file := range f.files {
		if other != key && file.bytes.Load() > 0 && (oldest == "" || file.used.Before(f.files[oldest].used)) {
			oldest = other
		}
	}
	known := f.files[oldest]
	f.mu.Unlock()
	if known != nil {
		f.forget(oldest, known)
	}
	return known != nil
}

// forget gives up a file.
func (f *Finder) forget(key string, known *file) {
	f.mu.Lock()
	if f.files[key] == known {
		delete(f.files, key)
	}
	known.idle.Stop()
	f.mu.Unlock()
	known.close()
}
