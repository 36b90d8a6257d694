package middleware

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/picture"
)

// defaultThumb is the size that PocketBase makes of every picture, whatever the field says.
const defaultThumb = "100x100"

// BindThumbnails makes thumbnails instead of PocketBase, which has no limit of memory and calls no hook. Without a thumbnail
// the request goes on without its ?thumb= and gets the picture itself.
func BindThumbnails(app core.App) {
	maker := picture.NewMaker()
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.BindFunc(func(e *core.RequestEvent) error {
			query := e.Request.URL.Query()
			if e.Request.PathValue("filename") == "" || !query.Has("thumb") {
				return e.Next()
			}
			switch err := thumbnail(e, maker, query.Get("thumb")); {
			case err == nil:
				return e.Next()
			case errors.Is(err, picture.ErrBusy):
				e.Response.Header().Set("Retry-After", "5")
				return apis.NewTooManyRequestsError("Too many pictures are being made smaller. Try again in a moment.", nil)
			case e.Request.Context().Err() != nil:
				return err
			}
			withoutThumb(e, query)
			return e.Next()
		})
		return e.Next()
	})
}

// thumbnail makes the thumbnail that the request asks for.
func thumbnail(e *core.RequestEvent, maker *picture.Maker, size string) error {
	record, field, err := fileOf(e)
	if err != nil {
		return err
	}
	if size != defaultThumb && !slices.Contains(field.Thumbs, size) {
		return picture.ErrRefused
	}
	name := e.Request.PathValue("filename")
	folder := record.BaseFilesPath()
	if record.Collection().IsView() {
		original, err := e.App.FindRecordByViewFile(record.Collection().Id, field.Name, name)
		if err != nil {
			return err
		}
		folder = original.BaseFilesPath()
	}
	files, err := e.App.NewFilesystem()
	if err != nil {
		return err
	}
	defer files.Close()
	return maker.Make(e.Request.Context(), files, folder+"/"+name, folder+"/thumbs_"+name+"/"+size+"_"+name, size)
}

// fileOf finds the record and the field of the requested file, if the user may read it. PocketBase checks that again before
// it answers.
func fileOf(e *core.RequestEvent) (*core.Record, *core.FileField, error) {
	record, err := e.App.FindRecordById(e.Request.PathValue("collection"), e.Request.PathValue("recordId"))
	if err != nil {
		return nil, nil, err
	}
	field := record.FindFileFieldByFile(e.Request.PathValue("filename"))
	if field == nil {
		return nil, nil, picture.ErrRefused
	}
	if !field.Protected {
		return record, field, nil
	}
	info, err := e.RequestInfo()
	if err != nil {
		return nil, nil, err
	}
	asked := *info
	asked.Context = core.RequestInfoContextProtectedFile
	asked.Auth, _ = e.App.FindAuthRecordByToken(e.Request.URL.Query().Get("token"), core.TokenTypeFile)
	if may, err := e.App.CanAccessRecord(record, &asked, record.Collection().ViewRule); err != nil || !may {
		return nil, nil, errors.Join(picture.ErrRefused, err)
	}
	return record, field, nil
}

// withoutThumb makes PocketBase answer with the picture itself.
func withoutThumb(e *core.RequestEvent, query url.Values) {
	query.Del("thumb")
	address := *e.Request.URL
	address.RawQuery = query.Encode()
	request := new(http.Request)
	*request = *e.Request
	request.URL = &address
	e.Request = request
}
