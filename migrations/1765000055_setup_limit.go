package migrations

import (
	"slices"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// setupLimit bounds how often the token of the first start can be guessed, although nobody guesses 238 bits.
const setupLimit = "/api/gonets/setup/"

func init() {
	m.Register(
		func(app core.App) error {
			s := app.Settings()
			rule := core.RateLimitRule{Label: setupLimit, MaxRequests: 20, Duration: 60}
			s.RateLimits.Rules = append([]core.RateLimitRule{rule}, withoutSetupLimit(s.RateLimits.Rules)...)
			return app.Save(s)
		},
		func(app core.App) error {
			s := app.Settings()
			s.RateLimits.Rules = withoutSetupLimit(s.RateLimits.Rules)
			return app.Save(s)
		},
	)
}

func withoutSetupLimit(rules []core.RateLimitRule) []core.RateLimitRule {
	return slices.DeleteFunc(slices.Clone(rules), func(r core.RateLimitRule) bool { return r.Label == setupLimit })
}
