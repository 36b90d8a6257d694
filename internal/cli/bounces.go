package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"gonets/internal/bounce"
)

// bouncesCommand has the commands for what mail systems send back.
func bouncesCommand(app core.App, r *running) *cobra.Command {
	c := &cobra.Command{Use: "bounces", Short: "Read what mail systems send back", Annotations: map[string]string{noData: ""}}
	c.AddCommand(bouncesReadCommand(app, r))
	return c
}

func bouncesReadCommand(app core.App, r *running) *cobra.Command {
	var apply bool
	c := &cobra.Command{Use: "read FILE…|-", Short: "Tell what bounces, complaints and automatic replies say", Args: cobra.MinimumNArgs(1)}
	c.Long = `Tell what bounces, complaints and automatic replies say: one line of JSON for each recipient. A file is one email as it
arrived, or an mbox; - is standard input.

Without --apply it needs no data folder and changes nothing. With --apply the recipients become bounced or are counted as
complaints, also while the service runs. What was read before has no effect again.`
	c.Example = `  gonets bounces read Maildir/new/*
  ssh mail cat bounce.eml | gonets bounces read -
  gonets bounces read --apply --dir /var/lib/gonets -`
	booking := r.command(app, "", "", nil, func(ctx context.Context, out io.Writer, files []string) error {
		a := newApplier(ctx, app, forProgram(out))
		for _, file := range files {
			a.read(c.InOrStdin(), file)
		}
		return a.end()
	})
	c.Annotations = map[string]string{own: "", dataWith: "apply"}
	c.RunE = func(c *cobra.Command, files []string) error {
		if apply {
			return booking.RunE(c, files)
		}
		var errs []error
		for _, file := range files {
			err := readEmails(c.InOrStdin(), file, func(email []byte) error {
				for _, r := range bounce.Parse(email).Recipients {
					if err := writeLine(c.OutOrStdout(), lineOf(file, r)); err != nil {
						return err
					}
				}
				return nil
			})
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	}
	c.Flags().BoolVar(&apply, "apply", false, "change recipients, counters and the stop list by what the emails say")
	return c
}

// bounceLine is what is said of one recipient (docs/bounces.md). What needs the database is empty without it.
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

func lineOf(file string, r bounce.Recipient) bounceLine {
	return bounceLine{
		File: file, Kind: r.Kind, Recipient: r.Address, Code: r.Code, EnhancedCode: r.Enhanced, Action: r.Action, Diagnostic: r.Diagnostic,
	}
}

// readEmails calls each with the emails of a file, or of standard input.
func readEmails(stdin io.Reader, file string, each func(email []byte) error) error {
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
		if err := each(email); err != nil {
			return err
		}
	}
	return nil
}
