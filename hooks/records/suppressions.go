package records

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/address"
	"gonets/internal/database"
	"gonets/internal/suppression"
)

// BindStopList copies the stop list to clients.status, whoever writes it: the API, the admin UI, an import of a collection.
// The engine and the unsubscribe page write it by package suppression, which does the same.
func BindStopList(app core.App) {
	app.OnRecordCreate("suppressions").BindFunc(mirrored)
	app.OnRecordUpdate("suppressions").BindFunc(mirrored)
	app.OnRecordDelete("suppressions").BindFunc(mirrored)

	// A new client, or one with a new address, starts with the status that the address has.
	app.OnRecordValidate("clients").BindFunc(func(e *core.RecordEvent) error {
		if e.Record.IsNew() || request.Changed(e.Record, "email") {
			email := e.Record.GetString("email")
			reasons, err := suppression.Reasons(e.App.DB(), e.Record.GetString("owner"), []string{email})
			if err != nil {
				return err
			}
			e.Record.Set("status", suppression.StatusOf(reasons[email]))
		}
		return e.Next()
	})
}

// mirrored saves or deletes a suppression and updates the clients of its value before and now, in one transaction.
func mirrored(e *core.RecordEvent) error {
	before := e.Record.Original()
	return database.InTransaction(e, func() error {
		if err := e.Next(); err != nil {
			return err
		}
		if !before.IsNew() && (request.Changed(e.Record, "kind") || request.Changed(e.Record, "value")) {
			if err := mirror(e.App, before); err != nil {
				return err
			}
		}
		return mirror(e.App, e.Record)
	})
}

func mirror(tx core.App, entry *core.Record) error {
	owner, value := entry.GetString("owner"), entry.GetString("value")
	switch kind := entry.GetString("kind"); kind {
	case "domain", "erased":
		return suppression.MirrorMany(tx, owner, kind, value)
	default:
		return suppression.Mirror(tx.DB(), owner, []string{value})
	}
}

// BindSuppressions normalises the values of the stop list.
func BindSuppressions(app core.App) {
	prepare := func(e *core.RecordEvent) error {
		request.SetDefault(e.Record, "kind", "address")
		request.SetDefault(e.Record, "reason", "manual")
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
		bad := request.Refusals{}
		bad.OneLine(e.Record, "value")
		switch e.Record.GetString("kind") {
		case "address":
			checkEmail(bad, e.Record, "value")
		case "domain":
			checkDomain(bad, e.Record, "value")
		case "erased":
			checkErased(bad, e.Record, "value")
		}
		if err := bad.Err(); err != nil {
			return err
		}
		return e.Next()
	})
}

// normalizeDomain is normalizeEmail for a domain, which may be written with an @ in front.
func normalizeDomain(record *core.Record, field string) {
	value := strings.TrimPrefix(strings.TrimSpace(record.GetString(field)), "@")
	if domain, err := address.NormalizeDomain(value); err == nil {
		record.Set(field, domain)
	}
}

// checkDomain refuses an invalid domain. An empty one is refused by the field itself if it is required.
func checkDomain(bad request.Refusals, record *core.Record, field string) {
	value := record.GetString(field)
	if value == "" {
		return
	}
	if normal, err := address.NormalizeDomain(value); err != nil || normal != value {
		bad.Add(field, "invalid_domain", "Must be a domain such as example.com")
	}
}

// erase replaces an address by its keyed hash, so that the address is not stored. An invalid one is not changed: checkErased
// refuses it.
func erase(app core.App, record *core.Record, field string) error {
	email, err := address.Normalize(record.GetString(field))
	if err != nil {
		return nil
	}
	hash, err := suppression.ErasedValue(app, record.GetString("owner"), email)
	if err != nil {
		return err
	}
	record.Set(field, hash)
	return nil
}

// checkErased refuses a value that is not the hash of an address.
func checkErased(bad request.Refusals, record *core.Record, field string) {
	if value := record.GetString(field); value != "" && !suppression.IsErasedValue(value) {
		bad.Add(field, "erased_needs_address", "Give the e-mail address: only its keyed hash is kept")
	}
}
