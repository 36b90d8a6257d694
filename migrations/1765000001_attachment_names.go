package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// attachmentNames are the names that authors gave the attachments of a message, by the names of the stored files, which
// have Latin letters and digits only.
const attachmentNames = "attachment_names"

func init() {
	m.Register(func(app core.App) error {
		messages, err := app.FindCollectionByNameOrId("messages")
		if err != nil {
			return fmt.Errorf("find the messages collection: %w", err)
		}
		messages.Fields.Add(&core.JSONField{Name: attachmentNames, MaxSize: 16 << 10, Help: "Follows the attachments"})
		return app.Save(messages)
	}, func(app core.App) error {
		messages, err := app.FindCollectionByNameOrId("messages")
		if err != nil {
			return fmt.Errorf("find the messages collection: %w", err)
		}
		messages.Fields.RemoveByName(attachmentNames)
		return app.Save(messages)
	})
}
