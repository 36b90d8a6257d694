// Package incoming has the routes of the ways in of bounces: those that mail providers report by, and those by which superusers
// try mailboxes out.
package incoming

import (
	"context"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/intake"
)

// trialTime bounds a test, and the wait for the reading of a mailbox, however slow its mail server is.
const trialTime = 60 * time.Second

// BindMailboxes adds POST /api/gonets/mailboxes/{id}/read and /test for superusers, who set mailboxes up. Both answer in the
// same words as last_error.
func BindMailboxes(app core.App, mailboxes *intake.Mailboxes) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		group := e.Router.Group("/api/gonets/mailboxes/{id}")
		group.Bind(apis.RequireSuperuserAuth())
		group.POST("/read", tried(mailboxes.Read))
		group.POST("/test", tried(mailboxes.Test))
		return e.Next()
	})
}

// tried answers with how it went to try out a record.
func tried[R any](do func(ctx context.Context, id string) (R, error)) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		ctx, cancel := context.WithTimeout(e.Request.Context(), trialTime)
		defer cancel()
		result, err := do(ctx, e.Request.PathValue("id"))
		if answer, denied := request.Denied(err, ""); denied {
			return answer
		}
		if err != nil {
			return e.InternalServerError("It could not be tried.", err)
		}
		return e.JSON(http.StatusOK, result)
	}
}
