package delivery

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/dkim"
	"gonets/internal/relay"
	"gonets/internal/secret"
)

// account is how a sender sends: its mail server and its limits, as they are set now.
type account struct {
	server              relay.Server
	connections         int
	ratePerSecond       float64
	domainRatePerSecond float64
	dailyLimit          int
	warmUp              warmUp
	dkim                *dkim.Key

	fromEmail, fromName, replyTo string

	// version changes with every change of the settings.
	version string
}

// defaultConnections is what a sender has that names no number, and PocketBase's own mail settings.
const defaultConnections = 10

// errNoMailServer says that there is nothing to send with.
var errNoMailServer = badRequest(CodeNoMailServer, "sender",
	"no mail server is set up: choose a sender, or ask the superuser to turn on SMTP in the mail settings")

// accountOf reads the account of a sender; "" is PocketBase's own mail settings. It fails with
// errNoMailServer when there is none.
func accountOf(app core.App, sender string) (*account, error) {
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
		DKIMDomain          string  `db:"dkim_domain"`
		DKIMSelector        string  `db:"dkim_selector"`
		Updated             string  `db:"updated"`
	}
	err := app.ConcurrentDB().NewQuery(`
		SELECT from_email, from_name, reply_to, host, port, tls, username, connections, rate_per_second,
			domain_rate_per_second, daily_limit, warm_up_start, warm_up_growth, dkim_domain, dkim_selector, updated
		FROM senders WHERE id = {:id}`).Bind(dbx.Params{"id": sender}).One(&row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNoMailServer
	}
	if err != nil {
		return nil, fmt.Errorf("read sender %s: %w", sender, err)
	}
	secrets, err := secret.Of(app, sender)
	if err != nil {
		return nil, err
	}
	a := &account{
		server: relay.Server{
			Host: row.Host, Port: row.Port, TLS: relay.TLSMode(row.TLS), Username: row.Username, Password: secrets[secret.Password],
			LocalName: app.Settings().SMTP.LocalName,
		},
		connections: row.Connections, ratePerSecond: row.RatePerSecond, domainRatePerSecond: row.DomainRatePerSecond,
		dailyLimit: row.DailyLimit, warmUp: warmUp{start: row.WarmUpStart, growth: row.WarmUpGrowth},
		fromEmail: row.FromEmail, fromName: row.FromName, replyTo: row.ReplyTo,
		version: row.Updated,
	}
	if a.connections <= 0 {
		a.connections = defaultConnections
	}
	if key := secrets[secret.DKIMKey]; key != "" {
		a.dkim = &dkim.Key{Domain: row.DKIMDomain, Selector: row.DKIMSelector, PrivateKey: key}
	}
	return a, nil
}

// ownAccount is PocketBase's own mail settings. With them switched off PocketBase would use sendmail,
// which tells nobody what became of a mail; Gonets does not.
func ownAccount(app core.App) (*account, error) {
	settings := app.Settings()
	smtp, meta := settings.SMTP, settings.Meta
	if !smtp.Enabled || smtp.Host == "" {
		return nil, errNoMailServer
	}
	a := &account{
		server: relay.Server{
			Host: smtp.Host, Port: smtp.Port, TLS: relay.TLSIfOffered,
			Username: smtp.Username, Password: smtp.Password, LocalName: smtp.LocalName,
		},
		connections: defaultConnections,
		fromEmail:   meta.SenderAddress, fromName: meta.SenderName,
	}
	if smtp.TLS {
		a.server.TLS = relay.TLSImplicit
	}
	a.version = fmt.Sprint(a.server.Host, a.server.Port, a.server.TLS, a.server.Username, a.server.Password, a.server.LocalName)
	return a, nil
}
