package cli

import (
	"github.com/pocketbase/pocketbase/cmd"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"gonets/internal/delivery"
	"gonets/internal/metrics"
)

// serveCommand is PocketBase's command with the flags of Gonets.
func serveCommand(app core.App, engine *delivery.Engine) *cobra.Command {
	c := cmd.NewServeCommand(app, true)
	logFlag(c)
	figures := c.Flags().String("metrics", "", "serve figures for Prometheus at this address, /metrics; a port alone is one of this machine")
	metrics.Bind(app, engine, figures)
	return c
}
