package cli

import (
	"github.com/pocketbase/pocketbase/cmd"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"gonets/internal/feedback"
	"gonets/internal/intake"
)

// serveCommand is PocketBase's command with the flags of Gonets. It takes bounces too.
func serveCommand(app core.App) *cobra.Command {
	c := cmd.NewServeCommand(app, true)
	logFlag(c)
	at := new(intake.Addresses)
	c.Flags().StringVar(&at.SMTP, "bounce-listen", "", "take bounces by SMTP at HOST:PORT (docs/bounces.md)")
	c.Flags().StringVar(&at.LMTP, "bounce-lmtp", "", "take bounces by LMTP at HOST:PORT")
	intake.Bind(app, feedback.New(app), at)
	return c
}
