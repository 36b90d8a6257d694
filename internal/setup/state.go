package setup

import (
	"context"
	"fmt"
	"net"
	"net/url"

	"github.com/pocketbase/pocketbase/core"
)

// Steps after the superuser, in their order.
const (
	stepService      = "service"      // name and public address
	stepMail         = "mail"         // a mail server
	stepDomain       = "domain"       // a domain with its keys
	stepRegistration = "registration" // who may register
	stepManager      = "manager"      // somebody who can use the service
)

// Step is a step of the setup.
type Step struct {
	Name string `json:"name"`
	Done bool   `json:"done"`
}

// State is how far the setup is, as it can be seen by what is set: it can be left at any step and taken up at any other start.
type State struct {
	Steps []Step `json:"steps"`
	// Next is the first step that is not done, "" if all are.
	Next string `json:"next"`
}

// StateOf looks at what is set.
func StateOf(ctx context.Context, app core.App) (State, error) {
	var found struct {
		Senders bool `db:"senders"`
		Domains bool `db:"domains"`
		Decided bool `db:"decided"`
		Manager bool `db:"manager"`
	}
	err := app.ConcurrentDB().NewQuery(`
		SELECT
			EXISTS (SELECT 1 FROM senders) AS senders,
			EXISTS (SELECT 1 FROM domains) AS domains,
			EXISTS (SELECT 1 FROM instance WHERE updated > created) AS decided,
			EXISTS (SELECT 1 FROM users WHERE role = 'manager' AND verified AND NOT blocked) AS manager`).
		WithContext(ctx).One(&found)
	if err != nil {
		return State{}, fmt.Errorf("look how far the setup is: %w", err)
	}
	settings := app.Settings()
	done := map[string]bool{
		stepService: isPublic(settings.Meta.AppURL),
		stepMail:    settings.SMTP.Enabled && settings.SMTP.Host != "" || found.Senders,
		stepDomain:  found.Domains,
		// Whoever has a manager has decided who gets in, if only by leaving it as it is.
		stepRegistration: found.Decided || found.Manager,
		stepManager:      found.Manager,
	}
	var s State
	for _, name := range []string{stepService, stepMail, stepDomain, stepRegistration, stepManager} {
		s.Steps = append(s.Steps, Step{name, done[name]})
		if !done[name] && s.Next == "" {
			s.Next = name
		}
	}
	return s, nil
}

// isPublic reports whether an address is not the one that PocketBase begins with.
func isPublic(appURL string) bool {
	u, err := url.Parse(appURL)
	if err != nil || u.Host == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())
}
