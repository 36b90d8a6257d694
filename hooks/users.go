package hooks

import (
	"errors"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/address"
)

// bindUsers keeps users, their registration, and who sees their addresses.
func bindUsers(app core.App) {
	app.OnRecordCreateRequest("users").BindFunc(func(e *core.RecordRequestEvent) error {
		setDefault(e.Record, "language", preferredLanguage(e.Request.Header.Get("Accept-Language")))
		if !e.HasSuperuserAuth() {
			if err := register(e); err != nil {
				return err
			}
		}
		return e.Next()
	})

	prepare := func(e *core.RecordEvent) error {
		normalizeEmail(e.Record, "email")
		// Who may see a user at all, the user and managers, may see and search the address.
		e.Record.SetEmailVisibility(true)
		setDefault(e.Record, "role", "owner")
		setDefault(e.Record, "language", "en")
		setDefault(e.Record, "timezone", "UTC")
		return e.Next()
	}
	app.OnRecordCreate("users").BindFunc(prepare)
	app.OnRecordUpdate("users").BindFunc(prepare)

	app.OnRecordValidate("users").BindFunc(func(e *core.RecordEvent) error {
		bad := refusals{}
		bad.email(e.Record, "email")
		bad.oneLine(e.Record, "name", "phone", "country")
		bad.zone(e.Record, "timezone")
		if err := bad.err(); err != nil {
			return err
		}
		return e.Next()
	})

	app.OnRecordEnrich("users").BindFunc(func(e *core.RecordEnrichEvent) error {
		if isManager(e.RequestInfo.Auth) {
			e.Record.IgnoreEmailVisibility(true)
		}
		return e.Next()
	})

	app.OnRecordAuthWithPasswordRequest("users").BindFunc(signIn)
}

// register applies what the operator has decided about people who sign up by themselves. The create
// rule has refused role, quota and the like in the request.
func register(e *core.RecordRequestEvent) error {
	instance, err := instanceOf(e.App)
	if err != nil {
		return err
	}
	mode := instance.GetString("registration")
	if mode == "closed" {
		return e.ForbiddenError("Registration is closed: ask the operator of this service for an account.",
			refuse("registration", "registration_closed", "Registration is closed"))
	}
	e.Record.Set("awaiting_approval", mode == "approval")
	e.Record.Set("daily_quota", instance.GetInt("new_user_daily_quota"))
	return nil
}

// signIn finds the user by an address as people type it, and says why a right password does not let
// in. Before the password is proven, blocked, unverified and unknown look and take the same.
func signIn(e *core.RecordAuthWithPasswordRequestEvent) error {
	if e.Record == nil {
		if email, err := address.Normalize(e.Identity); err == nil && email != e.Identity {
			e.Record, _ = e.App.FindAuthRecordByEmail(e.Collection, email)
		}
	}
	if e.Record == nil || e.Record.Verified() && !e.Record.GetBool("blocked") {
		return e.Next()
	}
	if !e.Record.ValidatePassword(e.Password) {
		return e.BadRequestError("Failed to authenticate.", errors.New("invalid login credentials"))
	}
	if e.Record.GetBool("blocked") {
		return apis.NewForbiddenError("This account is blocked.",
			refuse("identity", "blocked", sentence("This account is blocked", e.Record.GetString("block_reason"))))
	}
	return apis.NewForbiddenError("Confirm your e-mail address first: open the link in the mail we sent you.",
		refuse("identity", "not_verified", "The e-mail address is not confirmed yet"))
}

// sentence joins a statement and its reason, if there is one.
func sentence(statement, reason string) string {
	if reason == "" {
		return statement
	}
	return statement + ": " + reason
}
