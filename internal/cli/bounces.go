package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"gonets/internal/bounce"
)

// bouncesCommand has the commands for what mail systems send back.
func bouncesCommand() *cobra.Command {
	c := &cobra.Command{Use: "bounces", Short: "Read what mail systems send back", Annotations: map[string]string{noData: ""}}
	read := &cobra.Command{
		Use: "read FILE…|-", Short: "Tell what bounces, complaints and automatic replies say",
		Long: `Tell what bounces, complaints and automatic replies say: one line of JSON for each recipient. A file is one email as it
arrived, or an mbox; - is standard input. It needs no data folder and changes nothing.`,
		Example:     "  gonets bounces read Maildir/new/*\n  ssh mail cat bounce.eml | gonets bounces read -",
		Args:        cobra.MinimumNArgs(1),
		Annotations: map[string]string{noData: ""},
		RunE: func(c *cobra.Command, files []string) error {
			var errs []error
			for _, file := range files {
				if err := readBounce(c.OutOrStdout(), c.InOrStdin(), file); err != nil {
					errs = append(errs, err)
				}
			}
			return errors.Join(errs...)
		},
	}
	c.AddCommand(read)
	return c
}

// bounceLine is what is said of one recipient (docs/bounces.md). What needs the database is empty.
type bounceLine struct {
	File         string      `json:"file"`
	Kind         bounce.Kind `json:"kind"`
	Recipient    string      `json:"recipient"`
	Code         int         `json:"code"`
	EnhancedCode string      `json:"enhanced_code"`
	Action       string      `json:"action"`
	Diagnostic   string      `json:"diagnostic"`
	Mailing      string      `json:"mailing"`
	Client       string      `json:"client"`
	MatchedBy    string      `json:"matched_by"`
}

// readBounce writes what one file says.
func readBounce(out io.Writer, stdin io.Reader, file string) error {
	source := stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return fmt.Errorf("open the email: %w", err)
		}
		defer f.Close()
		source = f
	}
	for email, err := range bounce.Emails(source) {
		if err != nil {
			return err
		}
		for _, r := range bounce.Parse(email).Recipients {
			line := bounceLine{
				File: file, Kind: r.Kind, Recipient: r.Address, Code: r.Code, EnhancedCode: r.Enhanced, Action: r.Action, Diagnostic: r.Diagnostic,
			}
			if err := writeLine(out, line); err != nil {
				return err
			}
		}
	}
	return nil
}
