package message

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"gonets/internal/compose"
)

// WithAttachments is the message with its attachments. Nothing of them is read but their size: each mail reads them
// while it is written.
func (c Content) WithAttachments(ctx context.Context, app core.App) (compose.Message, error) {
	m := c.Message
	var err error
	m.Attachments, err = attachments(ctx, app, c.Files)
	return m, err
}

// attachments are files of the storage as they go along with a mail.
func attachments(ctx context.Context, app core.App, keys []string) ([]compose.Attachment, error) {
	files, err := Files(ctx, app, keys)
	if err != nil {
		return nil, err
	}
	var all []compose.Attachment
	for i, f := range files {
		key := keys[i]
		all = append(all, compose.Attachment{
			Name: f.Name, ContentType: f.ContentType, Size: f.Size,
			Open: func() (io.ReadCloser, error) { return openFile(app, key) },
		})
	}
	return all, nil
}

// File is what is known of an attachment without reading it.
type File struct {
	Name        string // that its author gave it
	ContentType string
	Size        int64 // in bytes
}

// Files returns what is known of files of the storage, in the order of their keys. It fails with a compose.AttachmentError
// when one of them is not there.
func Files(ctx context.Context, app core.App, keys []string) ([]File, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	storage, err := app.NewFilesystem()
	if err != nil {
		return nil, fmt.Errorf("open the file storage: %w", err)
	}
	defer storage.Close()
	storage.SetContext(ctx)
	files := make([]File, len(keys))
	for i, key := range keys {
		about, err := storage.Attributes(key)
		if err != nil {
			return nil, &compose.AttachmentError{Name: storedName(key), Err: err}
		}
		// PocketBase keeps the name beside the file, because the key has Latin letters and digits only.
		name := about.Metadata["original-filename"]
		if name == "" {
			name = storedName(key)
		}
		files[i] = File{Name: name, ContentType: about.ContentType, Size: about.Size}
	}
	return files, nil
}

// openFile opens a file of the storage.
func openFile(app core.App, key string) (io.ReadCloser, error) {
	files, err := app.NewFilesystem()
	if err != nil {
		return nil, fmt.Errorf("open the file storage: %w", err)
	}
	r, err := files.GetReader(key)
	if err != nil {
		return nil, errors.Join(err, files.Close())
	}
	return storedFile{r, files}, nil
}

// storedFile is an open file and the storage that it was opened in.
type storedFile struct {
	io.ReadCloser
	files *filesystem.System
}

func (f storedFile) Close() error { return errors.Join(f.ReadCloser.Close(), f.files.Close()) }

// ToSend is the message for many mails: with attachments from elsewhere copied to this machine. The function that it
// returns deletes the copies; call it when no mail is made any more.
func (c Content) ToSend(ctx context.Context, app core.App) (m compose.Message, remove func(), err error) {
	if m, err = c.WithAttachments(ctx, app); err != nil {
		return m, nil, err
	}
	remove, err = localCopies(ctx, app, m.Attachments)
	return m, remove, err
}

// localCopies has attachments read from copies on this machine if the storage is elsewhere, so that they travel
// from there once and not for every mail. The function that it returns deletes the copies.
func localCopies(ctx context.Context, app core.App, attachments []compose.Attachment) (remove func(), err error) {
	if len(attachments) == 0 || !app.Settings().S3.Enabled {
		return func() {}, nil
	}
	f, err := os.CreateTemp("", "gonets-attachments-*")
	if err != nil {
		return nil, fmt.Errorf("make a file for attachments: %w", err)
	}
	// Where a file that is open can be deleted, nothing of it stays if this process is killed.
	_ = os.Remove(f.Name())
	remove = func() {
		_ = f.Close()
		_ = os.Remove(f.Name())
	}
	var at int64
	for i := range attachments {
		a := &attachments[i]
		n, err := copyOf(ctx, f, a)
		if err != nil {
			remove()
			return nil, &compose.AttachmentError{Name: a.Name, Err: err}
		}
		from := at
		a.Open = func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(f, from, n)), nil }
		at += n
	}
	return remove, nil
}

// copyOf appends an attachment to a file.
func copyOf(ctx context.Context, f *os.File, a *compose.Attachment) (int64, error) {
	r, err := a.Open()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	// Closing the reader is what ends a read that hangs.
	defer context.AfterFunc(ctx, func() { _ = r.Close() })()
	n, err := io.Copy(f, r)
	return n, errors.Join(err, ctx.Err())
}

// storedName is what is left in a key of the name that the author gave a file.
func storedName(key string) string {
	// PocketBase puts ten characters between name and extension of a file to make it unguessable:
	// report_8mjx0ib1ck.pdf was report.pdf.
	const length = 10
	base, extension := path.Base(key), ""
	if dot := strings.LastIndexByte(base, '.'); dot >= 0 {
		base, extension = base[:dot], base[dot:]
	}
	if cut := len(base) - length - 1; cut > 0 && base[cut] == '_' {
		base = base[:cut]
	}
	return base + extension
}
