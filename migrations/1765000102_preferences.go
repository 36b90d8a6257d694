package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		steps(
			changeFields("suppressions", func(c *core.Collection) {
				setReasons(c, append(suppressionReasons, "paused"))
				c.Fields.Add(&core.DateField{Name: "until", Help: "When a pause ends; empty for other reasons"})
				c.AddIndex(suppressionsUntil, false, "until", "`until` != ''")
			}),
			addFields("clients", &core.TextField{
				Name: "language", Max: 20, Pattern: `^([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$`,
				Help: "Of the pages that the client opens, such as en or ru; empty means that of the browser",
			}),
			add("opt_out_reasons", optOutReasons),
		),
		steps(
			drop("opt_out_reasons"),
			removeFields("clients", "language"),
			statements(
				`UPDATE clients SET status = 'active' WHERE status = 'unsubscribed' AND EXISTS (
					SELECT 1 FROM suppressions s WHERE s.owner = clients.owner AND s.kind = 'address' AND s.value = clients.email AND s.reason = 'paused')`,
				`DELETE FROM suppressions WHERE reason = 'paused'`,
			),
			changeFields("suppressions", func(c *core.Collection) {
				c.RemoveIndex(suppressionsUntil)
				c.Fields.RemoveByName("until")
				setReasons(c, suppressionReasons)
			}),
		),
	)
}

const suppressionsUntil = "idx_suppressions_until"

// suppressionReasons are those that the collection was made with.
var suppressionReasons = []string{"unsubscribed", "bounced", "complained", "manual"}

func setReasons(c *core.Collection, reasons []string) {
	if f, ok := c.Fields.GetByName("reason").(*core.SelectField); ok {
		f.Values = append([]string{}, reasons...)
	}
}

// optOutReasons are why readers leave, as they say on the page behind the unsubscribe link: one for each reader and mailing.
func optOutReasons(c *collection) {
	c.Fields.Add(
		c.owner(),
		// Ids are text and not relations, as in attempts.
		&core.TextField{Name: "mailing", Max: 15},
		&core.TextField{Name: "client", Max: 15},
		choice("reason", "", "too_many", "not_relevant", "never_signed_up", "other"),
		&core.TextField{Name: "words", Max: 500, Help: "In the reader's own words"},
		created(), updated(),
	)
	c.readByUser()
	c.AddIndex("idx_opt_out_reasons_reader", true, "owner, mailing, client", "")
	c.AddIndex("idx_opt_out_reasons_created", false, "owner, created, id", "")
}
