package api

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/address"
	"gonets/internal/delivery"
	"gonets/internal/denial"
	"gonets/internal/excerpt"
	"gonets/internal/mailing"
	"gonets/internal/preview"
	"gonets/internal/sender"
	"gonets/internal/suppression"
	"gonets/internal/testsend"
)

// testTime bounds a test, however slow the mail server is.
const testTime = 90 * time.Second

// testAnswer is what became of a test, address by address.
type testAnswer struct {
	Results []testsend.Result `json:"results"`
	Left    int               `json:"left"` // addresses that the user may send tests to within the hour
}

// testMailing answers POST /api/gonets/mailings/{id}/test.
func (l *letters) testMailing(e *core.RequestEvent) error {
	mailing, err := visible(e)
	if err != nil {
		return err
	}
	if !e.HasSuperuserAuth() && mailing.GetString("owner") != e.Auth.Id {
		return e.ForbiddenError("Only the owner of the mailing may do this.", nil)
	}
	var body struct {
		To     []string `json:"to"`
		Client string   `json:"client"`
	}
	if err := e.BindBody(&body); err != nil {
		return e.BadRequestError("The request could not be read.", err)
	}
	to, err := testAddresses(e, body.To)
	if err != nil {
		return err
	}
	if err := mayTest(e, mailing.Id); err != nil {
		return err
	}
	p, err := l.previews.Mailing(e.Request.Context(), mailing, body.Client)
	if errors.Is(err, preview.ErrNoClient) {
		return e.BadRequestError("There is no such client.", request.Refuse("client", "invalid_reference", "There is no such client among the owner's"))
	}
	if err != nil {
		return noPreview(e, err)
	}
	return l.test(e, p, test{mailing: mailing.Id, owner: mailing.GetString("owner"), to: to})
}

// testDraft answers POST /api/gonets/messages/test.
func (l *letters) testDraft(e *core.RequestEvent) error {
	var body struct {
		draft
		To []string `json:"to"`
	}
	share, err := readDraft(e, &body, "The request could not be read.")
	if err != nil {
		return err
	}
	defer share.Release()
	to, err := testAddresses(e, body.To)
	if err != nil {
		return err
	}
	if err := mayTest(e, ""); err != nil {
		return err
	}
	p, err := l.read(e, body.draft)
	if err != nil {
		return err
	}
	return l.test(e, p, test{owner: e.Auth.Id, to: to})
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

// mayTest refuses those who may prepare mailings and not send, as the database has it now: a test leaves the
// house like any mail. id is a mailing's, "" for a draft.
func mayTest(e *core.RequestEvent, id string) error {
	if id != "" {
		var blocked bool
		err := e.App.ConcurrentDB().Select("blocked").From("mailings").Where(dbx.HashExp{"id": id}).Row(&blocked)
		if err != nil {
			return e.NotFoundError("", err)
		}
		if blocked {
			return e.ForbiddenError("The mailing was blocked by a manager.", request.Refuse("mailing", "blocked", "Blocked by a manager"))
		}
	}
	if !request.IsUser(e.Auth) {
		return nil
	}
	err := mailing.MaySend(e.App.ConcurrentDB(), e.Auth.Id)
	var denied *denial.Error
	if errors.As(err, &denied) && denied.Code == "awaiting_approval" {
		return e.ForbiddenError("You may send once a manager has approved you.",
			request.Refuse("owner", "awaiting_approval", "Waits for a manager's approval"))
	}
	if err != nil {
		return refused(e, err)
	}
	return nil
}

// test is where a test goes to, and in whose name.
type test struct {
	mailing string // id; "" for a draft
	owner   string // id, whose stop list counts
	to      []string
}

// maySendWith refuses a sender that the owner may not use now. A draft of a superuser has no owner.
func (t test) maySendWith(e *core.RequestEvent, id string) error {
	if t.mailing == "" && e.HasSuperuserAuth() {
		return nil
	}
	if err := sender.MaySendWith(e.App.DB(), t.owner, id); err != nil {
		return refused(e, err)
	}
	return nil
}

// test sends the e-mail and answers what the mail server said. The same Idempotency-Key gets the first
// answer again.
func (l *letters) test(e *core.RequestEvent, p preview.Email, to test) error {
	if err := to.maySendWith(e, p.Sender); err != nil {
		return err
	}
	key, err := idempotencyKey(e)
	if err != nil {
		return err
	}
	ctx := e.Request.Context()
	if key != "" {
		key = strings.Join([]string{e.Auth.Id, e.Request.URL.Path, key}, " ")
		ctx = context.WithoutCancel(ctx) // the answer can be asked for again when nobody waits any more
	}
	answer, err := l.once.Do(key, func() (testAnswer, error) {
		ctx, cancel := context.WithTimeout(ctx, testTime)
		defer cancel()
		return l.send(ctx, e, p, to)
	})
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, answer)
}

