package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"gonets/internal/build"
)

// versionCommand tells what the binary was built from.
func versionCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "version", Short: "Tell version, commit and date of this program", Args: cobra.NoArgs,
		Annotations: map[string]string{noData: ""},
		RunE: func(c *cobra.Command, _ []string) error {
			if asJSON {
				return writeJSON(c.OutOrStdout(), build.Of())
			}
			_, err := fmt.Fprintln(c.OutOrStdout(), "gonets", build.Of())
			return err
		},
	}
	return jsonFlag(c, &asJSON)
}
