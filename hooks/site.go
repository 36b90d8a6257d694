package hooks

import (
	"embed"
	"fmt"
	"io/fs"
	"os"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"
)

// Site is the public web UI: the files of pb_public, embedded, or a folder that the operator names.
type Site struct {
	folder   string
	embedded fs.FS
}

// PublicFlag adds the --public flag to the commands and returns the site that it chooses.
func PublicFlag(root *cobra.Command, embedded embed.FS) *Site {
	s := &Site{embedded: apis.MustSubFS(embedded, "pb_public")}
	root.PersistentFlags().StringVar(&s.folder, "public", "", "serve the web UI from this folder instead of the embedded one")
	return s
}

// files returns the file system to serve, or an error that names the folder that is not there.
func (s *Site) files() (fs.FS, error) {
	if s.folder == "" {
		return s.embedded, nil
	}
	if info, err := os.Stat(s.folder); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("--public: %s is not a folder", s.folder)
	}
	return os.DirFS(s.folder), nil
}

func (s *Site) bind(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		files, err := s.files()
		if err != nil {
			return err
		}
		e.Router.GET("/{path...}", apis.Static(files, false))
		return e.Next()
	})
}
