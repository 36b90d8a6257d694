package records

import "github.com/pocketbase/pocketbase/core"

// BindTokens keeps tokens as they were made, for superusers too: one that was made here would have no secret.
func BindTokens(app core.App) {
	refuse := func(e *core.RecordRequestEvent) error {
		return e.BadRequestError("Tokens are made by POST /api/gonets/tokens and never change. Revoke it and make another.", nil)
	}
	app.OnRecordCreateRequest("tokens").BindFunc(refuse)
	app.OnRecordUpdateRequest("tokens").BindFunc(refuse)
}
