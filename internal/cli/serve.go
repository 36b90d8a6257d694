package cli

import (
	"github.com/pocketbase/pocketbase/cmd"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"gonets/internal/delivery"
	"gonets/internal/feedback"
	"gonets/internal/intake"
	"gonets/internal/metrics"
)

// serveCommand is PocketBase's command with the flags of Gonets: it takes bounces and tells figures too.
func serveCommand(app core.App, engine *delivery.Engine) *cobra.Command {
	c := cmd.NewServeCommand(app, true)
	logFlag(c)
	at := new(intake.Addresses)
	c.Flags().StringVar(&at.SMTP, "bounce-listen", "", "take bounces by SMTP at HOST:PORT (docs/bounces.md)")
	c.Flags().StringVar(&at.LMTP, "bounce-lmtp", "", "take bounces by LMTP at HOST:PORT")
	intake.Bind(app, feedback.New(app), at)
	figures := c.Flags().String("metrics", "", "serve figures for Prometheus at this address, /metrics; a port alone is one of this machine")
	metrics.Bind(app, engine, figures)
	return c
}
