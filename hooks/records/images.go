package records

import (
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
)

// BindImages tells with every image the address that letters show it by. Letters are read elsewhere:
// an address taken from the author's browser may lead nowhere for their recipients.
func BindImages(app core.App) {
	app.OnRecordEnrich("images").BindFunc(func(e *core.RecordEnrichEvent) error {
		if public := request.PublicAddress(e.App); public != "" {
			e.Record.WithCustomData(true)
			e.Record.Set("url", public+"/api/files/"+e.Record.BaseFilesPath()+"/"+e.Record.GetString("file"))
		}
		return e.Next()
	})
}
