package secret_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/secret"
)

const (
	variable = "GONETS_TEST_KEY"
	key      = "0123456789abcdef0123456789abcdef"
)

// instance is a data folder that is opened again and again, as by processes one after the other.
type instance struct {
	t   *testing.T
	dir string
}

// open opens the folder with the key in the environment variable of that name; "" is without encryption.
func (in instance) open(encryptionEnv string) (core.App, error) {
	in.t.Helper()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: in.dir, EncryptionEnv: encryptionEnv})
	secret.Bind(app)
	in.t.Cleanup(func() { in.close(app) })
	if err := secret.CheckKey(app); err != nil {
		return app, err
	}
	if err := app.Bootstrap(); err != nil {
		if known := secret.CheckSettings(app); known != nil {
			return app, known
		}
		return app, err
	}
	if err := app.RunAllMigrations(); err != nil {
		in.t.Fatal(err)
	}
	return app, secret.Open(app)
}

func (in instance) close(app core.App) {
	if err := apptest.Close(app); err != nil {
		in.t.Error(err)
	}
}

// mustOpen opens it, or fails.
func (in instance) mustOpen(encryptionEnv string) core.App {
	in.t.Helper()
	app, err := in.open(encryptionEnv)
	if err != nil {
		in.t.Fatal(err)
	}
	return app
}

// contains reports whether a file of the database has the text anywhere, free space included.
func (in instance) contains(text string) bool {
	in.t.Helper()
	files, _ := filepath.Glob(filepath.Join(in.dir, "data.db*"))
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			in.t.Fatal(err)
		}
		if bytes.Contains(raw, []byte(text)) {
			return true
		}
	}
	return false
}

func newSender(t *testing.T, app core.App, password string) *core.Record {
	t.Helper()
	c, err := app.FindCollectionByNameOrId("senders")
	if err != nil {
		t.Fatal(err)
	}
	r := core.NewRecord(c)
	r.Load(map[string]any{
		"name": "news", "access": "everyone", "from_email": "news@example.com", "host": "mail.example.com", "port": 25, "username": "news",
		"password": password, "dkim_key": strings.Repeat("a private key ", 500),
	})
	if err := app.Save(r); err != nil {
		t.Fatal(err)
	}
	return r
}

func wantSecret(t *testing.T, app core.App, sender, want string) {
	t.Helper()
	kept, err := secret.Of(app, "senders", sender)
	if err != nil || kept[secret.Password] != want {
		t.Errorf("the password is %q (%v), want %q", kept[secret.Password], err, want)
	}
}

func TestAKeyThatIsNewlySetEncryptsWhatIsThere(t *testing.T) {
	in := instance{t, t.TempDir()}
	app := in.mustOpen("")
	app.Settings().SMTP.Password = "the settings' own"
	if err := app.Save(app.Settings()); err != nil {
		t.Fatal(err)
	}
	sender := newSender(t, app, "s3cret-of-the-sender")
	wantSecret(t, app, sender.Id, "s3cret-of-the-sender")
	in.close(app)

	t.Setenv(variable, key)
	app = in.mustOpen(variable)
	wantSecret(t, app, sender.Id, "s3cret-of-the-sender")
	if app.Settings().SMTP.Password != "the settings' own" {
		t.Error("the settings are others")
	}
	in.close(app)
	for _, text := range []string{"s3cret-of-the-sender", "a private key a private key"} {
		if in.contains(text) {
			t.Errorf("the file still holds %q", text)
		}
	}

	app = in.mustOpen(variable)
	sender.Set("password", "another-s3cret")
	if err := app.Save(sender); err != nil {
		t.Fatal(err)
	}
	wantSecret(t, app, sender.Id, "another-s3cret")
	in.close(app)
	if in.contains("another-s3cret") {
		t.Error("a password that is set later is in clear")
	}
}

func TestAKeyThatIsMissingOrWrongIsSaidClearly(t *testing.T) {
	in := instance{t, t.TempDir()}
	t.Setenv(variable, key)
	app := in.mustOpen(variable)
	newSender(t, app, "s3cret")
	in.close(app)

	for name, c := range map[string]struct{ env, value, says string }{
		"no key":                           {"", "", "--encryptionEnv NAME"},
		"another key":                      {variable, strings.Repeat("x", 32), variable},
		"a variable that is not set":       {variable, "", variable + ", which is not set"},
		"a key of another length":          {variable, "too short", "exactly 32"},
		"the right key under another name": {"GONETS_TEST_OTHER", "", "GONETS_TEST_OTHER, which is not set"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(variable, c.value)
			if _, err := in.open(c.env); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want it to say %q", err, c.says)
			}
		})
	}

	t.Run("also where only the secrets are encrypted", func(t *testing.T) {
		t.Setenv(variable, key)
		app := in.mustOpen(variable)
		if _, err := app.DB().NewQuery(`UPDATE _params SET value = '{}' WHERE id = 'settings'`).Execute(); err != nil {
			t.Fatal(err)
		}
		in.close(app)
		if _, err := in.open(""); err == nil || !strings.Contains(err.Error(), "keys of senders") {
			t.Errorf("without a key: %v", err)
		}
		t.Setenv(variable, strings.Repeat("x", 32))
		if _, err := in.open(variable); err == nil || !strings.Contains(err.Error(), "another key") {
			t.Errorf("with another key: %v", err)
		}
	})
}
