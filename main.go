// Gonets («Гонец») is a self-hosted mailing service in one binary, built on PocketBase: clients,
// messages, mailings, and the result of every single recipient. See docs/ and README.md.
package main

import (
	"embed"
	"os"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/plugins/migratecmd"
	"github.com/pocketbase/pocketbase/tools/osutils"
	_ "time/tzdata" // owners' time zones must be known on machines that ship none

	"gonets/hooks"
	"gonets/hooks/site"
	"gonets/internal/cli"
	"gonets/internal/database"
	"gonets/internal/delivery"
	"gonets/internal/demoserver"
	"gonets/internal/nameserver"
	"gonets/internal/stats"
)

//go:embed all:pb_public
var public embed.FS

func main() { os.Exit(run()) }

// run wires the application and returns the exit code of the process.
func run() int {
	app := pocketbase.NewWithConfig(pocketbase.Config{
		DefaultDev:     false, // `go run` would turn it on and print every SQL statement
		DefaultDataDir: demoserver.DataDir(os.Args[1:]),
		DBConnect:      database.Connect,
	})

	site := site.PublicFlag(app.RootCmd, public)

	engine := delivery.New(app)
	figures := stats.New(app)

	resolver := new(nameserver.Resolver)
	hooks.Register(app, site, engine, figures, resolver)
	hooks.RunEngine(app, engine)
	migratecmd.MustRegister(app, app.RootCmd, migratecmd.Config{
		Dir:         "migrations",
		Automigrate: osutils.IsProbablyGoRun(),
	})
	cli.Register(app, engine, resolver)

	return cli.Execute(app)
}