// send makes the mail and sends it. What the user's hour allows is asked first: making a mail reads its attachments.
func (l *letters) send(ctx context.Context, e *core.RequestEvent, p preview.Email, to test) (testAnswer, error) {
	stopped, err := suppression.Reasons(e.App.DB(), to.owner, to.to)
	if err != nil {
		return testAnswer{}, e.InternalServerError("", err)
	}
	t := testsend.Test{From: p.Letter.FromEmail, As: p.As}
	for _, address := range to.to {
		if stopped[address] == "" {
			t.To = append(t.To, address)
		}
	}
	left, err := l.spend(e, len(t.To))
	if err != nil {
		return testAnswer{}, err
	}
	unspent := len(t.To)
	defer func() { l.giveBack(e, unspent) }()

	sender, err := sender.Of(e.App, p.Sender)
	if err != nil {
		return testAnswer{}, refused(e, err)
	}
	t.Server = sender.Server
	if to.mailing != "" { // for a draft it is taken before the draft is read
		share, err := roomFor(ctx, e, p)
		if err != nil {
			return testAnswer{}, err
		}
		defer share.Release()
	}
	composer, done, err := p.Whole(ctx)
	if err != nil {
		return testAnswer{}, noMail(e, err)
	}
	defer done()
	t.Composer = composer
	// Again, as late as can be: the mail is about to be signed.
	if err := mayTest(e, to.mailing); err != nil {
		return testAnswer{}, err
	}
	if err := to.maySendWith(e, p.Sender); err != nil {
		return testAnswer{}, err
	}
	// A test counts against the daily limits like any mail.
	taken := time.Now()
	if err := delivery.TakeMails(e.App, to.owner, p.Sender, len(t.To), taken); err != nil {
		return testAnswer{}, refused(e, err)
	}
	results, err := t.Send(ctx, time.Now())
	unspent -= testsend.Reached(results)
	if lost := delivery.GiveBackMails(e.App, to.owner, p.Sender, len(t.To)-testsend.Accepted(results), taken); lost != nil {
		e.App.Logger().Error("tests that no server took stay counted for the day", "owner", to.owner, "error", lost)
	}
	if err != nil {
		return testAnswer{}, noMail(e, err)
	}
	for _, address := range to.to {
		if reason := stopped[address]; reason != "" {
			results = append(results, testsend.Result{Email: address, Status: testsend.Skipped, Response: "on the stop list: " + reason})
		}
	}
	return testAnswer{Results: results, Left: left + unspent}, nil
}

// giveBack returns n addresses of the user's hour that no mail was sent to.
func (l *letters) giveBack(e *core.RequestEvent, n int) {
	if err := l.allowance.GiveBack(e.Auth.Id, n); err != nil {
		e.App.Logger().Error("tests that reached nobody stay counted", "user", e.Auth.Id, "error", err)
	}
}

// spend takes n addresses of the user's hour and returns how many are left, or answers 429.
func (l *letters) spend(e *core.RequestEvent, n int) (int, error) {
	ok, left, again, err := l.allowance.Take(e.Auth.Id, n)
	if err != nil {
		return 0, e.InternalServerError("", err)
	}
	if ok {
		return left, nil
	}
	wait := time.Until(again)
	e.Response.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	message := fmt.Sprintf("Tests go to at most %d addresses an hour: %d are left now, and %d again in %d minutes",
		testsend.MaxHourly, left, n, int(math.Ceil(wait.Minutes())))
	return 0, apis.NewTooManyRequestsError(message, request.Refuse("to", "test_limit", message))
}
