package message

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/emersion/go-message/mail"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"gonets/internal/compose"
	"gonets/internal/mailingtest"
)

// TestAttachmentsFromElsewhereTravelOnce: with the storage on S3 they are copied, and the copies are gone afterwards.
func TestAttachmentsFromElsewhereTravelOnce(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	w := mailingtest.New(t)
	contents := [][]byte{[]byte("one"), bytes.Repeat([]byte("two"), 100_000), nil}
	opened := 0
	remote := func() (all []compose.Attachment) {
		for _, content := range contents {
			all = append(all, compose.Attachment{Name: "a.bin", Size: int64(len(content)), Open: func() (io.ReadCloser, error) {
				opened++
				return io.NopCloser(bytes.NewReader(content)), nil
			}})
		}
		return all
	}
	read := func(attachments []compose.Attachment) {
		t.Helper()
		for i := range attachments {
			r, err := attachments[i].Open()
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, contents[i]) {
				t.Errorf("attachment %d has %d bytes, %v", i, len(got), err)
			}
		}
	}

	near := remote()
	remove, err := localCopies(t.Context(), w.App, near)
	if err != nil || opened != 0 {
		t.Errorf("files of this machine were copied, %v", err)
	}
	remove()

	w.App.Settings().S3.Enabled = true
	copied := remote()
	remove, err = localCopies(t.Context(), w.App, copied)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		read(copied)
	}
	if opened != len(contents) {
		t.Errorf("%d files were opened %d times", len(contents), opened)
	}
	remove()
	if r, err := copied[0].Open(); err == nil {
		if _, err := io.ReadAll(r); err == nil {
			t.Error("a copy that was removed can be read")
		}
	}

	broken := remote()
	broken[2].Open = func() (io.ReadCloser, error) { return nil, errors.New("gone") }
	var unreadable *compose.AttachmentError
	if _, err := localCopies(t.Context(), w.App, broken); !errors.As(err, &unreadable) {
		t.Errorf("%v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := localCopies(ended, w.App, remote()); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) != 0 {
		t.Errorf("%v are left, %v", left, err)
	}
}

// TestAttachmentsKeepTheirNames: the storage has Latin letters only in its keys.
func TestAttachmentsKeepTheirNames(t *testing.T) {
	w := mailingtest.New(t)
	names := []string{"Прайс-лист на 2026 год.pdf", "Договор № 5 (копия).docx", "a.tar.gz", "no extension"}
	var files []any
	for _, name := range names {
		f, err := filesystem.NewFileFromBytes([]byte("content of "+name), name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	m := w.Record(w.NewMailing(nil))
	w.Change("messages", m.GetString("message"), "attachments", files)
	written, err := Of(w.App, m)
	if err != nil {
		t.Fatal(err)
	}
	complete, err := written.WithAttachments(t.Context(), w.App)
	if err != nil {
		t.Fatal(err)
	}
	composer, err := compose.Prepare(complete)
	if err != nil {
		t.Fatal(err)
	}
	source, err := composer.Mail(compose.Addressee{Email: "anna@example.org"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	r, err := mail.CreateReader(bytes.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for {
		part, err := r.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h, is := part.Header.(*mail.AttachmentHeader); is {
			name, err := h.Filename()
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, name)
		}
	}
	if !slices.Equal(got, names) {
		t.Errorf("the attachments arrive as %q", got)
	}
}
