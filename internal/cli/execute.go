// Package cli is the command line of Gonets: its commands beside PocketBase's own, and their exit
// codes.
package cli

import (
	"cmp"
	"errors"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/cmd"
	"github.com/spf13/cobra"

	"gonets/internal/build"
	"gonets/internal/delivery"
	"gonets/internal/demoserver"
	"gonets/internal/jsonlog"
	"gonets/internal/nameserver"
	"gonets/internal/printable"
	"gonets/internal/private"
	"gonets/internal/tempdir"
	"gonets/migrations"
)

// Exit codes of every command. They are a contract (docs/cli.md).
const (
	exitOK         = 0 // all sent; the command did what it was asked
	exitFailed     = 1 // could not run; the message on stderr says why
	exitIncomplete = 3 // finished, but some recipients failed or are uncertain
	exitStopped    = 4 // stopped before the end
)

// exitError is an error that ends the process with a code of its own. A nil Err prints nothing: the
// command has written its message already.
type exitError struct {
	Code int
	Err  error
}

// Error implements error.
func (e *exitError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit code %d", e.Code)
	}
	return e.Err.Error()
}

// Unwrap implements errors.Unwrap.
func (e *exitError) Unwrap() error { return e.Err }

// Register adds PocketBase's own commands and those of Gonets.
func Register(app *pocketbase.PocketBase, engine *delivery.Engine, resolver *nameserver.Resolver) {
	app.RootCmd.Short = "Gonets: a self-hosted mailing service"
	app.RootCmd.Version = build.Of().String()
	app.RootCmd.PersistentFlags().Var(resolver, "dns", "ask this name server about domains, not the resolver of this machine")
	var r running
	r.waitFor(app)
	app.RootCmd.AddCommand(
		serveCommand(app, engine),
		cmd.NewSuperuserCommand(app),
		sendCommand(app, &r),
		mailingsCommand(app, &r),
		statusCommand(app, &r),
		reportCommand(app, &r, engine),
		clientsCommand(app, &r),
		roleCommand(app, &r),
		doctorCommand(app, &r, resolver),
		backupsCommand(app, &r),
		bouncesCommand(app, &r),
		versionCommand(),
		demoserver.Command(app, engine),
	)
	completionCommand(app.RootCmd)
	// Both after the demo, which accepts an empty folder only, or empties its own (--reset).
	migrations.Bind(app)
	tempdir.Keep(app)
}

// Execute runs the command line and returns the exit code.
//
// PocketBase drops the error of the command that it runs, and exits with 0 for an unknown one. So every command stores its
// error in an outcome.
func Execute(app *pocketbase.PocketBase) int {
	private.Umask()
	log.SetOutput(printable.Writer(os.Stderr)) // messages of the HTTP server and of PocketBase
	root, args := app.RootCmd, os.Args[1:]
	if len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd) {
		if root.Execute() != nil { // a shell asks; there is nobody to read an error
			return exitFailed
		}
		return exitOK
	}
	c, rest, err := root.Find(args)
	if c == root && len(args) > 0 && strings.HasPrefix(args[0], "-") {
		err = cmp.Or(checkFlags(root, args), err)
	}
	var say messages
	if err != nil {
		return say.fail(err)
	}
	if needsNoData(c, rest) {
		root.SilenceErrors, root.SilenceUsage = true, true
		if err := root.Execute(); err != nil {
			return say.fail(err)
		}
		return exitOK
	}
	if say, err = messagesOf(app, c, rest); err != nil {
		return say.fail(err)
	}
	if !asksForHelp(args) {
		if err := checkFolder(c, app.DataDir()); err != nil {
			return say.fail(err)
		}
		if err := private.Folder(app.DataDir()); err != nil {
			say.warn("others on this machine may be able to read the data", err)
		}
	}

	kept := outcome{ended: make(chan struct{})}
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return kept.keep(err) })
	kept.watch(root)

	err = app.Execute()
	if terr := tempdir.Remove(app); terr != nil {
		say.warn("the temporary files could not be removed", terr)
	}
	if err != nil {
		return say.fail(err)
	}
	if _, ours := c.Annotations[own]; ours && !asksForHelp(args) && !kept.complete() {
		return exitStopped // by a signal that came before the command began
	}
	if err := kept.error(); err != nil {
		return say.fail(err)
	}
	return exitOK
}

// checkFlags refuses unknown flags before the command, or without one. PocketBase ignores them, because it reads --dir
// before it knows the commands; but a mistyped flag must not show the help with exit code 0.
func checkFlags(root *cobra.Command, args []string) error {
	root.FParseErrWhitelist.UnknownFlags = false
	root.InitDefaultHelpFlag()
	root.InitDefaultVersionFlag()
	return root.ParseFlags(args)
}

// asksForHelp reports whether the help of a command is asked for.
func asksForHelp(args []string) bool {
	return slices.ContainsFunc(args, func(a string) bool { return a == "-h" || a == "--help" })
}

// fail prints what went wrong and returns the exit code for it.
func (m messages) fail(err error) int {
	var exit *exitError
	if !errors.As(err, &exit) {
		exit = &exitError{Code: exitFailed, Err: err}
	}
	if exit.Err != nil {
		m.write(jsonlog.LevelError, "Error: ", exit.Err.Error())
	}
	return exit.Code
}

// outcome keeps the first error of the command that ran. The command runs in a goroutine of PocketBase that may outlive
// Execute after a signal: hence the lock.
type outcome struct {
	mu    sync.Mutex
	err   error
	ended chan struct{} // closed when the command has ended and its error is kept
}

func (o *outcome) keep(err error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil {
		o.err = err
	}
	return err
}

func (o *outcome) error() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

// complete waits a moment until the command has stored how it ended, and reports whether it has. After a signal PocketBase
// returns as soon as the command has ended (waitFor), which is a little earlier, or before the command begins.
func (o *outcome) complete() bool {
	if o.error() != nil {
		return true // for wrong arguments a command does not run
	}
	select {
	case <-o.ended:
		return true
	case <-time.After(time.Second):
		return false
	}
}

// watch makes the command and its subcommands store their errors.
func (o *outcome) watch(c *cobra.Command) {
	c.SilenceErrors, c.SilenceUsage = true, true
	if args := c.Args; args != nil {
		c.Args = func(c *cobra.Command, a []string) error { return o.keep(args(c, a)) }
	}
	if run := c.RunE; run != nil {
		c.RunE = func(c *cobra.Command, a []string) error {
			defer close(o.ended)
			return o.keep(run(c, a))
		}
	}
	for _, sub := range c.Commands() {
		o.watch(sub)
	}
}
