package api

import (
	"errors"
	"io"
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/hooks/middleware"
	"gonets/hooks/request"
	"gonets/internal/memory"
)

// busy answers 503 to a request that got no memory in time.
func busy(e *core.RequestEvent, err error) error {
	if !errors.Is(err, memory.ErrBusy) {
		return e.InternalServerError("", err)
	}
	e.Response.Header().Set("Retry-After", "30")
	return apis.NewApiError(http.StatusServiceUnavailable, "Too many mails are being made at the moment. Try again in half a minute.",
		request.Refuse("message", "mails_busy", "Try again in half a minute"))
}

const (
	// draftFactor is the memory that decoding a draft and making its e-mail takes, as a multiple of its bytes.
	draftFactor = 30
	// leastDraft is the memory that every draft takes, and how much of a request is in memory while it arrives.
	leastDraft = 64 << 10
)

// draftsOnDisk stores the rest of a request in a file while it arrives: the client decides how long that takes, so no memory
// is reserved for it. It must come before the limit of the body.
func draftsOnDisk() *hook.Handler[*core.RequestEvent] {
	return &hook.Handler[*core.RequestEvent]{
		Id: "gonetsDraftsOnDisk", Priority: apis.DefaultBodyLimitMiddlewarePriority - 1,
		Func: func(e *core.RequestEvent) error {
			if body, ok := e.Request.Body.(*router.RereadableReadCloser); ok {
				body.MaxMemory = leastDraft
			}
			return e.Next()
		},
	}
}

// readDraft reads a request with a draft into dst, when it has arrived and there is memory for it and its e-mail. The caller
// releases the share when the e-mail is made. problem is the message when the request cannot be read.
func readDraft(e *core.RequestEvent, dst any, problem string) (*memory.Share, error) {
	arrived, err := io.Copy(io.Discard, e.Request.Body) // after which it can be read again
	switch {
	case arrived > maxDraftBytes:
		return nil, middleware.BodyTooLarge(maxDraftBytes)
	case err != nil:
		return nil, e.BadRequestError(problem, err)
	}
	share, err := memory.Of(e.App).Mails.TakeSoon(e.Request.Context(), leastDraft+draftFactor*arrived)
	if err != nil {
		return nil, busy(e, err)
	}
	if err := e.BindBody(dst); err != nil {
		share.Release()
		return nil, e.BadRequestError(problem, err)
	}
	return share, nil
}
