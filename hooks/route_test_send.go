package hooks

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

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
	"gonets/internal/delivery"
	"gonets/internal/proof"
	"gonets/internal/trial"
)

// testTime bounds a test, however slow the mail server is.
const testTime = 90 * time.Second

// testAnswer is what became of a test, address by address.
type testAnswer struct {
	Results []trial.Result `json:"results"`
	Left    int            `json:"left"` // addresses that the user may send tests to within the hour
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
	if err := mayTest(e, mailing); err != nil {
		return err
	}
	p, err := l.proofs.Mailing(e.Request.Context(), mailing, body.Client)
	if errors.Is(err, proof.ErrNoClient) {
		return e.BadRequestError("There is no such client.", refuse("client", "invalid_reference", "There is no such client among the owner's"))
	}
	if err != nil {
		return noProof(e, err)
	}
	if err := delivery.MaySendWith(e.App.DB(), mailing.GetString("owner"), p.Sender); err != nil {
		return refused(e, err)
	}
	return l.test(e, p, mailing.GetString("owner"), to)
}

// testDraft answers POST /api/gonets/messages/test.
func (l *letters) testDraft(e *core.RequestEvent) error {
	var body struct {
		draft
		To []string `json:"to"`
	}
	if err := e.BindBody(&body); err != nil {
		return e.BadRequestError("The request could not be read.", err)
	}
	to, err := testAddresses(e, body.To)
	if err != nil {
		return err
	}
	if err := mayTest(e, nil); err != nil {
		return err
	}
	p, err := l.read(e, body.draft)
	if err != nil {
		return err
	}
	if !e.HasSuperuserAuth() {
		if err := delivery.MaySendWith(e.App.DB(), e.Auth.Id, p.Sender); err != nil {
			return refused(e, err)
		}
	}
	return l.test(e, p, e.Auth.Id, to)
}

// testAddresses reads where a test goes to: each address once.
func testAddresses(e *core.RequestEvent, given []string) ([]string, error) {
	var to []string
	for _, address := range given {
		normal, err := audience.NormalizeEmail(address)
		if err != nil {
			return nil, e.BadRequestError("An address is not valid.",
				refuse("to", "invalid_email", fmt.Sprintf("%q is no e-mail address", address)))
		}
		if !slices.Contains(to, normal) {
			to = append(to, normal)
		}
	}
	switch {
	case len(to) == 0:
		return nil, e.BadRequestError("Say where the test goes to.", refuse("to", "required", "At least one address is required"))
	case len(to) > trial.MaxAddresses:
		return nil, e.BadRequestError("A test goes to few addresses.",
			refuse("to", "too_many", fmt.Sprintf("At most %d addresses", trial.MaxAddresses)))
	}
	return to, nil
}

// mayTest refuses those who may prepare mailings and not send: a test leaves the house like any mail.
func mayTest(e *core.RequestEvent, mailing *core.Record) error {
	if mailing != nil && mailing.GetBool("blocked") {
		return e.ForbiddenError("The mailing was blocked by a manager.", refuse("mailing", "blocked", "Blocked by a manager"))
	}
	if isUser(e.Auth) && e.Auth.GetBool("awaiting_approval") {
		return e.ForbiddenError("You may send once a manager has approved you.",
			refuse("owner", "awaiting_approval", "Waits for a manager's approval"))
	}
	return nil
}

// test sends the proof and answers what the mail server said. The same Idempotency-Key gets the first
// answer again.
func (l *letters) test(e *core.RequestEvent, p proof.Proof, owner string, to []string) error {
	key := e.Request.Header.Get("Idempotency-Key")
	if key != "" {
		key = strings.Join([]string{e.Auth.Id, e.Request.URL.Path, key}, " ")
	}
	answer, err := l.once.Do(key, func() (testAnswer, error) {
		// The mails go out even if nobody waits for the answer any more: it can be asked for again.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(e.Request.Context()), testTime)
		defer cancel()
		return l.send(ctx, e, p, owner, to)
	})
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, answer)
}

func (l *letters) send(ctx context.Context, e *core.RequestEvent, p proof.Proof, owner string, to []string) (testAnswer, error) {
	stopped, err := audience.Suppressed(e.App.DB(), owner, to)
	if err != nil {
		return testAnswer{}, e.InternalServerError("", err)
	}
	sender, err := delivery.SenderOf(e.App, p.Sender)
	if err != nil {
		return testAnswer{}, refused(e, err)
	}
	composer, err := p.Whole(ctx)
	if err != nil {
		return testAnswer{}, noMail(e, err)
	}

	t := trial.Trial{Server: sender.Server, From: p.Letter.FromEmail, Composer: composer, As: p.As}
	for _, address := range to {
		if stopped[address] == "" {
			t.To = append(t.To, address)
		}
	}
	left, err := l.spend(e, len(t.To))
	if err != nil {
		return testAnswer{}, err
	}
	// A test counts against the daily limits like any mail.
	taken := time.Now()
	if err := delivery.TakeMails(e.App, owner, p.Sender, len(t.To), taken); err != nil {
		l.giveBack(e, len(t.To))
		return testAnswer{}, refused(e, err)
	}
	results, err := t.Send(ctx, time.Now())
	unspent := len(t.To) - trial.Reached(results)
	l.giveBack(e, unspent)
	if lost := delivery.GiveBackMails(e.App, owner, p.Sender, len(t.To)-trial.HandedOver(results), taken); lost != nil {
		e.App.Logger().Error("tests that no server took stay counted for the day", "owner", owner, "error", lost)
	}
	if err != nil {
		return testAnswer{}, noMail(e, err)
	}
	for _, address := range to {
		if reason := stopped[address]; reason != "" {
			results = append(results, trial.Result{Email: address, Status: trial.Skipped, Response: "on the stop list: " + reason})
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
		trial.MaxHourly, left, n, int(math.Ceil(wait.Minutes())))
	return 0, apis.NewTooManyRequestsError(message, refuse("to", "test_limit", message))
}
