package clients

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/middleware"
	"gonets/hooks/request"
	"gonets/internal/clientfile"
	"gonets/internal/formdata"
	"gonets/internal/tablefile"
)

const importBody = 256 << 20 // bytes of an upload: about two million clients

var importLimits = formdata.UploadLimits{Parts: 20, FieldBytes: 64 << 10}

// importRoutes import clients from files and take imports back.
type importRoutes struct{ importer *clientfile.Importer }

// BindImports adds the routes of imports. When the server starts, it marks the unfinished imports of an earlier one as
// failed; when it stops, it waits until the end of running ones is recorded.
func BindImports(app core.App) {
	r := importRoutes{importer: importerOf(app)}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := clientfile.FailLeftOver(e.App); err != nil {
			return err
		}
		signedIn := apis.RequireAuth("users", core.CollectionNameSuperusers)
		e.Router.POST("/api/gonets/clients/import", r.submit).Bind(signedIn, middleware.BodyLimit(importBody)).Unbind(middleware.FormMiddleware)
		e.Router.GET("/api/gonets/imports/{id}", r.show).Bind(signedIn)
		e.Router.GET("/api/gonets/imports/{id}/report.csv", r.report).Bind(signedIn, middleware.LimitParallel(e.App))
		e.Router.POST("/api/gonets/imports/{id}/undo", r.undo).Bind(signedIn)
		return e.Next()
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		r.importer.Stop()
		return e.Next()
	})
}

// importerOf is the application's importer.
func importerOf(app core.App) *clientfile.Importer {
	return app.Store().GetOrSet("gonets/importer", func() any { return clientfile.NewImporter(app) }).(*clientfile.Importer)
}

// submit accepts a file of clients and answers 202 with the record of the import, which begins at once or after the one
// before it.
func (r importRoutes) submit(e *core.RequestEvent) error {
	place, err := r.importer.Reserve(e.Auth.Id)
	if err != nil {
		return tooManyImports(e)
	}
	defer func() { place.Release() }()
	form, err := readUpload(e.Request)
	if err != nil {
		return err
	}
	keep := false
	defer func() {
		if !keep && form.Path != "" {
			os.Remove(form.Path)
		}
	}()
	opts, err := importOptions(e, form)
	if err != nil {
		return err
	}
	if err := checkImportFile(e.Request.Context(), form.Path, opts.Reading); err != nil {
		return wrongFile(e, err)
	}
	if opts.Owner != place.Owner() { // a superuser uploads for somebody
		uploading := place
		defer uploading.Release()
		if place, err = r.importer.Reserve(opts.Owner); err != nil {
			place = uploading
			return tooManyImports(e)
		}
	}
	record, err := r.importer.Submit(place, form.Path, form.Name, opts)
	if err != nil {
		return e.InternalServerError("", err)
	}
	keep = true
	return e.JSON(http.StatusAccepted, record)
}

func tooManyImports(e *core.RequestEvent) error {
	return middleware.TooMany(e, "file", "too_many_imports", "One import is running and two are waiting: wait until one of them is over.")
}

// show answers the record of an import if the view rule allows it.
func (r importRoutes) show(e *core.RequestEvent) error {
	record, err := request.Visible(e, "imports", "import")
	if err != nil {
		return err
	}
	if err := apis.EnrichRecord(e, record); err != nil {
		return e.InternalServerError("", err)
	}
	return e.JSON(http.StatusOK, record)
}

// report answers all problems of an import as a file; the record has the first 100. The report of an import without problems
// has no lines.
func (r importRoutes) report(e *core.RequestEvent) error {
	record, err := request.Visible(e, "imports", "import")
	if err != nil {
		return err
	}
	report, err := clientfile.OpenReport(e.App, record)
	if err != nil {
		return e.InternalServerError("", err)
	}
	defer report.Close()
	return request.StreamDated(e, "import-"+record.Id, ".csv", "text/csv; charset=utf-8", func(_ context.Context, w io.Writer) error {
		_, err := io.Copy(w, report)
		return err
	})
}

