package message

import (
	"context"
	"errors"
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"gonets/internal/denial"
	"gonets/internal/storage"
)

// keptFolder is where the attachments of a launched mailing are kept. PocketBase deletes it with the
// mailing.
func keptFolder(record *core.Record) string { return record.BaseFilesPath() + "/frozen" }

// copyAttachments copies the attachments of the message, so that they outlive it.
func copyAttachments(ctx context.Context, app core.App, record, written *core.Record) error {
	names := written.GetStringSlice("attachments")
	if len(names) == 0 {
		return nil
	}
	files, err := app.NewFilesystem()
	if err != nil {
		return fmt.Errorf("open the file storage: %w", err)
	}
	defer files.Close()
	files.SetContext(ctx)
	if err := reserveAttachments(app, files, record, written, names); err != nil {
		return err
	}
	for _, name := range names {
		if err := files.Copy(written.BaseFilesPath()+"/"+name, keptFolder(record)+"/"+name); err != nil {
			return fmt.Errorf("copy attachment %s: %w", name, err)
		}
	}
	return nil
}

// reserveAttachments counts the copies for the owner, who has only so much room.
func reserveAttachments(app core.App, files *filesystem.System, record, written *core.Record, names []string) error {
	copies := make([]storage.File, len(names))
	for i, name := range names {
		attributes, err := files.Attributes(written.BaseFilesPath() + "/" + name)
		if err != nil {
			return fmt.Errorf("read the size of attachment %s: %w", name, err)
		}
		copies[i] = storage.File{Name: name, Bytes: attributes.Size}
	}
	of := storage.Of{Collection: "mailings", Record: record.Id, Owner: record.GetString("owner")}
	err := storage.Reserve(app.NonconcurrentDB(), of, copies, nil)
	if errors.Is(err, storage.ErrFull) {
		return denial.BadRequest("storage_full", "message",
			"the attachments are kept with the mailing, and the storage is full: delete files or mailings that are not needed any more")
	}
	return err
}
