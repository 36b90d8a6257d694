package picture

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"sync/atomic"
	"testing"

	"github.com/pocketbase/pocketbase/tools/filesystem"
)

// storage has the files, by name.
func storage(t *testing.T, files map[string][]byte) *filesystem.System {
	t.Helper()
	s, err := filesystem.NewLocal(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for name, content := range files {
		if err := s.Upload(content, name); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func realPNG(t *testing.T) []byte {
	t.Helper()
	return encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, image.NewRGBA(image.Rect(0, 0, 300, 200))) })
}

func TestAThumbnailIsMadeOnceAndARefusalRemembered(t *testing.T) {
	whole := realPNG(t)
	files := storage(t, map[string][]byte{
		"good.png": whole, "huge.png": pngOf(25_000, 25_000, 1, 0), "cut.png": whole[:len(whole)-20], "text.png": []byte("no picture"),
	})
	m := NewMaker()
	read := map[string]int{}
	m.measured = func(path string) { read[path]++ }
	for range 3 {
		for name, want := range map[string]error{"good.png": nil, "huge.png": ErrRefused, "cut.png": ErrRefused, "text.png": ErrRefused, "gone.png": ErrRefused} {
			if err := m.Make(t.Context(), files, name, "thumbs/"+name, "100x100"); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
			if made, _ := files.Exists("thumbs/" + name); made != (want == nil) {
				t.Errorf("%s: the thumbnail exists: %v", name, made)
			}
			if read["thumbs/"+name] != 1 {
				t.Errorf("%s was read %d times", name, read["thumbs/"+name])
			}
		}
	}
}

func TestOneThumbnailIsMadeAtATime(t *testing.T) {
	whole := realPNG(t)
	names := []string{"1", "2", "3", "4"}
	content := map[string][]byte{}
	for _, name := range names {
		content[name] = whole
	}
	files := storage(t, content)
	m := NewMaker()
	begun, goOn := make(chan struct{}), make(chan struct{})
	var calls atomic.Int32
	m.measured = func(string) {
		if calls.Add(1) == 1 {
			close(begun)
			<-goOn
		}
	}
	results := make(chan error, len(names))
	make1 := func(name string) { results <- m.Make(t.Context(), files, name, "thumbs/"+name, "100x100") }
	go make1(names[0])
	<-begun
	for _, name := range names[1:] {
		go make1(name)
	}
	for len(m.waiting) < len(names) { // all have come
		select {
		case err := <-results:
			t.Fatalf("somebody did not wait: %v", err)
		default:
		}
	}
	if n := calls.Load(); n != 1 {
		t.Errorf("%d at once", n)
	}

	gone, leave := context.WithCancel(t.Context())
	leave()
	if err := m.Make(gone, files, "1", "thumbs/5", "100x100"); !errors.Is(err, context.Canceled) {
		t.Errorf("who has left: %v", err)
	}
	for len(m.waiting) < maxWaiting {
		m.waiting <- struct{}{}
	}
	if err := m.Make(t.Context(), files, "1", "thumbs/6", "100x100"); !errors.Is(err, ErrBusy) {
		t.Errorf("one too many: %v", err)
	}
	close(goOn)
	for range names {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}
