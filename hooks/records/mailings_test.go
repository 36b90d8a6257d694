package records_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/hookstest"
	"gonets/hooks/records"
)

func TestANewMailingHasDefaults(t *testing.T) {
	w := newWorld(t)
	a := w.Expect(t, 200, anna, http.MethodPost, recordsOf("mailings"), map[string]any{"name": "Spring"})
	for field, want := range map[string]any{
		"status": "created", "audience": "everyone", "repeat": "none", "timezone": "Europe/Moscow",
		"total": 0.0, "sent": 0.0, "blocked": false, "owner": w.IDs[anna],
	} {
		if a.Body[field] != want {
			t.Errorf("%s is %v, want %v", field, a.Body[field], want)
		}
	}
}

func TestOnlyTheEngineMovesAMailing(t *testing.T) {
	w := newWorld(t)
	message := w.Add(t, "messages", map[string]any{"owner": w.IDs[anna], "subject": "Hello"}).Id
	values := map[string]any{
		"status": "running", "blocked": true, "block_reason": "spam", "total": 5, "sent": 5, "failed": 5,
		"uncertain": 5, "skipped": 5, "deferred": 5, "bounced": 5, "complained": 5, "number": 5, "started_at": "2030-01-01 00:00:00.000Z",
		"finished_at": "2030-01-01 00:00:00.000Z", "launching_at": "2030-01-01 00:00:00.000Z",
		"waiting_reason": map[string]any{"code": "x"}, "parent": "abcdefghijklmno", "occurrence_at": "2030-01-01 00:00:00.000Z",
	}
	if got, want := slices.Sorted(maps.Keys(values)), slices.Sorted(maps.Keys(records.EngineFields)); !slices.Equal(got, want) {
		t.Fatalf("the test knows %v, the code %v", got, want)
	}
	id := w.Mailing(t, "created", map[string]any{"message": message})
	for field, value := range values {
		for _, who := range []string{anna, superuser} {
			t.Run(who+" sets "+field, func(t *testing.T) {
				if who == anna && field == "launching_at" {
					return // a hidden field: what she sends is not looked at
				}
				a := w.Expect(t, 400, who, http.MethodPatch, recordsOf("mailings", id), map[string]any{field: value})
				if a.Code(field) != "read_only" {
					t.Errorf("on update: %s", a.Text)
				}
				a = w.Expect(t, 400, who, http.MethodPost, recordsOf("mailings"), map[string]any{field: value, "owner": w.IDs[anna]})
				if a.Code(field) != "read_only" {
					t.Errorf("on create: %s", a.Text)
				}
			})
		}
	}
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("mailings", id), map[string]any{"launching_at": "2030-01-01 00:00:00.000Z"})
	if got := w.Column(t, "mailings", id, "launching_at"); got != "" {
		t.Errorf("Anna has set launching_at to %q", got)
	}
	w.Expect(t, 200, superuser, http.MethodPatch, recordsOf("mailings", id),
		map[string]any{"status": "created", "total": 10, "sent": 3, "waiting_reason": nil, "blocked": false, "name": "as it is"})
}

func TestContentIsFrozenAfterLaunch(t *testing.T) {
	w := newWorld(t)
	own := func(collection string, data map[string]any) string {
		data["owner"] = w.IDs[anna]
		return w.Add(t, collection, data).Id
	}
	edits := map[string]any{
		"message":   own("messages", map[string]any{"subject": "Hello"}),
		"sender":    w.Add(t, "senders", hookstest.SenderData()).Id,
		"from_name": "Anna", "reply_to": "reply@example.com", "audience": "lists",
		"lists":      []string{own("lists", map[string]any{"name": "All"})},
		"recipients": []string{own("clients", map[string]any{"email": "picked@example.com"})},
		"filter":     `full_name != ""`, "starts_at": "2030-01-01 00:00:00.000Z", "ends_at": "2030-01-02 00:00:00.000Z",
		"timezone": "Asia/Tokyo", "repeat": "daily",
	}
	if got, want := slices.Sorted(maps.Keys(edits)), slices.Sorted(slices.Values(records.ContentFields)); !slices.Equal(got, want) {
		t.Fatalf("the test knows %v, the code %v", got, want)
	}
	for status, frozen := range map[string]bool{
		"created": false, "scheduled": false, "running": true, "paused": true, "completed": true, "cancelled": true,
	} {
		t.Run(status, func(t *testing.T) {
			for field, value := range edits {
				path := recordsOf("mailings", w.Mailing(t, status, nil))
				want := 200
				if frozen {
					want = 400
				}
				for _, who := range []string{anna, superuser} {
					if a := w.Expect(t, want, who, http.MethodPatch, path, map[string]any{field: value}); frozen && a.Code(field) != "frozen" {
						t.Errorf("%s: %s", field, a.Text)
					}
				}
				w.Expect(t, 200, anna, http.MethodPatch, path, map[string]any{"name": "renamed"})
			}
		})
	}

	t.Run("while it is being launched", func(t *testing.T) {
		id := w.Mailing(t, "created", nil)
		w.SQL(t, `UPDATE mailings SET launching_at = '2030-01-01 00:00:00.000Z' WHERE id = {:id}`, dbx.Params{"id": id})
		a := w.Expect(t, 400, anna, http.MethodPatch, recordsOf("mailings", id), map[string]any{"audience": "lists"})
		if a.Code("audience") != "frozen" {
			t.Error(a.Text)
		}
	})

	t.Run("by a launch after the record was read", func(t *testing.T) {
		id := w.Mailing(t, "created", nil)
		m, err := w.App.FindRecordById("mailings", id)
		must(t, err)
		w.SQL(t, `UPDATE mailings SET status = 'running' WHERE id = {:id}`, dbx.Params{"id": id})
		m.Set("audience", "lists")
		if err := w.App.Save(m); err == nil {
			t.Error("the edit went through")
		}
	})
}

