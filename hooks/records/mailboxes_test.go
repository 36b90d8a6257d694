package records_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"gonets/internal/dkim"
	"gonets/internal/secret"
)

func mailboxData() map[string]any {
	return map[string]any{
		"name": unique("bounces %d"), "kind": "imap", "host": "imap.example.org", "username": "bounces", "password": "s3cret of the mailbox",
	}
}

func hookData() map[string]any {
	return map[string]any{"provider": "mailgun", "secret": "0123456789abcdef0123456789abcdef"}
}

// aKey is for Ed25519, which is quick to make.
var aKey, _ = dkim.MakeEd25519()

// domainData is a domain with keys, so that none have to be made.
func domainData() map[string]any {
	return map[string]any{"name": unique("d%d.example.org"), "dkim_key": aKey, "dkim_key_2": aKey}
}

// with is data with other values.
func with(data, other map[string]any) map[string]any {
	maps.Copy(data, other)
	return data
}

// wantRefused creates a record with other values than the right ones, and wants the code at the field.
func wantRefused(t *testing.T, w *world, collection string, data map[string]any, field, code string) {
	t.Helper()
	if a := w.Expect(t, 400, superuser, http.MethodPost, recordsOf(collection), data); a.Code(field) != code {
		t.Errorf("%s %v: %s, want %s at %s", collection, data, a.Text, code, field)
	}
}

func TestMailboxesAreValid(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		data        map[string]any
		field, code string
	}{
		{map[string]any{"host": "https://imap.example.org"}, "host", "invalid_host"},
		{map[string]any{"host": "imap.example.org:993"}, "host", "invalid_host"},
		{map[string]any{"host": ""}, "host", "validation_required"},
		{map[string]any{"kind": "exchange"}, "kind", "validation_invalid_value"},
		{map[string]any{"port": 70000}, "port", "validation_max_number_constraint"},
		{map[string]any{"tls": "ssl"}, "tls", "validation_invalid_value"},
		{map[string]any{"tls": "none"}, "tls", "tls_needed"},
		{map[string]any{"kind": "pop3", "folder": "Bounces"}, "folder", "no_folder"},
		{map[string]any{"password": ""}, "password", "password_required"},
		{map[string]any{"username": "ann\r\nDELE 1"}, "username", "no_line_breaks"},
		{map[string]any{"delete_after_days": "-1"}, "delete_after_days", "invalid_days"},
		{map[string]any{"delete_after_days": 4000}, "delete_after_days", "invalid_days"},
	} {
		wantRefused(t, w, "mailboxes", with(mailboxData(), c.data), c.field, c.code)
	}
	for _, c := range []struct {
		data map[string]any
		tls  string
		port float64
	}{
		{map[string]any{"kind": "imap"}, "implicit", 993},
		{map[string]any{"kind": "pop3"}, "implicit", 995},
		{map[string]any{"tls": "starttls"}, "starttls", 143},
		{map[string]any{"kind": "pop3", "tls": "none", "host": "127.0.0.1"}, "none", 110},
		{map[string]any{"port": 1993, "host": "dovecot"}, "implicit", 1993},
		{map[string]any{"host": " IMAP.Пример.рф"}, "implicit", 993},
	} {
		a := w.Expect(t, 200, superuser, http.MethodPost, recordsOf("mailboxes"), with(mailboxData(), c.data))
		if a.Body["tls"] != c.tls || a.Body["port"] != c.port {
			t.Errorf("%v: %s", c.data, a.Text)
		}
	}
}

