package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"github.com/pocketbase/pocketbase/tools/types"
)

func init() {
	m.Register(
		steps(changeUsers(gonetsUsers), statements(trialsTable)),
		steps(statements(`DROP TABLE trials`), changeUsers(pocketBaseUsers)),
	)
}

func changeUsers(change func(users *core.Collection)) func(core.App) error {
	return func(app core.App) error {
		users, err := app.FindCollectionByNameOrId("users")
		if err != nil {
			return err
		}
		change(users)
		return app.Save(users)
	}
}

// gonetsUsers extends PocketBase's own users collection.
//
// AuthRule is set once, here: every later change of it changes the token secret, which ends all
// sessions.
func gonetsUsers(users *core.Collection) {
	users.Fields.Add(
		&core.TextField{Name: "name", Max: 100, Presentable: true},
		&core.TextField{Name: "phone", Max: 40},
		&core.TextField{Name: "country", Max: 60},
		&core.FileField{
			Name: "avatar", MaxSelect: 1, MaxSize: 2 << 20,
			MimeTypes: []string{"image/jpeg", "image/png", "image/gif", "image/webp"},
			Thumbs:    []string{"56x56", "160x160"},
		},
		choice("language", "", "ru", "en"),
		&core.TextField{Name: "timezone", Max: 60},
		choice("role", "An owner works with own data; a manager also reads everybody's, and may block", "owner", "manager"),
		&core.BoolField{Name: "blocked", Help: "Ends the sessions at once and pauses running mailings"},
		&core.TextField{Name: "block_reason", Max: 500, Help: "Shown to the user at sign-in"},
		&core.BoolField{Name: "awaiting_approval", Help: "May prepare everything, but not send"},
		counter("daily_quota", "Mails a UTC day; 0 means no limit"),
	)

	// Addresses are stored in lower case. NOCASE finds an address however a user types it when they
	// sign in or request an e-mail.
	users.AddIndex(emailIndex(users), true, "email COLLATE NOCASE", "email != ''")

	users.ListRule = types.Pointer(`id = @request.auth.id || @request.auth.role = "manager"`)
	users.ViewRule = types.Pointer(`id = @request.auth.id || @request.auth.role = "manager"`)
	users.CreateRule = types.Pointer(`@request.body.role:isset = false && @request.body.blocked:isset = false && @request.body.block_reason:isset = false && @request.body.awaiting_approval:isset = false && @request.body.daily_quota:isset = false`)
	users.UpdateRule = types.Pointer(`id = @request.auth.id && @request.body.role:changed = false && @request.body.blocked:changed = false && @request.body.block_reason:changed = false && @request.body.awaiting_approval:changed = false && @request.body.daily_quota:changed = false`)
	users.DeleteRule = nil
	users.AuthRule = types.Pointer(`verified = true && blocked = false`)
	users.ManageRule = nil

	users.OAuth2.Enabled = false
	users.OTP.Enabled = false
	users.MFA.Enabled = false
	users.AuthAlert.Enabled = false
}

// pocketBaseUsers restores the users collection as PocketBase makes it.
func pocketBaseUsers(users *core.Collection) {
	for _, name := range []string{
		"phone", "country", "language", "timezone", "role", "blocked", "block_reason", "awaiting_approval", "daily_quota",
	} {
		users.Fields.RemoveByName(name)
	}
	users.Fields.Add(
		&core.TextField{Name: "name", Max: 255},
		&core.FileField{
			Name: "avatar", MaxSelect: 1,
			MimeTypes: []string{"image/jpeg", "image/png", "image/svg+xml", "image/gif", "image/webp"},
		},
	)
	users.AddIndex(emailIndex(users), true, "`email`", "`email` != ''")
	own := types.Pointer(`id = @request.auth.id`)
	users.ListRule, users.ViewRule, users.UpdateRule, users.DeleteRule = own, own, own, own
	users.CreateRule = types.Pointer("")
	users.AuthRule = types.Pointer("")
	users.AuthAlert.Enabled = true
}

// emailIndex is the name that PocketBase gives to the unique index on the address.
func emailIndex(users *core.Collection) string { return "idx_email_" + users.Id }

// trialsTable counts the addresses to which a user sent test messages, by minute. The hourly limit of
// test messages is read from it, so that a restart does not reset the limit.
const trialsTable = `
CREATE TABLE trials (
	user      TEXT    NOT NULL,
	minute    TEXT    NOT NULL,
	addresses INTEGER NOT NULL,
	PRIMARY KEY (user, minute)
) STRICT, WITHOUT ROWID`
