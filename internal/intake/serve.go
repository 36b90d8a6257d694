package intake

import (
	"context"
	"io"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"gonets/internal/feedback"
	"gonets/internal/listening"
)

// Flags adds the flags of the addresses to the command that serves.
func Flags(serve *cobra.Command) *Addresses {
	at := new(Addresses)
	serve.Flags().StringVar(&at.SMTP, "bounce-listen", "", "take bounces by SMTP at HOST:PORT (docs/bounces.md)")
	serve.Flags().StringVar(&at.LMTP, "bounce-lmtp", "", "take bounces by LMTP at HOST:PORT")
	return at
}

// Bind takes bounces by SMTP and LMTP while the application serves. The addresses are read when it begins to.
func Bind(app core.App, booker *feedback.Booker, at *Addresses) {
	listening.Bind(app, "take bounces", func(*core.ServeEvent) (io.Closer, error) {
		running, err := Listen(context.Background(), app, booker, *at)
		if err != nil {
			return nil, err // and not a nil *Servers
		}
		return running, nil
	})
}
