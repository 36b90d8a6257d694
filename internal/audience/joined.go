package audience

import (
	"context"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// Joined counts clients who came into the audience of a mailing after its launch and may be mailed, up to 10 000. It reads
// every client of the audience: a second or two for a million.
func (a Audience) Joined(ctx context.Context, app core.App, owner, mailing string) (int, error) {
	s, err := a.Query(app, owner)
	if err != nil {
		return 0, err
	}
	var n int
	err = s.inTime(ctx, app, func(ctx context.Context) error {
		c := counting{ctx: ctx, db: app.ConcurrentDB(), params: dbx.Params{"owner": owner, "mailing": mailing, "cap": countCap}}
		c.where = s.where(c.params)
		// Existing recipients are found by idx_recipients_mailing_email alone.
		c.query(`
			SELECT COUNT(*)
			FROM (
				SELECT 1 FROM clients c
				WHERE c.owner = {:owner} AND c.status IN ('', 'active') AND `+c.where+`
					AND NOT EXISTS (SELECT 1 FROM recipients r WHERE r.mailing = {:mailing} AND r.email = c.email)
					AND NOT `+formerlySQL+`
				LIMIT {:cap}
			)`, &n)
		return c.err
	})
	return n, err
}
