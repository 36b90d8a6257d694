package cli

import (
	"github.com/pocketbase/pocketbase/cmd"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"
)

// serveCommand is PocketBase's command with the flags of Gonets.
func serveCommand(app core.App) *cobra.Command {
	c := cmd.NewServeCommand(app, true)
	logFlag(c)
	return c
}
