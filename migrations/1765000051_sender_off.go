package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		addFields("senders", &core.BoolField{
			Name: "off", Hidden: true,
			Help: "Nobody can send with this sender; running mailings that use it pause",
		}),
		removeFields("senders", "off"),
	)
}
