package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		addFields(core.CollectionNameSuperusers, choice("language", "Of the web UI, and of e-mails about problems of the service", "ru", "en")),
		removeFields(core.CollectionNameSuperusers, "language"),
	)
}
