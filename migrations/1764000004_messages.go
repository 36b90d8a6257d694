package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(messagesUp, drop("images", "messages")) }

// messagesUp adds the reusable letters and the pictures that they show.
func messagesUp(app core.App) error {
	owner, err := ownerField(app)
	if err != nil {
		return err
	}

	messages := core.NewBaseCollection("messages")
	messages.Fields.Add(
		owner,
		&core.TextField{Name: "name", Max: 200, Presentable: true},
		// Not required: a draft may be saved without one; preflight and launch ask for it.
		&core.TextField{Name: "subject", Max: 255},
		&core.TextField{Name: "preheader", Max: 255},
		choice("format", "html", "markdown", "text"),
		&core.TextField{Name: "body", Max: 500_000},
		&core.TextField{Name: "text_body", Max: 500_000},
		&core.FileField{Name: "attachments", MaxSelect: 10, MaxSize: 10 << 20, Protected: true},
	)
	messages.Fields.Add(autodates()...)
	ownRecords(messages)
	messages.AddIndex("idx_messages_owner_updated", false, "owner, updated, id", "")
	if err := app.Save(messages); err != nil {
		return err
	}

	owner, err = ownerField(app)
	if err != nil {
		return err
	}
	images := core.NewBaseCollection("images")
	images.Fields.Add(
		owner,
		// Public by its unguessable name: mail clients fetch it without signing in.
		&core.FileField{
			Name: "file", MaxSelect: 1, MaxSize: 5 << 20, Required: true,
			MimeTypes: []string{"image/jpeg", "image/png", "image/gif", "image/webp"},
			Thumbs:    []string{"320x0"},
		},
	)
	images.Fields.Add(autodates()...)
	ownRecords(images)
	images.AddIndex("idx_images_owner_created", false, "owner, created, id", "")
	return app.Save(images)
}