func TestAnEditWritesBackNoOldCounters(t *testing.T) {
	w := newWorld(t)
	own := map[string]any{"owner": w.IDs[anna]}
	list := w.Add(t, "lists", map[string]any{"owner": w.IDs[anna], "name": "All"}).Id
	client := w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "picked@example.com"}).Id
	message := w.Add(t, "messages", own).Id
	id := w.Mailing(t, "running", map[string]any{"message": message, "lists": []string{list}, "recipients": []string{client}})

	// The engine counts and pauses between the read and the write of whoever edits.
	moved := 0
	between := func(*core.RecordEvent) {
		moved++
		w.SQL(t, `UPDATE mailings SET sent = sent + 1, status = 'paused' WHERE id = {:id}`, dbx.Params{"id": id})
	}
	check := func(what string) {
		t.Helper()
		sent, status := w.Column(t, "mailings", id, "sent"), w.Column(t, "mailings", id, "status")
		if sent != "4" || status != "paused" || moved != 1 {
			t.Errorf("after %s: sent %s, status %s (engine moved %d times)", what, sent, status, moved)
		}
		moved = 0
		w.SQL(t, `UPDATE mailings SET sent = 3, status = 'running' WHERE id = {:id}`, dbx.Params{"id": id})
	}

	m, err := w.App.FindRecordById("mailings", id)
	must(t, err)
	between(nil)
	m.Set("name", "renamed")
	must(t, w.App.Save(m))
	check("an edit of the name")

	for _, deleted := range [][2]string{{"messages", message}, {"lists", list}, {"clients", client}} {
		between(nil)
		w.Expect(t, 204, anna, http.MethodDelete, recordsOf(deleted[0], deleted[1]), nil)
		check("the deletion of one of its " + deleted[0])
	}
	if got := w.Column(t, "mailings", id, "message"); got != "" {
		t.Errorf("the deleted message is still there: %s", got)
	}
}

func TestARecordCanBeSavedAgainAndAgain(t *testing.T) {
	w := newWorld(t)
	c := w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "client@example.com", "comment": "first"})
	for _, comment := range []string{"", "second", "first", ""} {
		c.Set("comment", comment)
		must(t, w.App.Save(c))
		if got := w.Column(t, "clients", c.Id, "comment"); got != comment {
			t.Errorf("saved %q, found %q", comment, got)
		}
	}
}

