package transactional

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/tools/filesystem"

	"gonets/internal/denial"
	"gonets/internal/message"
	"gonets/internal/printable"
	"gonets/internal/storage"
)

// File is an attachment.
type File struct {
	Name    string // as the recipient sees it
	Type    string // its media type; "" for what the name and the content say
	Content *filesystem.File
}

// Written is an e-mail that a program has written, with CRLF line ends.
type Written struct {
	Subject  string // decoded, for the log
	EightBit bool   // it has bytes above 127
	Head     []byte // its beginning, or all of it
	// Rest is what follows; nil if there is nothing.
	Rest *filesystem.File
}

// copiedFile is an attachment of a message, which is copied.
type copiedFile struct {
	from string // its key
	size int64
}

// Collection is the name of calls in stored_files, and the folder of their files.
const Collection = "transactional"

func folder(id string) string { return Collection + "/" + id }

func errTooManyFiles() error {
	return denial.BadRequest("too_many_files", "attachments", "an e-mail has at most %d attachments", MaxFiles)
}

func checkFiles(c *Call) error {
	if len(c.Files) > MaxFiles {
		return errTooManyFiles()
	}
	for _, f := range c.Files {
		switch {
		case strings.TrimSpace(f.Name) == "" || utf8.RuneCountInString(f.Name) > maxFileNameSize || strings.ContainsFunc(f.Name, printable.BreaksLine):
			return denial.BadRequest("invalid_name", "attachments", "an attachment needs a name of at most %d characters, in one line", maxFileNameSize)
		case f.Content.Size > MaxFileBytes:
			return denial.New(http.StatusRequestEntityTooLarge, "file_too_large", "attachments", "an attachment has at most %d MB", MaxFileBytes>>20)
		}
	}
	return nil
}

// fill makes the content of a call from what was given, or from the message that it names.
func (s *Service) fill(a *accepting) error {
	c := &a.content
	if a.Written != nil {
		c.Subject, c.FromEmail = a.Written.Subject, a.account.FromEmail
		c.Written = &message.CallWritten{Head: a.Written.Head}
		_, err := a.account.Signer()
		return err
	}
	c.Data = a.Data
	if a.Message == "" {
		c.Subject = a.Subject
		c.Format, c.Body, c.TextBody = formatOf(a.Call)
	} else if err := s.takeMessage(a); err != nil {
		return err
	}
	c.FromName, c.FromEmail = cmp.Or(a.FromName, a.account.FromName), a.account.FromEmail
	c.ReplyTo, c.Language = cmp.Or(a.ReplyTo, a.account.ReplyTo), a.Language
	return c.FillIn(s.app, a.Owner)
}

// takeMessage takes text and attachments of the message that a call names.
func (s *Service) takeMessage(a *accepting) error {
	m, err := s.app.FindRecordById("messages", a.Message)
	if errors.Is(err, sql.ErrNoRows) || err == nil && m.GetString("owner") != a.Owner {
		return denial.BadRequest("invalid_reference", "message", "there is no such message among yours")
	}
	if err != nil {
		return fmt.Errorf("read message %s: %w", a.Message, err)
	}
	if strings.TrimSpace(m.GetString("subject")) == "" {
		return denial.BadRequest("no_subject", "message", "the message has no subject: write one")
	}
	a.content.Text = message.TextOf(m)
	names := m.GetStringSlice("attachments")
	if len(names)+len(a.Files) > MaxFiles {
		return errTooManyFiles()
	}
	for _, name := range names {
		a.copied = append(a.copied, copiedFile{from: m.BaseFilesPath() + "/" + name})
	}
	return nil
}

// storeFiles stores the files of a call, before it is written. They count for the storage of the owner until they are sent.
func (s *Service) storeFiles(ctx context.Context, a *accepting) (err error) {
	given := a.Files
	if a.Written != nil && a.Written.Rest != nil {
		given = []File{{Name: "message.eml", Type: "message/rfc822", Content: a.Written.Rest}}
	}
	if len(given)+len(a.copied) == 0 {
		return nil
	}
	files, err := s.app.NewFilesystem()
	if err != nil {
		return fmt.Errorf("%w: %w", errFiles, err)
	}
	defer files.Close()
	files.SetContext(ctx)
	counted := []storage.File{}
	kept := []message.CallFile{}
	for i, c := range a.copied {
		about, err := files.Attributes(c.from)
		if err != nil {
			return fmt.Errorf("%w: %w", errFiles, err)
		}
		name := c.from[strings.LastIndexByte(c.from, '/')+1:]
		a.copied[i].size = about.Size
		counted = append(counted, storage.File{Name: name, Bytes: about.Size})
		kept = append(kept, message.CallFile{
			Key: folder(a.id) + "/" + name, Name: cmp.Or(about.Metadata["original-filename"], name), Type: about.ContentType, Size: about.Size,
		})
	}
	for _, f := range given {
		counted = append(counted, storage.File{Name: f.Content.Name, Bytes: f.Content.Size})
		kept = append(kept, message.CallFile{Key: folder(a.id) + "/" + f.Content.Name, Name: f.Name, Type: f.Type, Size: f.Content.Size})
	}
	err = storage.Reserve(s.app.NonconcurrentDB(), storage.Of{Collection: Collection, Record: a.id, Owner: a.Owner}, counted, nil)
	if errors.Is(err, storage.ErrFull) {
		return denial.New(http.StatusRequestEntityTooLarge, "storage_full", "attachments", "%s", err)
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			s.removeFiles(a.id)
		}
	}()
	for i, c := range a.copied {
		if err := files.Copy(c.from, kept[i].Key); err != nil {
			return fmt.Errorf("%w: %w", errFiles, err)
		}
	}
	for i, f := range given {
		k := &kept[len(a.copied)+i]
		if err := files.UploadFile(f.Content, k.Key); err != nil {
			return fmt.Errorf("%w: %w", errFiles, err)
		}
		if k.Type == "" {
			if about, err := files.Attributes(k.Key); err == nil {
				k.Type = about.ContentType
			}
		}
	}
	a.files = len(kept)
	if a.Written != nil {
		a.content.Written.Rest = &kept[0]
		return nil
	}
	a.content.Files = kept
	return nil
}

// removeFiles removes the files of a call that was not written. What cannot be removed now, Repair removes.
func (s *Service) removeFiles(id string) {
	if err := removeFiles(s.app, id); err != nil {
		s.app.Logger().Error("remove the files of a call that was refused", "call", id, "error", err)
	}
}
