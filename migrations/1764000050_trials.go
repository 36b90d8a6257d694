package migrations

import (
	"slices"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(trialsUp, trialsDown) }

// trialsTable counts the addresses that users have sent tests to, by minute, for an hourly limit that a
// restart must not reset.
const trialsTable = `
CREATE TABLE trials (
	user      TEXT    NOT NULL,
	minute    TEXT    NOT NULL,
	addresses INTEGER NOT NULL,
	PRIMARY KEY (user, minute)
) STRICT, WITHOUT ROWID`

// testLimit bounds the requests for tests of mailings, as there is one already for those of drafts.
var testLimit = core.RateLimitRule{Label: "POST /api/gonets/mailings/test", MaxRequests: 30, Duration: 60}

func trialsUp(app core.App) error {
	s := app.Settings()
	if !slices.ContainsFunc(s.RateLimits.Rules, isTestLimit) {
		s.RateLimits.Rules = slices.Insert(s.RateLimits.Rules, 0, testLimit)
		if err := app.Save(s); err != nil {
			return err
		}
	}
	_, err := app.DB().NewQuery(trialsTable).Execute()
	return err
}

func trialsDown(app core.App) error {
	s := app.Settings()
	s.RateLimits.Rules = slices.DeleteFunc(s.RateLimits.Rules, isTestLimit)
	if err := app.Save(s); err != nil {
		return err
	}
	_, err := app.DB().NewQuery(`DROP TABLE trials`).Execute()
	return err
}

func isTestLimit(r core.RateLimitRule) bool { return r.Label == testLimit.Label }
