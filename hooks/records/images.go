package records

import (
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/mailing"
)

// BindImages adds to every image the address by which e-mails show it. The address in the author's browser may not work for
// recipients.
func BindImages(app core.App) {
	app.OnRecordEnrich("images").BindFunc(func(e *core.RecordEnrichEvent) error {
		if public := mailing.PublicAddress(e.App); public != "" {
			e.Record.WithCustomData(true)
			e.Record.Set("url", public+"/api/files/"+e.Record.BaseFilesPath()+"/"+e.Record.GetString("file"))
		}
		return e.Next()
	})
}
