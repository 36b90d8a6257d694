// Package doctor checks an instance: what is missing before its first real mailing, and how it does afterwards. It tells superusers
// of problems.
package doctor

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/backup"
	"gonets/internal/delivery"
	"gonets/internal/disk"
	"gonets/internal/dnsrecord"
	"gonets/internal/printable"
	"gonets/internal/recall"
	"gonets/internal/results"
	"gonets/internal/sender"
)

// Finding is the result of one check.
type Finding struct {
	Code  string `json:"code"`
	Level string `json:"level"` // error, warning or ok
	// Detail is what was found, in English. Do is what to do about it, "" when there is nothing to do or Detail says it.
	Detail string `json:"detail"`
	Do     string `json:"do,omitempty"`
	// Reason is a stable word for what was found, Subject what it is about (the id of a sender or a mailing, a host), and Values
	// are the figures of Detail.
	Reason  string         `json:"reason,omitempty"`
	Subject string         `json:"subject,omitempty"`
	Values  map[string]any `json:"values,omitempty"`
}

const (
	levelOK      = "ok"
	levelWarning = "warning"
	levelError   = "error"
)

type doctor struct {
	app      core.App
	resolver dnsrecord.Resolver
	findings []Finding

	// Of a running service; nil for a command.
	engine       *delivery.Engine
	watch        *backup.Watch
	certificates *recall.Value[Finding]
}

// state is which process sends.
func (d *doctor) state() delivery.State {
	if d.engine == nil {
		return delivery.StateOf(d.app.DataDir())
	}
	return d.engine.State()
}

// probeTime bounds the test of one mail server.
const probeTime = 15 * time.Second

// Examine makes all checks, for an operator who waits: it connects to each mail server and reads all recipients. ok is false when one
// of them found an error.
func Examine(ctx context.Context, app core.App, resolver dnsrecord.Resolver) (findings []Finding, ok bool, err error) {
	d := doctor{app: app, resolver: resolver}
	err = d.run(
		ctx, d.superuser, d.mailServers, d.publicAddress, d.certificate, d.manager, d.backups, d.lastBackup, d.disk, d.size, d.books, d.waysIn,
		d.sending, d.oldestWaiting, d.clock, d.version,
	)
	if err != nil {
		return nil, false, err
	}
	return d.findings, healthy(d.findings), nil
}

// Findings are what Examine has found, as it is told to programs.
type Findings struct {
	OK     bool      `json:"ok"`
	Checks []Finding `json:"checks"`
}

// String is the findings for a terminal.
func (all Findings) String() string {
	var b strings.Builder
	for _, f := range all.Checks {
		fmt.Fprintf(&b, "%-8s %-15s %s\n", f.Level, f.Code, printable.Line(f.Detail))
		if f.Do != "" {
			fmt.Fprintf(&b, "%24s → %s\n", "", printable.Line(f.Do))
		}
	}
	return b.String()
}