// undo takes an import back and answers its record; options.undone counts what was done. A second call answers 200 and does
// nothing.
func (r importRoutes) undo(e *core.RequestEvent) error {
	record, err := request.Owned(e, "imports", "import")
	if err != nil {
		return err
	}
	if record.GetString("status") != "undone" {
		_, err = r.importer.Undo(record)
	}
	switch {
	case errors.Is(err, clientfile.ErrBusy):
		return conflict("busy", "Another import is running. Try again when it is over.")
	case errors.Is(err, clientfile.ErrNotUndoable):
		return conflict("not_undoable", "This import cannot be undone: it is not over, or it was a dry run.")
	case err != nil:
		return e.InternalServerError("", err)
	}
	return r.show(e)
}

func conflict(code, message string) error {
	return apis.NewApiError(http.StatusConflict, message, request.Refuse("import", code, message))
}

// readUpload reads the file and the fields of the form, or answers what is wrong with them.
func readUpload(req *http.Request) (formdata.Upload, error) {
	upload, err := formdata.ReadUpload(req, "file", "gonets-import-*", importLimits)
	switch {
	case errors.Is(err, formdata.ErrNotForm):
		return upload, apis.NewBadRequestError("Send the file as multipart/form-data.", request.Refuse("file", "required", "Send the file as multipart/form-data"))
	case errors.Is(err, formdata.ErrTooManyFields):
		return upload, middleware.FormTooLong(fmt.Sprintf("The form has too many fields: at most %d, the file included.", importLimits.Parts))
	case errors.Is(err, formdata.ErrFieldTooLong):
		return upload, middleware.FormTooLong(fmt.Sprintf("A field of the form is too long: at most %d KB.", importLimits.FieldBytes>>10))
	case errors.Is(err, apis.ErrRequestEntityTooLarge):
		return upload, apis.ErrRequestEntityTooLarge
	case err != nil: // it breaks off
		return upload, apis.NewBadRequestError("The file could not be read to its end.", err)
	}
	return upload, nil
}

// importOptions reads the fields beside the file.
func importOptions(e *core.RequestEvent, f formdata.Upload) (clientfile.ImportOptions, error) {
	owner, err := ownerOf(e, f.Fields["owner"])
	if err != nil {
		return clientfile.ImportOptions{}, err
	}
	o := clientfile.ImportOptions{
		Owner: owner, List: f.Fields["list"], Conflict: clientfile.Conflict(f.Fields["on_conflict"]),
		DryRun: isYes(f.Fields["dry_run"]), Consent: isYes(f.Fields["consent"]),
	}
	o.Reading = clientfile.Reading{Encoding: f.Fields["encoding"], Delimiter: f.Fields["delimiter"], Header: f.Fields["header"]}
	bad := request.Refusals{}
	if f.Path == "" {
		bad.Add("file", "required", "Choose a file")
	}
	if !slices.Contains([]clientfile.Conflict{"", clientfile.Keep, clientfile.Fill, clientfile.Overwrite}, o.Conflict) {
		bad.Add("on_conflict", "unknown_value", "Must be keep, fill or overwrite")
	}
	if raw := f.Fields["mapping"]; raw != "" && json.Unmarshal([]byte(raw), &o.Reading.Mapping) != nil {
		bad.Add("mapping", "not_an_object", `Must be a JSON object such as {"Work mail": "email"}`)
	}
	if o.List != "" {
		if _, err := e.App.FindFirstRecordByFilter("lists", "id = {:id} && owner = {:owner}", dbx.Params{"id": o.List, "owner": owner}); err != nil {
			bad.Add("list", "unknown_list", "There is no such list")
		}
	}
	if err := bad.Err(); err != nil {
		return o, e.BadRequestError("The file cannot be imported like that.", err)
	}
	return o, nil
}

// isYes reports whether a field of a form that is a switch is on.
func isYes(value string) bool {
	return slices.Contains([]string{"true", "1", "on", "yes"}, strings.ToLower(value))
}

func checkImportFile(ctx context.Context, path string, how clientfile.Reading) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return clientfile.CheckFile(ctx, f, how)
}

// wrongFile answers 400 for a file that cannot be imported.
func wrongFile(e *core.RequestEvent, err error) error {
	var wrong *tablefile.Error
	if errors.As(err, &wrong) {
		message := request.AsSentence(wrong.Detail)
		return e.BadRequestError(message, request.Refuse(wrong.Field, wrong.Code, message))
	}
	return e.InternalServerError("", err)
}
