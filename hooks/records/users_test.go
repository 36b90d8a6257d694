package records_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/records"
	"gonets/hooks/request"
)

// signUp is what a newcomer sends.
func signUp(email string) map[string]any {
	return map[string]any{"email": email, "password": password, "passwordConfirm": password, "name": "New"}
}

func TestWhoMayDoWhatWithUsers(t *testing.T) {
	w := newWorld(t)
	others := []string{anonymous, kirill, boris}
	path := recordsOf("users", w.IDs[anna])

	for _, who := range others {
		w.Expect(t, 404, who, http.MethodGet, path, nil)
		w.Expect(t, 404, who, http.MethodPatch, path, map[string]any{"name": "X"})
		if a := w.Expect(t, 200, who, http.MethodGet, recordsOf("users"), nil); strings.Contains(a.Text, w.IDs[anna]) {
			t.Errorf("%s lists Anna: %s", who, a.Text)
		}
	}
	w.Expect(t, 404, marta, http.MethodPatch, path, map[string]any{"name": "X"})
	w.Expect(t, 200, anna, http.MethodGet, path, nil)
	w.Expect(t, 200, anna, http.MethodPatch, path, map[string]any{"name": "Anna K."})
	w.Expect(t, 200, superuser, http.MethodPatch, path, map[string]any{"name": "Anna"})

	for _, who := range append(others, marta, anna) {
		w.Expect(t, 403, who, http.MethodDelete, path, nil)
	}
	w.Expect(t, 204, superuser, http.MethodDelete, recordsOf("users", w.IDs[unverified]), nil)
}

func TestManagersSeeAddresses(t *testing.T) {
	w := newWorld(t)
	client := w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "client@example.com"}).Id
	want := emailOf(anna)
	for _, path := range []string{
		recordsOf("users", w.IDs[anna]),
		recordsOf("users") + "?perPage=100",
		recordsOf("users") + "?filter=" + "email~%22owner@%22",
		recordsOf("clients", client) + "?expand=owner",
		recordsOf("clients") + "?expand=owner",
		recordsOf("clients") + "?filter=owner.email=%22" + want + "%22",
	} {
		if a := w.Expect(t, 200, marta, http.MethodGet, path, nil); !strings.Contains(a.Text, w.IDs[anna]) {
			t.Errorf("%s: %s", path, a.Text)
		}
	}
	if a := w.Ask(t, marta, http.MethodGet, recordsOf("clients", client)+"?expand=owner", nil); !strings.Contains(a.Text, want) {
		t.Errorf("the owner of a client has no address: %s", a.Text)
	}
}

func TestNobodyRaisesThemselves(t *testing.T) {
	w := newWorld(t)
	for field, value := range map[string]any{
		"role": "manager", "blocked": true, "block_reason": "x", "awaiting_approval": true, "daily_quota": 1_000_000, "verified": true,
	} {
		t.Run(field, func(t *testing.T) {
			data := signUp(unique("raise-%d@example.com"))
			data[field] = value
			w.Expect(t, 400, anonymous, http.MethodPost, recordsOf("users"), data)
			for _, who := range []string{anna, marta} {
				body := map[string]any{field: value}
				if field == "verified" {
					body[field] = false // they are
				} else if who == marta && field == "role" {
					body[field] = "owner"
				}
				before := w.Column(t, "users", w.IDs[who], field)
				if a := w.Ask(t, who, http.MethodPatch, recordsOf("users", w.IDs[who]), body); a.Status < 400 {
					t.Errorf("%s: got %d", who, a.Status)
				}
				if now := w.Column(t, "users", w.IDs[who], field); now != before {
					t.Errorf("%s has changed %s from %s to %s", who, field, before, now)
				}
			}
		})
	}
	w.Expect(t, 200, superuser, http.MethodPatch, recordsOf("users", w.IDs[anna]), map[string]any{"role": "manager", "daily_quota": 7})
}

