package api

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
)

// maxTransactionalQuota is the most that can be granted.
const maxTransactionalQuota = 10_000_000

// QuotaGrant is the body of POST /api/gonets/users/{id}/transactional_quota.
type QuotaGrant struct {
	Quota *int `json:"transactional_quota" form:"transactional_quota" doc:"E-mails a UTC day; 0 for none"`
}

// grantQuota answers POST /api/gonets/users/{id}/transactional_quota {transactional_quota}. Managers grant it to owners and
// superusers to everybody, so nobody grants it to themselves.
func grantQuota(e *core.RequestEvent) error {
	user, err := moderated(e)
	if err != nil {
		return err
	}
	var body QuotaGrant
	if err := e.BindBody(&body); err != nil {
		return e.BadRequestError("The request could not be read: transactional_quota must be a whole number.", err)
	}
	if body.Quota == nil || *body.Quota < 0 || *body.Quota > maxTransactionalQuota {
		return e.BadRequestError("The quota is not valid.", request.Refuse("transactional_quota", "out_of_range",
			fmt.Sprintf("A whole number from 0 (none) to %d", maxTransactionalQuota)))
	}
	return moderate(e, user, func(user *core.Record) { user.Set("transactional_quota", *body.Quota) })
}
