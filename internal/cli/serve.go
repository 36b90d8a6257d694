package cli

import (
	"github.com/pocketbase/pocketbase/cmd"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"gonets/internal/delivery"
	"gonets/internal/feedback"
	"gonets/internal/intake"
	"gonets/internal/metrics"
	"gonets/internal/submission"
	"gonets/internal/transactional"
)

// serveCommand is PocketBase's command with the flags of Gonets: it takes bounces and e-mails of programs, and tells figures too.
func serveCommand(app core.App, engine *delivery.Engine) *cobra.Command {
	c := cmd.NewServeCommand(app, true)
	logFlag(c)
	intake.Bind(app, feedback.New(app), intake.Flags(c))
	submission.Bind(app, transactional.New(app, engine.WakeForCalls), submission.Flags(c))
	figures := c.Flags().String("metrics", "", "serve figures for Prometheus at this address, /metrics; a port alone is one of this machine")
	metrics.Bind(app, engine, figures)
	return c
}
