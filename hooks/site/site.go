// Package site serves the static web UI, compressed and with its content security policy.
package site

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"gonets/hooks/request"
)

// Site is the public web UI: the files of pb_public, embedded, or a folder that the operator names.
type Site struct {
	Folder   string
	Embedded fs.FS
}

// PublicFlag adds the --public flag to the commands and returns the site that it chooses.
func PublicFlag(root *cobra.Command, embedded embed.FS) *Site {
	s := &Site{Embedded: apis.MustSubFS(embedded, "pb_public")}
	root.PersistentFlags().StringVar(&s.Folder, "public", "", "serve the web UI from this folder instead of the embedded one")
	return s
}

// files returns the file system to serve, or an error that names the folder that is not there.
func (s *Site) files() (fs.FS, error) {
	if s.Folder == "" {
		return s.Embedded, nil
	}
	if info, err := os.Stat(s.Folder); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("--public: %s is not a folder", s.Folder)
	}
	return os.DirFS(s.Folder), nil
}

// Bind serves the site at the root, after all other routes.
func (s *Site) Bind(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		files, err := s.files()
		if err != nil {
			return err
		}
		// A folder given by --public changes while it is served: what is kept of it would only grow.
		var packer packer
		if s.Folder == "" {
			packer.folder = filepath.Join(app.DataDir(), packedFolder)
			if err := packer.sweep(files); err != nil {
				app.Logger().Warn("compressed files of an earlier version are left", "error", err)
			}
		}
		shelf := newShelf(files, packer)
		e.Router.GET("/{path...}", func(e *core.RequestEvent) error { return serveFile(e, shelf) }).
			Bind(apis.SkipSuccessActivityLog())
		return e.Next()
	})
	besideBackups := func(e *core.BackupEvent) error {
		e.Exclude = append(e.Exclude, packedFolder)
		return e.Next()
	}
	app.OnBackupCreate().BindFunc(besideBackups)
	app.OnBackupRestore().BindFunc(besideBackups)
}

// serveFile answers a file of the site, the whole file also for a range request, because it may be compressed. A missing file
// is 404 and never the start page, which a script or an API client would take for an answer.
func serveFile(e *core.RequestEvent, shelf *shelf) error {
	name, ok := fileName(e.Request.URL.Path)
	if !ok {
		return e.NotFoundError("", nil)
	}
	file, err := shelf.open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return e.NotFoundError("", nil)
	}
	if err != nil {
		return e.InternalServerError("The file could not be read.", err)
	}

	header := e.Response.Header()
	header.Set("Cache-Control", file.cacheControl)
	if e.Request.Header.Get("Range") != "" {
		header.Set("Accept-Ranges", "none") // said to who asks: over a hundred short answers every field counts
	}
	// These headers are sent with pages only, not with each of a hundred scripts.
	header.Del("X-XSS-Protection")
	header.Del("X-Frame-Options")
	if file.isDocument() {
		SetPageHeaders(header, sitePolicy(e.App.Settings().Meta.AppURL), "same-origin")
	}

	body, tag := file.body, file.tag
	for _, packed := range file.packed() {
		header.Set("Vary", "Accept-Encoding") // it does not vary on Origin, as PocketBase says
		if header.Get("Content-Encoding") == "" && request.Accepts(e.Request, packed.coding) {
			body, tag = packed.body, packed.tag
			header.Set("Content-Encoding", packed.coding)
		}
	}
	header.Set("ETag", tag)
	if request.NamesTag(e.Request.Header.Get("If-None-Match"), tag) {
		header.Del("Content-Encoding")
		return e.NoContent(http.StatusNotModified)
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	if e.Request.Method == http.MethodHead {
		body = nil
	}
	return e.Blob(http.StatusOK, file.contentType, body)
}

// fileName is the name of the file at an address; false when there is none. Hidden files are never served, also not from a
// folder given by --public.
func fileName(address string) (string, bool) {
	name := strings.TrimPrefix(address, "/")
	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") && part != ".well-known" {
			return "", false
		}
	}
	return name, fs.ValidPath(name) && path.Base(name) != "."
}
