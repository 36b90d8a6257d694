package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		steps(add("images", images), statements(removeStoredFiles("images"))),
		drop("images"),
	)
}

// images are the pictures that messages show.
func images(c *collection) {
	c.Fields.Add(
		c.owner(),
		// Not protected: mail clients fetch the file without signing in. Its name cannot be guessed.
		&core.FileField{
			Name: "file", MaxSelect: 1, MaxSize: 5 << 20, Required: true,
			MimeTypes: []string{"image/jpeg", "image/png", "image/gif", "image/webp"},
			Thumbs:    []string{"320x0"},
		},
		created(), updated(),
	)
	c.ownedByUser()
	c.AddIndex("idx_images_owner_created", false, "owner, created, id", "")
}
