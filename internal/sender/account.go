package sender

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/denial"
	"gonets/internal/dkim"
	"gonets/internal/domainkey"
	"gonets/internal/relay"
	"gonets/internal/returnpath"
	"gonets/internal/secret"
)

// Account is how a sender sends: its mail server and its limits, as they are set now.
type Account struct {
	Server              relay.Server
	Connections         int
	RatePerSecond       float64
	DomainRatePerSecond float64
	DailyLimit          int
	WarmUp              WarmUp
	// DKIM are the keys that its e-mails are signed with; none if they are not signed here.
	DKIM []dkim.Key
	// ReturnPath makes the envelope senders of its e-mails. It is zero if the From address is the envelope sender.
	ReturnPath returnpath.Path

	FromEmail, FromName, ReplyTo string

	// Version changes with every change of the settings.
	Version string

	signer func() (*dkim.Signer, error)
}

// Signer signs with the keys of DKIM, which are parsed once; it is nil if there are none.
func (a *Account) Signer() (*dkim.Signer, error) {
	if len(a.DKIM) == 0 {
		return nil, nil
	}
	return a.signer()
}

// signWith has the e-mails signed with keys.
func (a *Account) signWith(keys ...dkim.Key) {
	a.DKIM = keys
	a.signer = sync.OnceValues(func() (*dkim.Signer, error) { return dkim.NewSigner(keys...) })
}

// EnvelopeFrom is the envelope sender of an e-mail that has no recipient's row, such as a test.
func (a *Account) EnvelopeFrom() string { return cmp.Or(a.ReturnPath.Address(), a.FromEmail) }

// defaultConnections is what a sender has that names no number, and PocketBase's own mail settings.
const defaultConnections = 10

// codeNoMailServer is the code of the denial when there is no mail server.
const codeNoMailServer = "no_mail_server"

// ErrNoMailServer says that there is nothing to send with.
var ErrNoMailServer = denial.BadRequest(codeNoMailServer, "sender",
	"no mail server is set up: choose a sender, or ask the superuser to set one up in Mail servers")

// Of reads the account of a sender; "" is PocketBase's own mail settings. It fails with
// errNoMailServer when there is none.
func Of(app core.App, sender string) (*Account, error) {
	if sender == "" {
		return ownAccount(app)
	}
	var row struct {
		FromEmail           string  `db:"from_email"`
		FromName            string  `db:"from_name"`
		ReplyTo             string  `db:"reply_to"`
		Host                string  `db:"host"`
		Port                int     `db:"port"`
		TLS                 string  `db:"tls"`
		Username            string  `db:"username"`
		Connections         int     `db:"connections"`
		RatePerSecond       float64 `db:"rate_per_second"`
		DomainRatePerSecond float64 `db:"domain_rate_per_second"`
		DailyLimit          int     `db:"daily_limit"`
		WarmUpStart         int     `db:"warm_up_start"`
		WarmUpGrowth        int     `db:"warm_up_growth"`
		ReturnPath          string  `db:"return_path"`
		ReturnPathStyle     string  `db:"return_path_style"`
		DKIMDomain          string  `db:"dkim_domain"`
		DKIMSelector        string  `db:"dkim_selector"`
		DKIMSelector2       string  `db:"dkim_selector_2"`
		Updated             string  `db:"updated"`
	}
	err := app.ConcurrentDB().NewQuery(`
		SELECT from_email, from_name, reply_to, host, port, tls, username, connections, rate_per_second,
			domain_rate_per_second, daily_limit, warm_up_start, warm_up_growth, return_path, return_path_style,
			dkim_domain, dkim_selector, dkim_selector_2, updated
		FROM senders WHERE id = {:id}`).Bind(dbx.Params{"id": sender}).One(&row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNoMailServer
	}
	if err != nil {
		return nil, fmt.Errorf("read sender %s: %w", sender, err)
	}
	secrets, err := secret.Of(app, "senders", sender)
	if err != nil {
		return nil, err
	}
	a := &Account{
		Server: relay.Server{
			Host: row.Host, Port: row.Port, TLS: relay.TLSMode(row.TLS), Username: row.Username, Password: secrets[secret.Password],
			LocalName: app.Settings().SMTP.LocalName,
		},
		Connections: row.Connections, RatePerSecond: row.RatePerSecond, DomainRatePerSecond: row.DomainRatePerSecond,
		DailyLimit: row.DailyLimit, WarmUp: WarmUp{Start: row.WarmUpStart, Growth: row.WarmUpGrowth},
		FromEmail: row.FromEmail, FromName: row.FromName, ReplyTo: row.ReplyTo,
		Version: row.Updated,
	}
	if a.Connections <= 0 {
		a.Connections = defaultConnections
	}
	if row.ReturnPath != "" {
		if a.ReturnPath, err = returnpath.New(row.ReturnPath, returnpath.Style(row.ReturnPathStyle)); err != nil {
			return nil, fmt.Errorf("return path of sender %s: %w", sender, err)
		}
	}
	var keys []dkim.Key
	for _, key := range []dkim.Key{
		{Domain: row.DKIMDomain, Selector: row.DKIMSelector, PrivateKey: secrets[secret.DKIMKey]},
		{Domain: row.DKIMDomain, Selector: row.DKIMSelector2, PrivateKey: secrets[secret.DKIMKey2]},
	} {
		if key.PrivateKey != "" {
			keys = append(keys, key)
		}
	}
	if len(keys) > 0 {
		a.signWith(keys...)
		return a, nil
	}
	return a, a.signByDomain(app)
}

// signByDomain has the e-mails signed with the keys of the domain that From is in, if there is one.
func (a *Account) signByDomain(app core.App) error {
	d, err := domainkey.Of(app, a.FromEmail)
	if err != nil || d == nil {
		return err
	}
	a.signWith(d.Keys...)
	a.Version += " " + d.ID + " " + d.Version
	return nil
}

// ownAccount is PocketBase's own mail settings. With them switched off PocketBase would use sendmail,
// which tells nobody what became of a mail; Gonets does not.
func ownAccount(app core.App) (*Account, error) {
	settings := app.Settings()
	smtp, meta := settings.SMTP, settings.Meta
	if !smtp.Enabled || smtp.Host == "" {
		return nil, ErrNoMailServer
	}
	a := &Account{
		Server: relay.Server{
			Host: smtp.Host, Port: smtp.Port, TLS: relay.TLSIfOffered,
			Username: smtp.Username, Password: smtp.Password, LocalName: smtp.LocalName,
		},
		Connections: defaultConnections,
		FromEmail:   meta.SenderAddress, FromName: meta.SenderName,
	}
	if smtp.TLS {
		a.Server.TLS = relay.TLSImplicit
	}
	a.Version = fmt.Sprint(a.Server.Host, a.Server.Port, a.Server.TLS, a.Server.Username, a.Server.Password, a.Server.LocalName)
	return a, a.signByDomain(app)
}

// ForPreview is SenderOf for mails that are shown and not sent. Without a mail server they come
// from where PocketBase's own mails come from.
func ForPreview(app core.App, sender string) (*Account, error) {
	a, err := Of(app, sender)
	if errors.Is(err, ErrNoMailServer) {
		meta := app.Settings().Meta
		return &Account{FromEmail: meta.SenderAddress, FromName: meta.SenderName}, nil
	}
	return a, err
}
