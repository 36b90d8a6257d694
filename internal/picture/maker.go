package picture

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/patrickmn/go-cache"
	"github.com/pocketbase/pocketbase/tools/filesystem"
)

const (
	// maxWaiting is how many requests may wait for a thumbnail: a few times as many as a page shows.
	maxWaiting = 100
	// maxWait is how long one waits. A thumbnail of the largest picture takes about a second.
	maxWait = 20 * time.Second
	// refusedFor is how long the Maker remembers that no thumbnail can be made of a picture. A file with the same name
	// never changes, but the failure may have been one of the storage.
	refusedFor = 10 * time.Minute
	// maxRefused is how many of them it remembers, by paths of about a hundred bytes.
	maxRefused = 10_000
	// largeFrom is from how many bytes on the memory of a decoded picture is returned to the system at once.
	largeFrom = 16 << 20
)

// ErrBusy is the error when too many thumbnails are asked for at once, or one waited for too long.
var ErrBusy = errors.New("too many thumbnails at once")

// ErrRefused is the error for a file that no thumbnail is made of: no picture, one that is too large, or one that
// cannot be decoded.
var ErrRefused = errors.New("no thumbnail can be made of this file")

// Maker makes thumbnails in PocketBase's storage, one at a time in this process. Safe for concurrent use.
type Maker struct {
	making  chan struct{} // has one element while a thumbnail is made
	waiting chan struct{} // has one element for each waiting request
	refused *cache.Cache  // by the path of the thumbnail

	measured func(path string) // in tests: counts the headers that are read
}

// NewMaker returns a Maker.
func NewMaker() *Maker {
	return &Maker{
		making: make(chan struct{}, 1), waiting: make(chan struct{}, maxWaiting),
		refused: cache.New(refusedFor, refusedFor), measured: func(string) {},
	}
}

// Make makes the thumbnail of that size at path unless it exists. It fails with ErrRefused, ErrBusy, or the error of ctx.
func (m *Maker) Make(ctx context.Context, files *filesystem.System, original, path, size string) error {
	if made, err := m.lookUp(files, path); made || err != nil {
		return err
	}
	select {
	case m.waiting <- struct{}{}:
		defer func() { <-m.waiting }()
	default:
		return ErrBusy
	}
	timer := time.NewTimer(maxWait)
	defer timer.Stop()
	select {
	case m.making <- struct{}{}:
		defer func() { <-m.making }()
	case <-timer.C:
		return ErrBusy
	case <-ctx.Done():
		return ctx.Err()
	}
	if made, err := m.lookUp(files, path); made || err != nil { // by the request before
		return err
	}
	err := m.make(files, original, path, size)
	if err != nil {
		if m.refused.ItemCount() >= maxRefused {
			m.refused.Flush()
		}
		m.refused.SetDefault(path, struct{}{})
	}
	return err
}

// lookUp reports whether the thumbnail exists. It fails with ErrRefused if it was refused before.
func (m *Maker) lookUp(files *filesystem.System, path string) (bool, error) {
	if made, err := files.Exists(path); err == nil && made {
		return true, nil
	}
	if _, refused := m.refused.Get(path); refused {
		return false, ErrRefused
	}
	return false, nil
}

func (m *Maker) make(files *filesystem.System, original, path, size string) error {
	m.measured(path)
	file, err := files.GetReader(original)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	p, err := Measure(file)
	_ = file.Close()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if !p.mayHaveThumbnail(size) {
		return fmt.Errorf("%w: a %s of %d × %d pixels", ErrRefused, p.Format, p.Width, p.Height)
	}
	if p.Bytes > largeFrom {
		defer debug.FreeOSMemory() // without this, the next thumbnail would be made while this one waits for the garbage collector
	}
	if err := files.CreateThumb(original, path, size); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return nil
}
