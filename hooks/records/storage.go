package records

import (
	"errors"
	"net/http"
	"slices"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/storage"
)

// BindStorage counts and bounds the storage of an owner's files. The hooks run before PocketBase stores
// the files.
func BindStorage(app core.App) {
	for collection, field := range storage.Collections {
		if field == "" {
			continue
		}
		store := func(e *core.RecordEvent) error { return storeFiles(e, field) }
		app.OnRecordCreateExecute(collection).BindFunc(store)
		app.OnRecordUpdateExecute(collection).BindFunc(store)
	}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := storage.Repair(e.App); err != nil {
			return err
		}
		e.Router.GET("/api/gonets/storage", showStorage).Bind(apis.RequireAuth("users"))
		return e.Next()
	})
}

// storeFiles saves a record with its new files, if there is room for them.
func storeFiles(e *core.RecordEvent, field string) error {
	of := storage.Of{Collection: e.Record.Collection().Name, Record: e.Record.Id, Owner: e.Record.GetString("owner")}
	unsaved := e.Record.GetUnsavedFiles(field)
	files := make([]storage.File, len(unsaved))
	for i, f := range unsaved {
		files[i] = storage.File{Name: f.Name, Bytes: f.Size}
	}
	var before, staying []string
	if !e.Record.IsNew() {
		before = e.Record.Original().GetStringSlice(field)
	}
	for _, name := range fileNames(e.Record.GetRaw(field)) {
		if slices.Contains(before, name) {
			staying = append(staying, name)
		}
	}

	err := storage.Reserve(e.App.NonconcurrentDB(), of, files, staying)
	if errors.Is(err, storage.ErrFull) {
		return request.Refuse(field, "storage_full", request.AsSentence(storage.ErrFull.Error()))
	}
	if err != nil {
		return err
	}
	if err := e.Next(); err != nil {
		return errors.Join(err, storage.KeepOnly(e.App.NonconcurrentDB(), of.Collection, of.Record, before))
	}
	if len(files) == 0 && len(staying) == len(before) {
		return nil
	}
	return storage.KeepOnly(e.App.NonconcurrentDB(), of.Collection, of.Record, e.Record.GetStringSlice(field))
}

// fileNames are the names in the value of a file field. New files are no names until they are stored.
func fileNames(value any) []string {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []string:
		return value
	case []any:
		var names []string
		for _, one := range value {
			names = append(names, fileNames(one)...)
		}
		return names
	}
	return nil
}

// StorageUse is how many bytes the files of a user take, and may take.
type StorageUse struct {
	Used  int64 `json:"used"`
	Limit int64 `json:"limit"`
}

// showStorage answers how many bytes the files of the user take, and may take.
func showStorage(e *core.RequestEvent) error {
	used, err := storage.Used(e.App.ConcurrentDB(), e.Auth.Id)
	limit, lerr := storage.Limit(e.App.ConcurrentDB())
	if err := errors.Join(err, lerr); err != nil {
		return e.InternalServerError("", err)
	}
	return e.JSON(http.StatusOK, StorageUse{used, limit})
}
