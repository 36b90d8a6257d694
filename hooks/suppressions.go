package hooks

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/address"
	"gonets/internal/audience"
)

// bindStopList mirrors the stop list in clients.status, whoever writes it: the API, the admin UI, an
// import of a collection. The engine and the unsubscribe page write it with audience.Suppress, which
// mirrors by itself.
func bindStopList(app core.App) {
	app.OnRecordCreate("suppressions").BindFunc(mirrored)
	app.OnRecordUpdate("suppressions").BindFunc(mirrored)
	app.OnRecordDelete("suppressions").BindFunc(mirrored)

	// A new client, or one with a new address, starts with the status that the address has.
	app.OnRecordValidate("clients").BindFunc(func(e *core.RecordEvent) error {
		if e.Record.IsNew() || changed(e.Record, "email") {
			email := e.Record.GetString("email")
			reasons, err := audience.Suppressed(e.App.DB(), e.Record.GetString("owner"), []string{email})
			if err != nil {
				return err
			}
			e.Record.Set("status", audience.Status(reasons[email]))
		}
		return e.Next()
	})
}

// mirrored saves or deletes a suppression and mirrors what it said before and says now, all in one
// transaction.
func mirrored(e *core.RecordEvent) error {
	before := e.Record.Original()
	return inTransaction(e, func() error {
		if err := e.Next(); err != nil {
			return err
		}
		if !before.IsNew() && (changed(e.Record, "kind") || changed(e.Record, "value")) {
			if err := mirror(e.App, before); err != nil {
				return err
			}
		}
		return mirror(e.App, e.Record)
	})
}

func mirror(tx core.App, suppression *core.Record) error {
	owner, value := suppression.GetString("owner"), suppression.GetString("value")
	switch kind := suppression.GetString("kind"); kind {
	case "domain", "erased":
		return audience.MirrorMany(tx, owner, kind, value)
	default:
		return audience.Mirror(tx.DB(), owner, []string{value})
	}
}

// bindSuppressions keeps the stop list in the form in which it is looked up.
func bindSuppressions(app core.App) {
	prepare := func(e *core.RecordEvent) error {
		setDefault(e.Record, "kind", "address")
		setDefault(e.Record, "reason", "manual")
		switch e.Record.GetString("kind") {
		case "address":
			normalizeEmail(e.Record, "value")
		case "domain":
			normalizeDomain(e.Record, "value")
		case "erased":
			if err := erase(e.App, e.Record, "value"); err != nil {
				return err
			}
		}
		return e.Next()
	}
	app.OnRecordCreate("suppressions").BindFunc(prepare)
	app.OnRecordUpdate("suppressions").BindFunc(prepare)

	app.OnRecordValidate("suppressions").BindFunc(func(e *core.RecordEvent) error {
		bad := refusals{}
		bad.oneLine(e.Record, "value")
		switch e.Record.GetString("kind") {
		case "address":
			bad.email(e.Record, "value")
		case "domain":
			bad.domain(e.Record, "value")
		case "erased":
			bad.erased(e.Record, "value")
		}
		if err := bad.err(); err != nil {
			return err
		}
		return e.Next()
	})
}

// normalizeDomain is normalizeEmail for a domain; people also write it with the @ in front.
func normalizeDomain(record *core.Record, field string) {
	value := strings.TrimPrefix(strings.TrimSpace(record.GetString(field)), "@")
	if domain, err := address.NormalizeDomain(value); err == nil {
		record.Set(field, domain)
	}
}

// domain refuses a domain that is not one. An empty one is the required field's business.
func (r refusals) domain(record *core.Record, field string) {
	value := record.GetString(field)
	if value == "" {
		return
	}
	if normal, err := address.NormalizeDomain(value); err != nil || normal != value {
		r.add(field, "invalid_domain", "Must be a domain such as example.com")
	}
}

// erase puts the keyed hash in the place of an address, so that it is nowhere to be read any more. What
// is no address stays as it is, for refusals.erased to name.
func erase(app core.App, record *core.Record, field string) error {
	email, err := address.Normalize(record.GetString(field))
	if err != nil {
		return nil
	}
	hash, err := audience.ErasedValue(app, record.GetString("owner"), email)
	if err != nil {
		return err
	}
	record.Set(field, hash)
	return nil
}

// erased refuses what is neither an address, which erase has replaced by now, nor a hash of one.
func (r refusals) erased(record *core.Record, field string) {
	if value := record.GetString(field); value != "" && !audience.IsErasedValue(value) {
		r.add(field, "erased_needs_address", "Give the e-mail address: only its keyed hash is kept")
	}
}
