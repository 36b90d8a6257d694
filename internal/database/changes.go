package database

import (
	"context"
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// UnknownChanges are the migrations that a database has and this program does not know: a newer one has made them.
func UnknownChanges(ctx context.Context, db dbx.Builder) ([]string, error) {
	var applied []string
	if err := db.NewQuery(`SELECT file FROM ` + core.DefaultMigrationsTable).WithContext(ctx).Column(&applied); err != nil {
		return nil, fmt.Errorf("list the migrations of the database: %w", err)
	}
	known := map[string]bool{}
	for _, list := range []core.MigrationsList{core.SystemMigrations, core.AppMigrations} {
		for _, m := range list.Items() {
			known[m.File] = true
		}
	}
	return slices.DeleteFunc(applied, func(file string) bool { return known[file] }), nil
}