func TestReferencesStayInsideTheOwner(t *testing.T) {
	w := newWorld(t)
	his := map[string]string{}
	for collection, data := range map[string]map[string]any{
		"messages": {"subject": "His"}, "lists": {"name": "His"}, "clients": {"email": "his@example.com"},
	} {
		data["owner"] = w.IDs[boris]
		his[collection] = w.Add(t, collection, data).Id
	}
	hers := w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "hers@example.com"}).Id
	mailing := w.Mailing(t, "created", nil)
	for _, c := range []struct {
		collection, field string
		value             any
	}{
		{"mailings", "message", his["messages"]},
		{"mailings", "lists", []string{his["lists"]}},
		{"mailings", "recipients", []string{hers, his["clients"]}},
		{"mailings", "message", "nosuchrecord000"},
		{"mailings", "sender", "nosuchrecord000"},
		{"subscriptions", "list", his["lists"]},
		{"subscriptions", "client", his["clients"]},
	} {
		for _, who := range []string{anna, superuser} {
			a := w.Expect(t, 400, who, http.MethodPost, recordsOf(c.collection), map[string]any{"owner": w.IDs[anna], c.field: c.value})
			if a.Code(c.field) != "invalid_reference" {
				t.Errorf("%s.%s created by %s: %s", c.collection, c.field, who, a.Text)
			}
			if c.collection != "mailings" {
				continue
			}
			a = w.Expect(t, 400, who, http.MethodPatch, recordsOf("mailings", mailing), map[string]any{c.field: c.value})
			if a.Code(c.field) != "invalid_reference" {
				t.Errorf("%s.%s updated by %s: %s", c.collection, c.field, who, a.Text)
			}
		}
	}
	w.Expect(t, 400, anna, http.MethodPatch, recordsOf("mailings", mailing), map[string]any{"recipients+": his["clients"]})
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("mailings", mailing), map[string]any{"recipients+": hers})
}

func TestWrongMailingsAreRefused(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		body        map[string]any
		field, code string
	}{
		"a name of two lines":           {map[string]any{"name": "a\nb"}, "name", "no_line_breaks"},
		"a sender name of two lines":    {map[string]any{"from_name": "a\r\nBcc: x@example.com"}, "from_name", "no_line_breaks"},
		"a time zone that is none":      {map[string]any{"timezone": "Moon/Sea"}, "timezone", "invalid_timezone"},
		"the machine's own time zone":   {map[string]any{"timezone": "Local"}, "timezone", "invalid_timezone"},
		"an end before the start":       {map[string]any{"starts_at": "2030-01-02 00:00:00Z", "ends_at": "2030-01-01 00:00:00Z"}, "ends_at", "ends_before_start"},
		"a start that is no date":       {map[string]any{"starts_at": "garbage"}, "starts_at", "invalid_date"},
		"a start on no day":             {map[string]any{"starts_at": "2030-02-31 09:00:00Z"}, "starts_at", "invalid_date"},
		"a start after the year 9999":   {map[string]any{"starts_at": "9999-12-31T23:00:00-05:00"}, "starts_at", "invalid_date"},
		"an end after the year 9999":    {map[string]any{"ends_at": "9999-12-31T23:00:00-05:00"}, "ends_at", "invalid_date"},
		"an end that is no date":        {map[string]any{"ends_at": true}, "ends_at", "invalid_date"},
		"a reply address that is none":  {map[string]any{"reply_to": "nobody"}, "reply_to", "invalid_email"},
		"an audience that is not known": {map[string]any{"audience": "all"}, "audience", "validation_invalid_value"},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.Expect(t, 400, anna, http.MethodPost, recordsOf("mailings"), c.body)
			if a.Code(c.field) != c.code {
				t.Errorf("got %s", a.Text)
			}
		})
	}

	for _, start := range []string{
		"0001-01-02", "1969-12-31 23:59:59Z", time.Now().Add(-25 * time.Hour).UTC().Format(time.DateTime),
	} {
		for _, who := range []string{anna, superuser} {
			for _, status := range []string{"created", "scheduled"} {
				id := w.Mailing(t, status, map[string]any{"starts_at": "2030-01-02 00:00:00Z"})
				a := w.Expect(t, 400, who, http.MethodPatch, recordsOf("mailings", id), map[string]any{"starts_at": start, "repeat": "daily"})
				if a.Code("starts_at") != "starts_at_passed" {
					t.Errorf("%s moves a %s mailing to %s: %s", who, status, start, a.Text)
				}
			}
			a := w.Expect(t, 400, who, http.MethodPost, recordsOf("mailings"), map[string]any{"starts_at": start, "owner": w.IDs[anna]})
			if a.Code("starts_at") != "starts_at_passed" {
				t.Errorf("%s creates one that starts at %s: %s", who, start, a.Text)
			}
		}
	}
	yesterday := time.Now().Add(-23 * time.Hour).UTC().Format(time.DateTime)
	w.Expect(t, 200, anna, http.MethodPost, recordsOf("mailings"), map[string]any{"starts_at": yesterday})
	old := w.Add(t, "mailings", map[string]any{"owner": w.IDs[anna], "name": "Old"}).Id
	w.SQL(t, `UPDATE mailings SET starts_at = '0001-01-02 00:00:00.000Z' WHERE id = {:id}`, dbx.Params{"id": old})
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("mailings", old), map[string]any{"name": "Old, and renamed"})

	id := w.Mailing(t, "scheduled", map[string]any{"starts_at": "2030-01-02 00:00:00Z"})
	if a := w.Expect(t, 400, anna, http.MethodPatch, recordsOf("mailings", id), map[string]any{"starts_at": ""}); a.Code("starts_at") != "required" {
		t.Errorf("a scheduled mailing loses its start: %s", a.Text)
	}
}

