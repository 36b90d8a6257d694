package records

import (
	"errors"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/address"
)

// BindUsers keeps users valid, applies the rules of registration, and shows addresses to those who may see them.
func BindUsers(app core.App) {
	app.OnRecordCreateRequest("users").BindFunc(func(e *core.RecordRequestEvent) error {
		request.SetDefault(e.Record, "language", request.PreferredLanguage(e.Request.Header.Get("Accept-Language")))
		if !e.HasSuperuserAuth() {
			if err := register(e); err != nil {
				return err
			}
		}
		return e.Next()
	})

	prepare := func(e *core.RecordEvent) error {
		normalizeEmail(e.Record, "email")
		// Everybody who may see a user (the user and managers) may see and search the address.
		e.Record.SetEmailVisibility(true)
		request.SetDefault(e.Record, "role", "owner")
		request.SetDefault(e.Record, "language", "en")
		request.SetDefault(e.Record, "timezone", "UTC")
		return e.Next()
	}
	app.OnRecordCreate("users").BindFunc(prepare)
	app.OnRecordUpdate("users").BindFunc(prepare)

	app.OnRecordValidate("users").BindFunc(func(e *core.RecordEvent) error {
		bad := request.Refusals{}
		checkEmail(bad, e.Record, "email")
		bad.OneLine(e.Record, "name", "phone", "country")
		checkZone(bad, e.Record, "timezone")
		if err := bad.Err(); err != nil {
			return err
		}
		return e.Next()
	})

	app.OnRecordEnrich("users").BindFunc(func(e *core.RecordEnrichEvent) error {
		if request.IsManager(e.RequestInfo.Auth) {
			e.Record.IgnoreEmailVisibility(true)
		}
		return e.Next()
	})

	app.OnRecordAuthWithPasswordRequest("users").BindFunc(signIn)
}

// register applies the operator's settings to users who register themselves. The create rule has refused role, quota and the
// like in the request.
func register(e *core.RecordRequestEvent) error {
	instance, err := InstanceOf(e.App)
	if err != nil {
		return err
	}
	mode := instance.GetString("registration")
	if mode == "closed" {
		return e.ForbiddenError("Registration is closed: ask the operator of this service for an account.",
			request.Refuse("registration", "registration_closed", "Registration is closed"))
	}
	e.Record.Set("awaiting_approval", mode == "approval")
	e.Record.Set("daily_quota", instance.GetInt("new_user_daily_quota"))
	return nil
}

// signIn finds the user by an address as people type it, and answers why a user with the right password cannot sign in. With
// a wrong password, blocked, unverified and unknown users get the same answer after the same time.
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
			request.Refuse("identity", "blocked", sentence("This account is blocked", e.Record.GetString("block_reason"))))
	}
	return apis.NewForbiddenError("Confirm your e-mail address first: open the link in the mail we sent you.",
		request.Refuse("identity", "not_verified", "The e-mail address is not confirmed yet"))
}

// sentence joins a statement and its optional reason.
func sentence(statement, reason string) string {
	if reason == "" {
		return statement
	}
	return statement + ": " + reason
}
