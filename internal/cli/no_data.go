package cli

import (
	"cmp"

	"github.com/spf13/cobra"
)

// noData marks the commands that need no data folder: it is neither opened nor created for them.
const noData = "gonets/no-data"

// noDataWith names a flag of a command with which it needs no data folder.
const noDataWith = "gonets/no-data-with"

// dataWith names the only flag of a command with which it needs a data folder.
const dataWith = "gonets/data-with"

// needsNoData reports whether a command, with its arguments, neither opens nor creates a data folder.
func needsNoData(c *cobra.Command, args []string) bool {
	if _, never := c.Annotations[noData]; never {
		return true
	}
	without, is := c.Annotations[noDataWith]
	with, only := c.Annotations[dataWith]
	if !is && !only {
		return false
	}
	if c.ParseFlags(args) != nil {
		return true // the command refuses the flags, and does nothing
	}
	set, err := c.Flags().GetBool(cmp.Or(without, with))
	return err == nil && set == is
}