// run makes checks, until one of them cannot be made.
func (d *doctor) run(ctx context.Context, checks ...func(context.Context) error) error {
	for _, check := range checks {
		if err := check(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (d *doctor) found(level, code, format string, args ...any) {
	d.findings = append(d.findings, Finding{Code: code, Level: level, Detail: fmt.Sprintf(format, args...)})
}

// because gives the last finding its reason.
func (d *doctor) because(reason, subject string, values map[string]any) {
	f := &d.findings[len(d.findings)-1]
	f.Reason, f.Subject, f.Values = reason, subject, values
}

func (d *doctor) superuser(context.Context) error {
	n, err := d.app.CountRecords(core.CollectionNameSuperusers, dbx.Not(dbx.HashExp{"email": core.DefaultInstallerEmail}))
	if err != nil {
		return fmt.Errorf("count superusers: %w", err)
	}
	if n == 0 {
		d.found(levelError, "superuser", "there is no superuser: gonets serve prints an address where the first one is made, or gonets superuser upsert EMAIL PASSWORD")
		d.because("none", "", nil)
		return nil
	}
	d.found(levelOK, "superuser", "%s", printable.Count(n, "superuser", "superusers"))
	return nil
}

// mailServers checks PocketBase's own mail settings, by which account e-mails are sent, and each sender.
func (d *doctor) mailServers(ctx context.Context) error {
	var senders []struct {
		ID   string `db:"id"`
		Name string `db:"name"`
	}
	if err := d.app.ConcurrentDB().NewQuery(`SELECT id, name FROM senders ORDER BY name`).WithContext(ctx).All(&senders); err != nil {
		return fmt.Errorf("read senders: %w", err)
	}
	if err := d.mailSettings(ctx); err != nil {
		return err
	}
	if smtp := d.app.Settings().SMTP; smtp.Enabled {
		d.probe(ctx, "", fmt.Sprintf("%s:%d", smtp.Host, smtp.Port))
	}
	for _, s := range senders {
		d.probe(ctx, s.ID, "sender "+s.Name)
		account, err := sender.Of(d.app, s.ID)
		if err != nil {
			continue // the probe has said so
		}
		if err := d.returnPath(ctx, account, s.Name); err != nil {
			return err
		}
	}
	return nil
}

// mailSettings checks whether there is a mail server, without connecting to it.
func (d *doctor) mailSettings(ctx context.Context) error {
	settings := d.app.Settings()
	if settings.SMTP.Enabled {
		if strings.HasSuffix(settings.Meta.SenderAddress, "@example.com") {
			d.found(levelError, "sender_address", "mails would come from %s: set the From address on the page Mail servers → Mail for accounts",
				settings.Meta.SenderAddress)
			d.because("example", settings.Meta.SenderAddress, nil)
		}
		return nil
	}
	var senders bool
	if err := d.app.ConcurrentDB().NewQuery(`SELECT EXISTS (SELECT 1 FROM senders)`).WithContext(ctx).Row(&senders); err != nil {
		return fmt.Errorf("read senders: %w", err)
	}
	if senders {
		d.found(levelWarning, "mail_settings",
			"Mail servers → Mail for accounts is off: mailings can go by other servers, but nobody gets a verification or reset mail")
		d.because("only_senders", "", nil)
		return nil
	}
	d.found(levelError, "mail_settings", "no mail server is set up: sign in as the superuser, Mail servers → Mail for accounts")
	d.because("none", "", nil)
	return nil
}

func (d *doctor) probe(ctx context.Context, id, name string) {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	answer, err := sender.Probe(ctx, d.app, id)
	if err != nil {
		d.found(levelError, "mail_server", "%s: %s", name, err)
		return
	}
	d.found(levelOK, "mail_server", "%s answers: %s", name, answer)
}

func (d *doctor) publicAddress(context.Context) error {
	raw := d.app.Settings().Meta.AppURL
	address, err := url.Parse(raw)
	switch {
	case err != nil || address.Host == "":
		d.found(levelError, "public_address", "%q is no address: set Limits and retention → Public address", raw)
		d.because("none", raw, nil)
	case isLocal(address.Hostname()):
		d.found(levelError, "public_address", "%s: links in mails would lead to the reader's own machine; set Limits and retention → Public address", raw)
		d.because("local", raw, nil)
	case address.Scheme != "https":
		d.found(levelWarning, "public_address", "%s: mail providers want https for one-click unsubscribe (RFC 8058)", raw)
		d.because("not_https", raw, nil)
	default:
		d.found(levelOK, "public_address", "%s", raw)
	}
	return nil
}

func isLocal(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (ip.IsLoopback() || ip.IsUnspecified())
}

func (d *doctor) manager(context.Context) error {
	n, err := d.app.CountRecords("users", dbx.HashExp{"role": "manager", "blocked": false, "verified": true})
	if err != nil {
		return fmt.Errorf("count managers: %w", err)
	}
	if n == 0 {
		d.found(levelWarning, "manager", "there is no manager: register in the web UI, then gonets role EMAIL manager")
		d.because("none", "", nil)
		return nil
	}
	d.found(levelOK, "manager", "%s", printable.Count(n, "manager", "managers"))
	return nil
}

func (d *doctor) backups(context.Context) error {
	backups := d.app.Settings().Backups
	switch {
	case backups.Cron == "":
		d.found(levelWarning, "backups", "no backups are made: turn them on, on the page Backups of the web UI")
		d.because("off", "", nil)
	case !backups.S3.Enabled:
		d.found(levelOK, "backups", "on schedule %q, on this machine's disk: better somewhere else (S3)", backups.Cron)
		d.because("this_disk", "", map[string]any{"schedule": backups.Cron})
	default:
		d.found(levelOK, "backups", "on schedule %q", backups.Cron)
	}
	return nil
}

// A mailing to a million takes about 1 GB with its attempts.
const (
	diskLow      = 2 << 30
	diskCritical = 256 << 20
)

func (d *doctor) disk(context.Context) error {
	free, err := disk.Free(d.app.DataDir())
	switch {
	case err != nil:
		d.found(levelWarning, "disk", "free space of %s is not known: %s", d.app.DataDir(), err)
		d.because("unknown", "", nil)
		return nil
	case free < diskCritical:
		d.found(levelError, "disk", "%d MB are free: with a full disk nothing can be sent", free>>20)
	case free < diskLow:
		d.found(levelWarning, "disk", "only %d MB are free", free>>20)
	default:
		d.found(levelOK, "disk", "%d GB are free", free>>30)
	}
	reason := ""
	if free < diskLow {
		reason = "low"
	}
	d.because(reason, "", map[string]any{"free": free})
	return nil
}

// books checks that the counters of each mailing match its recipients.
func (d *doctor) books(ctx context.Context) error {
	bad, err := results.Unbalanced(ctx, d.app.ConcurrentDB())
	if err != nil {
		return err
	}
	for _, b := range bad {
		d.found(levelError, "books", "mailing %s counts %s (total, sent, failed, uncertain, skipped, deferred, bounced) but its recipients say %s",
			b.Mailing, b.Counted, b.Found)
	}
	if len(bad) == 0 {
		d.found(levelOK, "books", "the books balance")
	}
	return nil
}
