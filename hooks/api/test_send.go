package api

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/address"
	"gonets/internal/excerpt"
	"gonets/internal/memory"
	"gonets/internal/preview"
	"gonets/internal/testsend"
)

// MailingTest is the body of POST /api/gonets/mailings/{id}/test.
type MailingTest struct {
	To     []string `json:"to" doc:"At most 10 addresses"`
	Client string   `json:"client" doc:"The id of the client whom the email is rendered for; the first of the audience if it is left out"`
}

// DraftTest is the body of POST /api/gonets/messages/test.
type DraftTest struct {
	preview.Request
	To []string `json:"to" doc:"At most 10 addresses"`
}

// testMailing answers POST /api/gonets/mailings/{id}/test.
func (r *messageRoutes) testMailing(e *core.RequestEvent) error {
	mailing, err := request.Owned(e, "mailings", "mailing")
	if err != nil {
		return err
	}
	var body MailingTest
	if err := e.BindBody(&body); err != nil {
		return e.BadRequestError("The request could not be read.", err)
	}
	to, err := testAddresses(e, body.To)
	if err != nil {
		return err
	}
	if err := r.tests.Allow(e.Auth, mailing.Id); err != nil {
		return notTested(e, err)
	}
	p, err := r.previews.Mailing(e.Request.Context(), mailing, body.Client)
	if errors.Is(err, preview.ErrNoClient) {
		return e.BadRequestError("There is no such client.", request.Refuse("client", "invalid_reference", "There is no such client among the owner's"))
	}
	if err != nil {
		return noPreview(e, err)
	}
	return r.test(e, testsend.Order{Mailing: mailing.Id, Owner: mailing.GetString("owner"), Email: p, To: to})
}

// testDraft answers POST /api/gonets/messages/test.
func (r *messageRoutes) testDraft(e *core.RequestEvent) error {
	var body DraftTest
	share, err := readDraft(e, &body, "The request could not be read.")
	if err != nil {
		return err
	}
	defer share.Release()
	to, err := testAddresses(e, body.To)
	if err != nil {
		return err
	}
	if err := r.tests.Allow(e.Auth, ""); err != nil {
		return notTested(e, err)
	}
	p, err := r.draft(e, body.Request)
	if err != nil {
		return err
	}
	return r.test(e, testsend.Order{Owner: e.Auth.Id, Email: p, To: to})
}

// maxNamed is how often addresses of a test may be named: each counts once.
const maxNamed = 10 * testsend.MaxAddresses

// testAddresses reads where a test goes to: each address once.
func testAddresses(e *core.RequestEvent, given []string) ([]string, error) {
	tooMany := func() error {
		return e.BadRequestError("A test goes to few addresses.",
			request.Refuse("to", "too_many", fmt.Sprintf("At most %d addresses", testsend.MaxAddresses)))
	}
	if len(given) > maxNamed {
		return nil, tooMany()
	}
	var to []string
	for _, typed := range given {
		normal, err := address.Normalize(typed)
		if err != nil {
			return nil, e.BadRequestError("An address is not valid.",
				request.Refuse("to", "invalid_email", fmt.Sprintf("%q is no e-mail address", excerpt.Of(typed, 100))))
		}
		if !slices.Contains(to, normal) {
			to = append(to, normal)
		}
	}
	switch {
	case len(to) == 0:
		return nil, e.BadRequestError("Say where the test goes to.", request.Refuse("to", "required", "At least one address is required"))
	case len(to) > testsend.MaxAddresses:
		return nil, tooMany()
	}
	return to, nil
}

// test sends the e-mail in the name of who asks, and answers what the mail server said.
func (r *messageRoutes) test(e *core.RequestEvent, order testsend.Order) error {
	key, err := idempotencyKey(e)
	if err != nil {
		return err
	}
	order.By = e.Auth
	answer, err := r.tests.Do(e.Request.Context(), key, order)
	if err != nil {
		return notTested(e, err)
	}
	return e.JSON(http.StatusOK, answer)
}

// notTested answers why a test was not sent.
func notTested(e *core.RequestEvent, err error) error {
	var (
		limit  *testsend.LimitError
		unmade *testsend.UnmadeError
	)
	switch {
	case errors.Is(err, testsend.ErrNoMailing):
		return e.NotFoundError("", err)
	case errors.Is(err, testsend.ErrBlocked):
		return e.ForbiddenError("The mailing was blocked by a manager.", request.Refuse("mailing", "blocked", "Blocked by a manager"))
	case errors.Is(err, testsend.ErrAwaitingApproval):
		return e.ForbiddenError("You may send once a manager has approved you.",
			request.Refuse("owner", "awaiting_approval", "Waits for a manager's approval"))
	case errors.Is(err, memory.ErrBusy):
		return busy(e, err)
	case errors.As(err, &unmade):
		return noMail(e, unmade.Err)
	case errors.As(err, &limit):
		e.Response.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(limit.Wait.Seconds()))))
		return apis.NewTooManyRequestsError(limit.Error(), request.Refuse("to", "test_limit", limit.Error()))
	}
	return refused(e, err)
}
