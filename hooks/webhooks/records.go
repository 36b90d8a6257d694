// Package webhooks is what hooks do for the webhooks of owners: it keeps their records valid, has their routes, and tells them
// of clients whom people subscribe and unsubscribe.
package webhooks

import (
	"errors"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/records"
	"gonets/hooks/request"
	"gonets/internal/database"
	"gonets/internal/endpoint"
	"gonets/internal/notification"
	"gonets/internal/secret"
)

// BindRecords keeps webhooks valid, and the networks that they may call, makes their secrets, and keeps what is secret of
// their addresses out of the records.
func BindRecords(app core.App) {
	records.WrittenByUs(app, "webhooks", "disabled_reason", "last_success_at", "failing_since", "rotated_at")
	app.OnRecordCreate("webhooks").BindFunc(func(e *core.RecordEvent) error {
		request.SetDefault(e.Record, "secret", endpoint.NewSecret())
		prepareAddress(e.Record)
		return database.InTransaction(e, func() error {
			if err := notification.MayAdd(e.App, e.Record.GetString("owner")); errors.Is(err, notification.ErrTooMany) {
				return request.Refuse("url", "too_many_webhooks", request.AsSentence(err.Error()))
			} else if err != nil {
				return err
			}
			return e.Next()
		})
	})
	app.OnRecordUpdate("webhooks").BindFunc(func(e *core.RecordEvent) error {
		r := e.Record
		if request.Changed(r, "url") {
			prepareAddress(r)
		}
		if request.Changed(r, "active") || request.Changed(r, "url") { // it begins anew
			r.Set("disabled_reason", "")
			r.Set("failing_since", nil)
		}
		if err := rotate(e.App, r); err != nil {
			return err
		}
		return e.Next()
	})
	app.OnRecordValidate("webhooks").BindFunc(func(e *core.RecordEvent) error {
		if err := checkWebhook(e.App, e.Record); err != nil {
			return err
		}
		return e.Next()
	})
	app.OnRecordValidate("instance").BindFunc(func(e *core.RecordEvent) error {
		if _, err := endpoint.ParseNetworks(e.Record.GetString("webhook_networks")); err != nil {
			return request.Refuse("webhook_networks", "invalid_networks", request.AsSentence(err.Error()))
		}
		return e.Next()
	})
	records.HideSecrets(app, "webhooks")
	showNewSecrets(app)
}

// prepareAddress keeps the address among the secrets, and in the record what may be shown of it. An address that is none
// stays, for checkWebhook.
func prepareAddress(r *core.Record) {
	given := strings.TrimSpace(r.GetString("url"))
	r.Set("url", given)
	r.Set(secret.Address, "")
	if _, err := endpoint.Parse(given); err == nil {
		r.Set(secret.Address, given)
		r.Set("url", endpoint.Shown(given))
	}
}

// rotate keeps the secret that a new one replaces: receivers have a day to learn the new one.
func rotate(app core.App, r *core.Record) error {
	r.Set(secret.Former, "")
	if r.GetString("secret") == "" {
		return nil
	}
	stored, err := secret.Of(app, "webhooks", r.Id)
	if err != nil {
		app.Logger().Warn("The former secret of a webhook cannot be read", "webhook", r.Id, "error", err) // with a new one it works again
		return nil
	}
	r.Set(secret.Former, stored[secret.Shared])
	r.Set("rotated_at", time.Now())
	return nil
}

func checkWebhook(app core.App, r *core.Record) error {
	bad := request.Refusals{}
	if given := r.GetString("secret"); given != "" {
		if err := endpoint.CheckSecret(given); err != nil {
			bad.Add("secret", "invalid_webhook_secret", request.AsSentence(err.Error()))
		}
	}
	if r.IsNew() || request.Changed(r, "url") {
		if err := checkAddress(bad, app, r); err != nil {
			return err
		}
	}
	return bad.Err()
}

// checkAddress refuses what is no address, and the address of a machine that is not public. What a name resolves to is looked
// at with each call.
func checkAddress(bad request.Refusals, app core.App, r *core.Record) error {
	given := r.GetString(secret.Address)
	if given == "" {
		given = r.GetString("url")
	}
	if given == "" {
		return nil // refused by the field itself
	}
	u, err := endpoint.Parse(given)
	if err != nil {
		bad.Add("url", "invalid_webhook_url", request.AsSentence(err.Error()))
		return nil
	}
	host := u.Hostname()
	if strings.EqualFold(host, "localhost") {
		host = "127.0.0.1"
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return nil
	}
	instance, err := records.InstanceOf(app)
	if err != nil {
		return err
	}
	networks, err := endpoint.ParseNetworks(instance.GetString("webhook_networks"))
	if err != nil {
		return err
	}
	if err := networks.Check(address); err != nil {
		bad.Add("url", "address_not_allowed", request.AsSentence(err.Error()))
	}
	return nil
}

// showNewSecrets makes the secret of a webhook that is created by a request, and shows it in the answer, if it is not the one
// that was given.
func showNewSecrets(app core.App) {
	var shown sync.Map // *core.Record of the request → the secret
	app.OnRecordCreateRequest("webhooks").BindFunc(func(e *core.RecordRequestEvent) error {
		info, err := e.RequestInfo()
		if err != nil {
			return e.BadRequestError("The request could not be read.", err)
		}
		if _, given := info.Body["active"]; !given {
			e.Record.Set("active", true)
		}
		if e.Record.GetString("secret") == "" {
			made := endpoint.NewSecret()
			e.Record.Set("secret", made)
			shown.Store(e.Record, made)
			defer shown.Delete(e.Record)
			e.Response.Header().Set("Cache-Control", "no-store")
		}
		return e.Next()
	})
	// After records.HideSecrets. Realtime connections get another record.
	app.OnRecordEnrich("webhooks").BindFunc(func(e *core.RecordEnrichEvent) error {
		if made, ok := shown.Load(e.Record); ok {
			e.Record.Set("secret", made)
		}
		return e.Next()
	})
}
