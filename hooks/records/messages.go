package records

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"
	"github.com/pocketbase/pocketbase/tools/list"

	"gonets/hooks/request"
	"gonets/internal/excerpt"
)

// BindMessages keeps messages valid. Templates are checked at preview, preflight and launch only: an unfinished draft can be
// saved.
func BindMessages(app core.App) {
	prepare := func(e *core.RecordEvent) error {
		request.SetDefault(e.Record, "format", "html")
		nameAttachments(e.Record)
		return e.Next()
	}
	app.OnRecordCreate("messages").BindFunc(prepare)
	app.OnRecordUpdate("messages").BindFunc(prepare)

	app.OnRecordValidate("messages").BindFunc(func(e *core.RecordEvent) error {
		bad := request.Refusals{}
		bad.OneLine(e.Record, "name", "subject", "preheader")
		if err := bad.Err(); err != nil {
			return err
		}
		return e.Next()
	})
}

// nameAttachments keeps the names that the author gave the attachments: those of the stored files have Latin letters and
// digits only. What a request says of them is ignored.
func nameAttachments(message *core.Record) {
	before, names := map[string]string{}, map[string]string{}
	_ = message.Original().UnmarshalJSONField("attachment_names", &before) // null, if there were none
	files, isMixed := message.GetRaw("attachments").([]any)                // with files that are not stored yet
	if !isMixed {
		files = list.ToInterfaceSlice(message.GetStringSlice("attachments"))
	}
	for _, file := range files {
		switch file := file.(type) {
		case *filesystem.File:
			names[file.Name] = excerpt.Of(file.OriginalName, maxAttachmentName)
		case string:
			if name, is := before[file]; is {
				names[file] = name
			}
		}
	}
	message.Set("attachment_names", names)
}

// maxAttachmentName is how many characters of a name are kept.
const maxAttachmentName = 255
