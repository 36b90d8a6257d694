package migrations

import (
	"fmt"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"github.com/pocketbase/pocketbase/tools/types"
)

func init() {
	m.Register(
		replaceViewRules(managerReads, managerReadsOfOwners),
		replaceViewRules(managerReadsOfOwners, managerReads),
	)
}

// A manager sees no record whose owner is gone: the rows of a deleted user go one after the other. Lists
// are narrowed by a hook, for there the join of every row with its owner would cost.
const (
	managerReads         = `@request.auth.role = "manager"`
	managerReadsOfOwners = `(@request.auth.role = "manager" && owner.created > "")`
)

func replaceViewRules(before, after string) func(core.App) error {
	return func(app core.App) error {
		for _, name := range []string{
			"clients", "lists", "subscriptions", "filters", "suppressions", "messages", "images", "mailings", "imports",
		} {
			c, err := app.FindCollectionByNameOrId(name)
			if err != nil {
				return fmt.Errorf("find the %s collection: %w", name, err)
			}
			if c.ViewRule == nil {
				continue // the operator's decision
			}
			c.ViewRule = types.Pointer(strings.Replace(*c.ViewRule, before, after, 1))
			if err := app.Save(c); err != nil {
				return fmt.Errorf("save the %s collection: %w", name, err)
			}
		}
		return nil
	}
}