func TestThePasswordOfAMailboxIsWriteOnly(t *testing.T) {
	w := newWorld(t)
	data := with(mailboxData(), map[string]any{"last_read_at": "2020-01-01 00:00:00.000Z", "last_error": "made up", "delete_after_days": 0})
	a := w.Expect(t, 200, superuser, http.MethodPost, recordsOf("mailboxes"), data)
	id, path := a.ID(), recordsOf("mailboxes", a.ID())
	if a.Body["delete_after_days"] != "0" {
		t.Errorf("0 is not kept apart from nothing: %s", a.Text)
	}
	w.SQL(t, `UPDATE mailboxes SET last_error = 'of ours' WHERE id = '`+id+`'`, nil)
	for _, a := range []answer{
		a,
		w.Expect(t, 200, superuser, http.MethodPatch, path, map[string]any{"folder": "Bounces", "last_error": "made up", "last_read_at": "2020-01-01 00:00:00.000Z"}),
		w.Expect(t, 200, superuser, http.MethodGet, path, nil),
		w.Expect(t, 200, superuser, http.MethodGet, recordsOf("mailboxes"), nil),
	} {
		for _, word := range []string{"s3cret", "made up", "2020-01-01"} {
			if strings.Contains(a.Text, word) {
				t.Errorf("an answer has %q: %s", word, a.Text)
			}
		}
	}
	if got := w.Column(t, "mailboxes", id, "last_error"); got != "of ours" {
		t.Errorf("an edit has made the last error %q", got)
	}
	kept := func() map[string]string {
		kept, err := secret.Of(w.App, "mailboxes", id)
		must(t, err)
		return kept
	}
	if kept()[secret.Password] != "s3cret of the mailbox" || w.Column(t, "mailboxes", id, "password") != "" {
		t.Errorf("kept %q, and %q in the record", kept(), w.Column(t, "mailboxes", id, "password"))
	}
	if a := w.Expect(t, 200, superuser, http.MethodGet, recordsOf("mailboxes")+"?filter=password~%22s3%22", nil); len(a.Items()) > 0 {
		t.Errorf("a filter finds it by the password: %s", a.Text)
	}
	w.Expect(t, 204, superuser, http.MethodDelete, path, nil)
	if len(kept()) > 0 {
		t.Error("the password of a deleted mailbox is left")
	}
}

func TestBounceHooksAreValid(t *testing.T) {
	w := newWorld(t)
	const topic = "arn:aws:sns:eu-west-1:123456789012:bounces"
	for _, c := range []struct {
		data        map[string]any
		field, code string
	}{
		{map[string]any{"provider": "mandrill"}, "provider", "validation_invalid_value"},
		{map[string]any{"secret": ""}, "secret", "secret_required"},
		{map[string]any{"secret": "short"}, "secret", "short_secret"},
		{map[string]any{"provider": "sendgrid"}, "secret", "invalid_public_key"},
		{map[string]any{"provider": "ses", "topic": topic}, "secret", "no_secret"},
		{map[string]any{"provider": "ses", "secret": ""}, "topic", "invalid_topic"},
		{map[string]any{"provider": "ses", "secret": "", "topic": "arn:aws:sns:evil.example:123456789012:x"}, "topic", "invalid_topic"},
		{map[string]any{"topic": topic}, "topic", "no_topic"},
		{map[string]any{"key": "guessable"}, "key", "invalid_key"},
		{map[string]any{"key": strings.Repeat("../", 10)}, "key", "invalid_key"},
	} {
		wantRefused(t, w, "bounce_hooks", with(hookData(), c.data), c.field, c.code)
	}
	ses := w.Expect(t, 200, superuser, http.MethodPost, recordsOf("bounce_hooks"), map[string]any{"provider": "ses", "topic": topic})
	first := w.Expect(t, 200, superuser, http.MethodPost, recordsOf("bounce_hooks"), hookData())
	if a, b := ses.Field("key"), first.Field("key"); len(a) < 32 || len(b) < 32 || a == b {
		t.Errorf("the keys are %q and %q", a, b)
	}
	if first.Body["secret"] != "" {
		t.Errorf("the answer has the secret: %s", first.Text)
	}
	wantRefused(t, w, "bounce_hooks", with(hookData(), map[string]any{"key": first.Field("key")}), "key", "validation_not_unique")

	path := recordsOf("bounce_hooks", first.ID())
	w.Expect(t, 200, superuser, http.MethodPatch, path, map[string]any{"active": true})
	if a := w.Expect(t, 400, superuser, http.MethodPatch, path, map[string]any{"provider": "generic"}); a.Code("secret") != "secret_required" {
		t.Errorf("the secret of another provider is taken: %s", a.Text)
	}
	w.Expect(t, 200, superuser, http.MethodPatch, path, map[string]any{"provider": "generic", "secret": "a secret that is long enough"})
}
