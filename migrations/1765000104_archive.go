package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		steps(
			changeFields("mailings", func(c *core.Collection) {
				c.Fields.Add(&core.BoolField{Name: "public", Help: "Everybody may read it in the archive of its owner, once it was launched"})
				c.AddIndex(mailingsPublic, false, "owner, started_at, id", "`public` = TRUE")
			}),
			changeUsers(func(users *core.Collection) {
				users.Fields.Add(
					&core.TextField{
						Name: "slug", Max: 40, Pattern: `^([a-z0-9][a-z0-9-]{1,38}[a-z0-9])?$`,
						Help: "The address of the archive, /a/{slug}: 3 to 40 small letters, digits and hyphens; empty means that there is none",
					},
					&core.BoolField{Name: "archive_noindex", Help: "Search engines are asked to leave the archive out"},
				)
				users.AddIndex(usersSlug, true, "slug", "`slug` != ''")
			}),
		),
		steps(
			changeUsers(func(users *core.Collection) {
				users.RemoveIndex(usersSlug)
				users.Fields.RemoveByName("archive_noindex")
				users.Fields.RemoveByName("slug")
			}),
			changeFields("mailings", func(c *core.Collection) {
				c.RemoveIndex(mailingsPublic)
				c.Fields.RemoveByName("public")
			}),
		),
	)
}

const (
	mailingsPublic = "idx_mailings_public"
	usersSlug      = "idx_users_slug"
)
