package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(settingsUp, settingsDown) }

// settingsUp sets what a new instance starts with. Everything stays the superuser's to change.
//
// Rate limits are counted by the address of the client: tight where a guess or a mail costs
// somebody something, generous on reads, none on POST /u/{token}, which mail providers call from
// few addresses. docs/security.md lists them.
func settingsUp(app core.App) error {
	s := app.Settings()
	s.Meta.AppName = "Gonets"
	s.Meta.SenderName = "Gonets"
	s.RateLimits.Enabled = true
	s.RateLimits.Rules = []core.RateLimitRule{
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

func settingsDown(app core.App) error {
	s := app.Settings()
	s.RateLimits.Enabled = false
	return app.Save(s)
}
