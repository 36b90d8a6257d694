package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(importsUp, drop("imports")) }

// importsUp adds the record that an import of clients keeps of itself.
func importsUp(app core.App) error {
	owner, err := ownerField(app)
	if err != nil {
		return err
	}
	list, err := relation(app, "list", "lists")
	if err != nil {
		return err
	}
	c := core.NewBaseCollection("imports")
	c.Fields.Add(
		owner,
		&core.TextField{Name: "file_name", Max: 255, Presentable: true},
		list,
		&core.JSONField{Name: "options", MaxSize: 64 << 10},
		choice("status", "queued", "running", "completed", "failed", "undone"),
		&core.BoolField{Name: "dry_run"},
		counter("total"), counter("added"), counter("changed"),
		counter("unchanged"), counter("invalid"), counter("suppressed"),
		// The first problems; the whole report, a line a problem, is the file.
		&core.JSONField{Name: "problems", MaxSize: 256 << 10},
		&core.FileField{Name: "report", MaxSelect: 1, MaxSize: 200 << 20, Protected: true},
		&core.TextField{Name: "error", Max: 1000},
	)
	c.Fields.Add(autodates()...)
	readOnly(c)
	c.AddIndex("idx_imports_owner_created", false, "owner, created, id", "")
	return app.Save(c)
}
