package records

import (
	"net"
	"regexp"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/address"
	"gonets/internal/mailbox"
	"gonets/internal/relay"
	"gonets/internal/secret"
)

// maxDeleteAfter is how many days a mailbox may keep bounces before they are deleted.
const maxDeleteAfter = 3650

// BindMailboxes keeps the mailboxes valid that are read for bounces. Only superusers reach them.
func BindMailboxes(app core.App) {
	prepare := func(e *core.RecordEvent) error {
		r := e.Record
		host := strings.ToLower(strings.TrimSpace(r.GetString("host")))
		if ascii, err := address.NormalizeDomain(host); err == nil {
			host = ascii
		}
		r.Set("host", host)
		request.SetDefault(r, "tls", string(relay.TLSImplicit))
		if r.GetInt("port") == 0 {
			r.Set("port", mailbox.UsualPort(mailbox.Kind(r.GetString("kind")), relay.TLSMode(r.GetString("tls"))))
		}
		return e.Next()
	}
	app.OnRecordCreate("mailboxes").BindFunc(prepare)
	app.OnRecordUpdate("mailboxes").BindFunc(prepare)

	app.OnRecordValidate("mailboxes").BindFunc(func(e *core.RecordEvent) error {
		r, bad := e.Record, request.Refusals{}
		bad.OneLine(r, "name", "host", "username", "password", "folder")
		host := r.GetString("host")
		if host != "" && !isHost(host) {
			bad.Add("host", "invalid_host", "Must be the name of a mail server, such as imap.example.org, or its IP address, without a port")
		}
		if r.GetString("tls") == string(relay.TLSNone) && host != "" && !isThisMachine(host) {
			bad.Add("tls", "tls_needed", "The password would travel unencrypted: choose starttls or implicit. none is for a mail server on this machine (localhost)")
		}
		if r.GetString("folder") != "" && r.GetString("kind") == string(mailbox.POP3) {
			bad.Add("folder", "no_folder", "POP3 has no folders: leave it empty, or choose imap")
		}
		if days := r.GetString("delete_after_days"); days != "" {
			if n, err := strconv.Atoi(days); err != nil || n < 0 || n > maxDeleteAfter {
				bad.Add("delete_after_days", "invalid_days", "Must be a number of days up to 3650; 0 deletes bounces when they were read, empty never")
			}
		}
		has, err := secret.Has(e.App, r, secret.Password)
		if err != nil {
			return err
		}
		if !has {
			bad.Add("password", "password_required", "Set the password with which the mailbox is read")
		}
		if err := bad.Err(); err != nil {
			return err
		}
		return e.Next()
	})
	WrittenByUs(app, "mailboxes", "last_read_at", "last_error")
	HideSecrets(app, "mailboxes")
}

// localName is a name without dots, as machines of one network have them.
var localName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)

// isHost is true for a domain, a local name or an IP address.
func isHost(host string) bool {
	if net.ParseIP(host) != nil || localName.MatchString(host) {
		return true
	}
	_, err := address.NormalizeDomain(strings.TrimSuffix(host, "."))
	return err == nil
}

func isThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// WrittenByUs keeps whoever saves a record from changing fields that only statements of ours write.
func WrittenByUs(app core.App, collection string, fields ...string) {
	app.OnRecordCreate(collection).BindFunc(func(e *core.RecordEvent) error {
		for _, field := range fields {
			e.Record.Set(field, nil)
		}
		return e.Next()
	})
	// Fields that did not change are not written (BindPartialUpdates): what was written meanwhile stays.
	app.OnRecordUpdate(collection).BindFunc(func(e *core.RecordEvent) error {
		for _, field := range fields {
			e.Record.Set(field, e.Record.Original().Get(field))
		}
		return e.Next()
	})
}

// HideSecrets leaves the secrets out of every answer: lists, views, creates, updates, expansions, realtime.
func HideSecrets(app core.App, collection string) {
	app.OnRecordEnrich(collection).BindFunc(func(e *core.RecordEnrichEvent) error {
		for _, name := range secret.Names(collection) {
			e.Record.Set(name, "")
		}
		return e.Next()
	})
}
