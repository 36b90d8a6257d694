package records

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/hooks/request"
	"gonets/internal/database"
	"gonets/internal/mailing"
)

// EngineFields of a mailing are changed by the verbs and the engine only, which write them by SQL. A save that changes one is
// refused, in the admin UI too. The values say what to do instead.
var EngineFields = map[string]string{
	"status":         "use the routes send, schedule, unschedule, pause, resume or cancel of the mailing",
	"blocked":        "use the routes block and unblock of the mailing",
	"block_reason":   "use the route block of the mailing",
	"total":          "the engine counts recipients",
	"number":         "mailings are numbered by themselves",
	"sent":           "the engine counts recipients",
	"failed":         "the engine counts recipients; the route retry queues them again",
	"uncertain":      "the engine counts recipients; the routes accept and retry settle them",
	"skipped":        "the engine counts recipients",
	"deferred":       "the engine counts recipients",
	"bounced":        "what comes back is counted; the route retry queues them again",
	"complained":     "what comes back is counted",
	"started_at":     "the engine notes when it starts; use the route send or schedule",
	"finished_at":    "the engine notes when it ends; use the route cancel",
	"launching_at":   "use the route send",
	"waiting_reason": "the engine says what it waits for; use the routes pause and resume",
	"parent":         "the engine links the occurrences of a repeated mailing",
	"occurrence_at":  "the engine plans the occurrences of a repeated mailing",
}

// contentFields of a mailing are copied at its launch and cannot change afterwards: everything that its owner decides except
// its name.
var contentFields = []string{
	"message", "sender", "from_name", "reply_to", "audience", "lists", "recipients", "filter",
	"starts_at", "ends_at", "timezone", "repeat",
}

// BindMailings keeps mailings consistent however they are edited. The checks are in validation, which
// PocketBase skips when it removes references to a deleted message, list or client: launched mailings may lose them.
func BindMailings(app core.App) {
	prepare := func(e *core.RecordEvent) error {
		request.SetDefault(e.Record, "audience", "everyone")
		request.SetDefault(e.Record, "repeat", "none")
		normalizeEmail(e.Record, "reply_to")
		return e.Next()
	}
	app.OnRecordCreateRequest("mailings").BindFunc(readableDates)
	app.OnRecordUpdateRequest("mailings").BindFunc(readableDates)
	app.OnRecordUpdateRequest("mailings").BindFunc(givenStart)
	app.OnRecordCreate("mailings").BindFunc(func(e *core.RecordEvent) error {
		request.SetDefault(e.Record, "status", "created")
		if e.Record.GetString("timezone") == "" {
			e.Record.Set("timezone", zoneOf(e.App, e.Record.GetString("owner")))
		}
		if err := prepare(e); err != nil {
			return err
		}
		// A trigger numbers mailings, and the record does not know yet.
		number := 0
		if err := e.App.DB().Select("number").From("mailings").Where(dbx.HashExp{"id": e.Record.Id}).Row(&number); err != nil {
			return err
		}
		e.Record.Set("number", number)
		return nil
	})
	app.OnRecordUpdate("mailings").BindFunc(func(e *core.RecordEvent) error {
		// One transaction for the check and the write: no launch can happen between them.
		return database.InTransaction(e, func() error {
			if err := mailing.Replan(e.Record, time.Now()); err != nil {
				return err
			}
			moved := e.Record.GetString("status") == "scheduled" && request.Changed(e.Record, "starts_at")
			if err := prepare(e); err != nil || !moved {
				return err
			}
			return mailing.NoteMoved(e.App, e.Record)
		})
	})
	app.OnRecordValidate("mailings").BindFunc(func(e *core.RecordEvent) error {
		if err := checkMailing(e.App, e.Record); err != nil {
			return err
		}
		return e.Next()
	})
}

// readableDates refuses an invalid date: PocketBase would store none, and the mailing would start or end at another time than
// its owner expects.
func readableDates(e *core.RecordRequestEvent) error {
	body := map[string]any{} // as it was sent: in RequestInfo dates are parsed already
	if err := e.BindBody(&body); err != nil {
		return e.BadRequestError("The request could not be read.", err)
	}
	bad := request.Refusals{}
	for _, field := range e.Collection.Fields {
		given, has := body[field.GetName()]
		if field.Type() != core.FieldTypeDate || !has || given == nil || given == "" {
			continue
		}
		if date, err := types.ParseDateTime(given); err != nil || date.IsZero() {
			bad.Add(field.GetName(), "invalid_date", "Must be a date and time such as 2026-03-01 09:00:00.000Z")
		}
	}
	if err := bad.Err(); err != nil {
		return e.BadRequestError("A date is not valid.", err)
	}
	return e.Next()
}

