// Package demoserver is the command that serves a demo: invented data, and a mail server that catches everything.
package demoserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"gonets/internal/delivery"
	"gonets/internal/demo"
	"gonets/internal/feedback"
	"gonets/internal/intake"
	"gonets/internal/outbox"
)

// latency is how long the demo's mail server takes for one e-mail: with ten connections about 250 e-mails a second,
// slow enough to watch.
const latency = 40 * time.Millisecond

// deferral are the times between tries in a demo: short, so that a visitor sees greylisted recipients being sent.
var deferral = []time.Duration{4 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute}

// DataDir is the data folder of the command in args unless --dir names one; "" is PocketBase's default. PocketBase needs it
// before it reads the command line, so this finds the command: the first word that is neither a flag nor its value.
func DataDir(args []string) string {
	for i := 0; i < len(args); i++ {
		switch arg := args[i]; {
		case arg == "demo":
			return demo.DefaultFolder
		case arg == "--dir" || arg == "--encryptionEnv" || arg == "--queryTimeout" || arg == "--public":
			i++
		case !strings.HasPrefix(arg, "-"):
			return ""
		}
	}
	return ""
}

// server is the demo of one run of the process.
type server struct {
	app    *pocketbase.PocketBase
	engine *delivery.Engine
	http   string
	reset  bool

	listener net.Listener
	folder   *demo.Folder
}

// Command serves Gonets with example data and a mail server that catches all e-mails.
func Command(app *pocketbase.PocketBase, engine *delivery.Engine) *cobra.Command {
	d := &server{app: app, engine: engine}
	c := &cobra.Command{
		Use: "demo", Short: "Try Gonets: the whole service with example data and its own catch-all mail server",
		Long: "Serves Gonets on this machine only, with example data in a folder of its own (demo_data, or --dir)\n" +
			"and a mail server that catches everything: nothing leaves this machine. Some e-mails come back as\n" +
			"bounces and complaints, seconds later. Ctrl-C stops it; the data is there again the next time.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return d.run(c) },
	}
	c.Flags().StringVar(&d.http, "http", "127.0.0.1:8090", "address on this machine to serve at")
	c.Flags().BoolVar(&d.reset, "reset", false, "delete the data of the demo and start over")

	// Before PocketBase opens the database, which it does before it runs a command.
	app.OnBootstrap().BindFunc(func(e *core.BootstrapEvent) error {
		asked, rest, err := app.RootCmd.Find(os.Args[1:])
		if err != nil || asked != c {
			return e.Next()
		}
		if err := c.ParseFlags(rest); err != nil {
			return err
		}
		if err := d.claim(app.DataDir()); err != nil {
			return err
		}
		return e.Next()
	})
	return c
}

// claim takes the address and the folder, so that nothing is changed when one of them is in use.
func (d *server) claim(dataDir string) error {
	address, err := loopback(d.http)
	if err != nil {
		return err
	}
	if d.listener, err = net.Listen("tcp", address); err != nil {
		return fmt.Errorf("%s cannot be served at: %w. Choose another address with --http, for example --http 127.0.0.1:8091", d.http, cause(err))
	}
	if d.folder, err = demo.Claim(dataDir, d.reset); err != nil {
		return errors.Join(err, d.listener.Close())
	}
	return nil
}

// loopback refuses addresses that other machines can reach: the passwords of a demo are known to everybody.
func loopback(address string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("--http %s: give an address with a port, for example 127.0.0.1:8090", address)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return "", fmt.Errorf("--http %s: the demo can be reached from this machine only, for everybody knows its passwords; "+
			"give a loopback address, for example 127.0.0.1:8090", address)
	}
	return net.JoinHostPort(host, port), nil
}

// cause is the error of the system, without the address.
func cause(err error) error {
	var system *os.SyscallError
	if errors.As(err, &system) {
		return system.Err
	}
	return err
}

func (d *server) run(c *cobra.Command) error {
	app, ctx := d.app, context.Background()
	if err := app.RunAllMigrations(); err != nil {
		return fmt.Errorf("bring the database up to date: %w", err)
	}
	back, err := intake.Listen(ctx, app, feedback.New(app), intake.Addresses{SMTP: "127.0.0.1:0"})
	if err != nil {
		return fmt.Errorf("take what comes back: %w", err)
	}
	box, err := outbox.Start(ctx, outbox.Options{
		Rules: outbox.DemoRules, Returns: outbox.DemoReturns, ReturnTo: back.Addrs()[0].String(), Latency: latency, Log: app.Logger(),
	})
	if err != nil {
		return errors.Join(err, back.Close())
	}
	address := "http://" + d.listener.Addr().String()
	if err := d.prepare(ctx, box, address); err != nil {
		return errors.Join(err, box.Close(), back.Close())
	}

	demo.Announce(app, box)
	delivery.Deferral(deferral, len(deferral)+1)(d.engine)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Listener = d.listener
		e.InstallerFunc = nil // there is a superuser, and nobody asked for a browser
		if err := e.Next(); err != nil {
			return err
		}
		greet(c.OutOrStdout(), address, d.folder.Path())
		return nil
	})
	// After the engine, which sends until it has stopped.
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		return errors.Join(box.Close(), back.Close(), e.Next(), d.folder.Release())
	})
	err = apis.Serve(app, apis.ServeConfig{HttpAddr: d.listener.Addr().String(), AllowedOrigins: []string{address}})
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// prepare points the mail settings at the outbox and fills a new folder.
func (d *server) prepare(ctx context.Context, box *outbox.Outbox, address string) error {
	first := !d.folder.Filled()
	if err := demo.Configure(d.app, box, address, first); err != nil {
		return err
	}
	if !first {
		return nil
	}
	if err := demo.Fill(ctx, d.app, time.Now()); err != nil {
		return err
	}
	return d.folder.MarkFilled()
}