func TestADateThatCannotBeReadChangesNothing(t *testing.T) {
	w := newWorld(t)
	mailing := w.Add(t, "mailings", map[string]any{"owner": w.IDs[anna], "name": "Spring", "starts_at": "2030-01-02 00:00:00.000Z"}).Id
	for _, wrong := range []any{"tomorrow", "2030-13-01", false} {
		if a := w.Expect(t, 400, anna, http.MethodPatch, recordsOf("mailings", mailing), map[string]any{"starts_at": wrong}); a.Code("starts_at") != "invalid_date" {
			t.Errorf("%v: got %s", wrong, a.Text)
		}
	}
	if at := w.Column(t, "mailings", mailing, "starts_at"); at != "2030-01-02 00:00:00.000Z" {
		t.Errorf("it starts at %q now", at)
	}
	for _, right := range []any{"2031-01-02T03:04:05Z", "2031-01-02 03:04:05.000Z", "2031-01-02", nil, ""} {
		w.Expect(t, 200, anna, http.MethodPatch, recordsOf("mailings", mailing), map[string]any{"starts_at": right})
	}
}

func TestAMailingIsWrittenByAFormToo(t *testing.T) {
	w := newWorld(t)
	message := w.Add(t, "messages", map[string]any{"owner": w.IDs[anna], "name": "m", "subject": "s", "format": "text", "body": "b"}).Id
	later := stampOf(time.Now().Add(48 * time.Hour))
	for name, form := range map[string]func(values ...string) any{
		"multipart": func(values ...string) any { return formOf(t, values...) },
		"of the JSON in it": func(values ...string) any {
			object := map[string]any{}
			for i := 0; i < len(values); i += 2 {
				object[values[i]] = values[i+1]
			}
			payload, err := json.Marshal(object)
			must(t, err)
			return formOf(t, "@jsonPayload", string(payload))
		},
		"in an address": func(values ...string) any {
			object := url.Values{}
			for i := 0; i < len(values); i += 2 {
				object.Set(values[i], values[i+1])
			}
			f := &hookstest.Form{ContentType: "application/x-www-form-urlencoded"}
			f.Body.WriteString(object.Encode())
			return f
		},
	} {
		t.Run(name, func(t *testing.T) {
			id := w.Expect(t, 200, anna, http.MethodPost, recordsOf("mailings"), form("name", "m", "message", message, "starts_at", later)).ID()
			w.Expect(t, 200, anna, http.MethodPatch, recordsOf("mailings", id), form("repeat", "daily", "starts_at", later))
			if a := w.Expect(t, 400, anna, http.MethodPatch, recordsOf("mailings", id), form("repeat", "daily", "starts_at", "0001-01-02 00:00:00Z")); a.Code("starts_at") != "starts_at_passed" {
				t.Error(a.Text)
			}
			if a := w.Expect(t, 400, anna, http.MethodPatch, recordsOf("mailings", id), form("starts_at", "tomorrow")); a.Code("starts_at") != "invalid_date" {
				t.Error(a.Text)
			}
		})
	}
}

func TestMailingsOfAnOwnerAreNumbered(t *testing.T) {
	w := newWorld(t)
	create := func(who string, data map[string]any) answer {
		data["name"] = "Spring"
		return w.Expect(t, 200, who, http.MethodPost, recordsOf("mailings"), data)
	}
	first, second, other := create(anna, map[string]any{}), create(anna, map[string]any{}), create(boris, map[string]any{})
	for _, c := range []struct {
		a    answer
		want float64
	}{{first, 1}, {second, 2}, {other, 1}} {
		if c.a.Body["number"] != c.want {
			t.Errorf("the number is %v, want %v", c.a.Body["number"], c.want)
		}
	}
	w.Expect(t, 400, anna, http.MethodPatch, recordsOf("mailings", first.ID()), map[string]any{"number": 7})
	if a := w.Expect(t, 200, anna, http.MethodPatch, recordsOf("mailings", first.ID()), map[string]any{"name": "Summer"}); a.Body["number"] != 1.0 {
		t.Errorf("after a change the number is %v", a.Body["number"])
	}
}