// givenStart makes a start that is sent together with another repeat rule count, even if it did not change. A start that is
// left out is computed.
func givenStart(e *core.RecordRequestEvent) error {
	body := map[string]any{}
	if err := e.BindBody(&body); err != nil {
		return e.BadRequestError("The request could not be read.", err)
	}
	if _, has := body["starts_at"]; has && (request.Changed(e.Record, "repeat") || request.Changed(e.Record, "timezone")) {
		mailing.StartGiven(e.Record)
	}
	return e.Next()
}

func checkMailing(app core.App, m *core.Record) error {
	bad := request.Refusals{}
	for field, instead := range EngineFields {
		if request.Changed(m, field) && !(field == "status" && m.IsNew() && m.GetString(field) == "created") && !replanned(m, field) {
			bad.Add(field, "read_only", "Cannot be set here: "+instead)
		}
	}
	if err := checkFrozen(bad, app, m); err != nil {
		return err
	}
	for field, collection := range map[string]string{"message": "messages", "lists": "lists", "recipients": "clients"} {
		if err := bad.Within(app, m, field, collection); err != nil {
			return err
		}
	}
	if err := checkSender(bad, app, m, "sender"); err != nil {
		return err
	}
	if err := checkFilter(bad, app, m, "filter"); err != nil {
		return err
	}
	bad.OneLine(m, "name", "from_name")
	checkEmail(bad, m, "reply_to")
	checkZone(bad, m, "timezone")
	checkDates(bad, m)
	return bad.Err()
}

// replanned reports whether mailing.Replan sets the field in a scheduled mailing.
func replanned(m *core.Record, field string) bool {
	first := m.GetString("occurrence_at")
	return field == "occurrence_at" && m.GetString("status") == "scheduled" && m.GetString("parent") == "" &&
		(first == m.GetString("starts_at") || first == "" && m.GetString("repeat") == "none")
}

// checkFrozen notes the content fields that changed although the mailing was launched or is being launched. It asks the
// database, because the record may have been read before the launch. The UPDATE changes nothing; it locks the row, so that
// a launch waits until this edit is committed.
func checkFrozen(bad request.Refusals, app core.App, m *core.Record) error {
	var edited []string
	for _, field := range contentFields {
		if request.Changed(m, field) {
			edited = append(edited, field)
		}
	}
	if m.IsNew() || len(edited) == 0 {
		return nil
	}
	open, err := touch(app, m.Id, `status IN ('created', 'scheduled') AND launching_at = ''`)
	if err != nil {
		return err
	}
	for _, field := range edited {
		if !open {
			bad.Add(field, "frozen", "The mailing has been launched: only its name can change. Duplicate it to send something else")
		}
	}
	return nil
}

// oldestStart is how far in the past a start may be: such a mailing starts at once. An earlier start is a mistake, or asks for
// the occurrences of many years.
const oldestStart = 24 * time.Hour

// checkDates notes impossible times.
func checkDates(bad request.Refusals, m *core.Record) {
	starts, ends := m.GetDateTime("starts_at"), m.GetDateTime("ends_at")
	for field, at := range map[string]types.DateTime{"starts_at": starts, "ends_at": ends} {
		// The database compares dates as texts, which does not work for years with five digits.
		if year := at.Time().UTC().Year(); request.Changed(m, field) && (year < 1 || year > 9999) {
			bad.Add(field, "invalid_date", "Must be a date and time such as 2026-03-01 09:00:00.000Z")
		}
	}
	if !starts.IsZero() && request.Changed(m, "starts_at") && starts.Time().Before(time.Now().Add(-oldestStart)) {
		bad.Add("starts_at", "starts_at_passed", "The start has passed: choose a later one")
	}
	if !starts.IsZero() && !ends.IsZero() && !ends.After(starts) && (request.Changed(m, "starts_at") || request.Changed(m, "ends_at")) {
		bad.Add("ends_at", "ends_before_start", "Must be after the start")
	}
	if m.GetString("status") == "scheduled" && starts.IsZero() && request.Changed(m, "starts_at") {
		bad.Add("starts_at", "required", "A scheduled mailing needs its start: unschedule or cancel it instead")
	}
}

// checkZone notes a time zone that is not in the IANA database.
func checkZone(bad request.Refusals, record *core.Record, field string) {
	name := record.GetString(field)
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		bad.Add(field, "invalid_timezone", "Must be a time zone such as Europe/Moscow")
	}
}

// touch locks the mailing's row for the transaction if the condition is true, and reports whether it is.
func touch(app core.App, id, condition string) (bool, error) {
	res, err := app.DB().NewQuery(`UPDATE mailings SET name = name WHERE id = {:id} AND ` + condition).
		Bind(dbx.Params{"id": id}).Execute()
	if err != nil {
		return false, fmt.Errorf("look at mailing %s: %w", id, err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// zoneOf is the time zone of a user, UTC when it is not set.
func zoneOf(app core.App, user string) string {
	var zone string
	err := app.DB().Select("timezone").From("users").Where(dbx.HashExp{"id": user}).Row(&zone)
	if err != nil || zone == "" {
		return "UTC"
	}
	return zone
}
