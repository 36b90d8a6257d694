package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(settingsUp, settingsDown) }

// settingsUp sets PocketBase's settings of a new instance. A superuser can change all of them later.
//
// Rate limits count requests by the IP address of the client. They are low where guessing passwords or
// sending e-mail could do harm, and high for reading. POST /u/{token} has none, because mail providers
// call it from few addresses. docs/security.md lists them.
func settingsUp(app core.App) error {
	s := app.Settings()
	s.Meta.AppName = "Gonets"
	s.Meta.SenderName = "Gonets"
	s.RateLimits.Enabled = true
	s.RateLimits.Rules = []core.RateLimitRule{
		{Label: "POST /api/gonets/mailings/test", MaxRequests: 30, Duration: 60},
		{Label: "*:authWithPassword", MaxRequests: 30, Duration: 60},
		{Label: "users:create", MaxRequests: 20, Duration: 60},
		{Label: "*:requestVerification", MaxRequests: 10, Duration: 60},
		{Label: "*:requestPasswordReset", MaxRequests: 10, Duration: 60},
		{Label: "*:requestEmailChange", MaxRequests: 10, Duration: 60},
		{Label: "*:confirmVerification", MaxRequests: 30, Duration: 60},
		{Label: "*:confirmPasswordReset", MaxRequests: 30, Duration: 60},
		{Label: "*:confirmEmailChange", MaxRequests: 30, Duration: 60},
		{Label: "POST /api/gonets/messages/test", MaxRequests: 30, Duration: 60},
		{Label: "*:create", MaxRequests: 2000, Duration: 10},
		{Label: "/api/", MaxRequests: 5000, Duration: 10},
	}
	return app.Save(s)
}

// settingsDown restores PocketBase's own defaults.
func settingsDown(app core.App) error {
	s, defaults := app.Settings(), core.NewBaseApp(core.BaseAppConfig{}).Settings()
	s.Meta.AppName = defaults.Meta.AppName
	s.Meta.SenderName = defaults.Meta.SenderName
	s.RateLimits = defaults.RateLimits
	return app.Save(s)
}