func TestRegistration(t *testing.T) {
	w := newWorld(t)
	instance, err := records.InstanceOf(w.App)
	must(t, err)
	mode := func(mode string) {
		t.Helper()
		w.Expect(t, 200, superuser, http.MethodPatch, recordsOf("instance", instance.Id),
			map[string]any{"registration": mode, "new_user_daily_quota": 42})
	}
	made := func(a answer) *core.Record {
		t.Helper()
		r, err := w.App.FindRecordById("users", a.ID())
		must(t, err)
		return r
	}

	t.Run("open gives a quota and Russian to whom asks for it", func(t *testing.T) {
		mode("open")
		a := w.Expect(t, 200, anonymous, http.MethodPost, recordsOf("users"), signUp(" New.Comer@Example.COM "), "Accept-Language", "ru-RU,ru;q=0.9,en;q=0.8")
		r := made(a)
		if r.GetString("role") != "owner" || r.GetInt("daily_quota") != 42 || r.GetBool("awaiting_approval") || r.Verified() ||
			r.GetString("language") != "ru" || r.Email() != "new.comer@example.com" || r.GetString("timezone") != "UTC" {
			t.Errorf("got %v", r.FieldsData())
		}
		if strings.Contains(a.Text, "@") && !strings.Contains(a.Text, "new.comer@") {
			t.Error(a.Text)
		}
	})
	t.Run("approval lets people in, but not send", func(t *testing.T) {
		mode("approval")
		r := made(w.Expect(t, 200, anonymous, http.MethodPost, recordsOf("users"), signUp("second@example.com"), "Accept-Language", "de, ru;q=0.5, en;q=0.7"))
		if !r.GetBool("awaiting_approval") || r.GetInt("daily_quota") != 42 || r.GetString("language") != "en" {
			t.Errorf("got %v", r.FieldsData())
		}
	})
	t.Run("closed says so, to known and unknown addresses alike", func(t *testing.T) {
		mode("closed")
		known := w.Expect(t, 403, anonymous, http.MethodPost, recordsOf("users"), signUp(emailOf(anna)))
		unknown := w.Expect(t, 403, anonymous, http.MethodPost, recordsOf("users"), signUp("third@example.com"))
		if known.Text != unknown.Text || !strings.Contains(known.Text, "closed") {
			t.Errorf("known: %s, unknown: %s", known.Text, unknown.Text)
		}
	})
	t.Run("a superuser adds users as they like", func(t *testing.T) {
		data := signUp("fourth@example.com")
		data["role"], data["verified"] = "manager", true
		r := made(w.Expect(t, 200, superuser, http.MethodPost, recordsOf("users"), data))
		if r.GetString("role") != "manager" || r.GetInt("daily_quota") != 0 || !r.Verified() {
			t.Errorf("got %v", r.FieldsData())
		}
	})
	t.Run("a wrong time zone or a name of two lines is refused", func(t *testing.T) {
		mode("open")
		data := signUp("fifth@example.com")
		data["timezone"], data["name"] = "Moon/Sea", "a\nb"
		a := w.Expect(t, 400, anonymous, http.MethodPost, recordsOf("users"), data)
		if a.Code("timezone") != "invalid_timezone" || a.Code("name") != "no_line_breaks" {
			t.Error(a.Text)
		}
	})
}

func TestSigningIn(t *testing.T) {
	w := newWorld(t)
	w.Set(t, "users", w.IDs[kirill], "block_reason", "bought lists")
	cyrillic := w.Add(t, "users", map[string]any{"email": "anna@пример.рф", "password": password, "verified": true})
	for _, c := range []struct {
		name, identity, password string
		status                   int
		code                     string
	}{
		{"with the right password", emailOf(anna), password, 200, ""},
		{"in capitals", "OWNER@Gonets.Example", password, 200, ""},
		{"with a Cyrillic domain", "Anna@Пример.рф", password, 200, ""},
		{"with its ASCII form", cyrillic.Email(), password, 200, ""},
		{"with a wrong password", emailOf(anna), "wrong", 400, ""},
		{"as nobody known", "nobody@gonets.example", password, 400, ""},
		{"blocked", emailOf(kirill), password, 403, "blocked"},
		{"blocked, with a wrong password", emailOf(kirill), "wrong", 400, ""},
		{"not verified", emailOf(unverified), password, 403, "not_verified"},
		{"not verified, with a wrong password", emailOf(unverified), "wrong", 400, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := w.Expect(t, c.status, anonymous, http.MethodPost, "/api/collections/users/auth-with-password",
				map[string]any{"identity": c.identity, "password": c.password})
			if a.Code("identity") != c.code {
				t.Error(a.Text)
			}
			if c.status == 400 && a.Text != `{"data":{},"message":"Failed to authenticate.","status":400}`+"\n" {
				t.Errorf("tells more than it should: %s", a.Text)
			}
		})
	}
	w.Expect(t, 401, kirill, http.MethodPost, "/api/collections/users/auth-refresh", nil)
	w.Expect(t, 403, unverified, http.MethodPost, "/api/collections/users/auth-refresh", nil)
}

func TestAProfileSavedMeanwhileDoesNotUnblock(t *testing.T) {
	w := newWorld(t)
	profile, err := w.App.FindRecordById("users", w.IDs[anna])
	must(t, err)
	w.Set(t, "users", w.IDs[anna], "blocked", true)
	profile.Set("name", "Anna K.")
	must(t, w.App.Save(profile))
	if w.Column(t, "users", w.IDs[anna], "blocked") != "1" {
		t.Error("she is not blocked any more")
	}
	w.Expect(t, 401, anna, http.MethodPost, "/api/collections/users/auth-refresh", nil)
}

func TestPreferredLanguage(t *testing.T) {
	for header, want := range map[string]string{
		"": "en", "ru": "ru", "ru-RU,ru;q=0.9,en-US;q=0.8": "ru", "en-US,en;q=0.9,ru;q=0.8": "en",
		"de-DE,ru;q=0.5": "ru", "de": "en", "en;q=0.1, ru;q=0.2": "ru", "not a header;;": "en",
	} {
		if got := request.PreferredLanguage(header); got != want {
			t.Errorf("%q: got %s, want %s", header, got, want)
		}
	}
}
