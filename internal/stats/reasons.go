package stats

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
)

// ReasonCount is how many readers gave a reason for leaving.
type ReasonCount struct {
	Reason string `db:"reason" json:"reason"`
	Count  int64  `db:"count" json:"count"`
}

// reasons counts why readers left in the range, by idx_opt_out_reasons_created.
func (s *Service) reasons(ctx context.Context, within span, owner, mailing string) ([]ReasonCount, error) {
	counts := []ReasonCount{}
	err := s.app.DB().NewQuery(`
		SELECT reason, COUNT(*) AS count FROM opt_out_reasons
		WHERE ({:owner} = '' OR owner = {:owner}) AND created >= {:from} AND created < {:to} AND ({:mailing} = '' OR mailing = {:mailing})
		GROUP BY reason ORDER BY count DESC, reason`).
		Bind(dbx.Params{"owner": owner, "mailing": mailing, "from": database.Stamp(time.Unix(within.from, 0)), "to": database.Stamp(time.Unix(within.to, 0))}).
		WithContext(ctx).All(&counts)
	if err != nil {
		return nil, fmt.Errorf("count why readers left: %w", err)
	}
	return counts, nil
}
