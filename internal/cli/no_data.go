package cli

import "github.com/spf13/cobra"

// noData marks the commands that need no data folder: it is neither opened nor created for them.
const noData = "gonets/no-data"

// noDataWith names a flag of a command with which it needs no data folder.
const noDataWith = "gonets/no-data-with"

// needsNoData reports whether a command, with its arguments, neither opens nor creates a data folder.
func needsNoData(c *cobra.Command, args []string) bool {
	if _, never := c.Annotations[noData]; never {
		return true
	}
	name, ok := c.Annotations[noDataWith]
	if !ok {
		return false
	}
	if c.ParseFlags(args) != nil {
		return true // the command refuses the flags, and does nothing
	}
	set, err := c.Flags().GetBool(name)
	return err == nil && set
}
