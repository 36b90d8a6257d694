package cli

import "github.com/spf13/cobra"

// completionCommand adds cobra's command that writes the completions of shells. It needs no data folder, and neither does what a
// shell asks by it.
func completionCommand(root *cobra.Command) {
	root.CompletionOptions.DisableDefaultCmd = false
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() != "completion" {
			continue
		}
		for _, shell := range append(c.Commands(), c) {
			if shell.Annotations == nil {
				shell.Annotations = map[string]string{}
			}
			shell.Annotations[noData] = ""
		}
	}
}
