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

	"github.com/pocketbase/dbx"
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
	if err := mayTest(e, mailing.Id); err != nil {
		return err
	}
	p, err := l.proofs.Mailing(e.Request.Context(), mailing, body.Client)
	if errors.Is(err, proof.ErrNoClient) {
		return e.BadRequestError("There is no such client.", refuse("client", "invalid_reference", "There is no such client among the owner's"))
	}
	if err != nil {
		return noProof(e, err)
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

// mayTest refuses those who may prepare mailings and not send, as the database has it now: a test leaves the
// house like any mail. mailing is an id, "" for a draft.
func mayTest(e *core.RequestEvent, mailing string) error {
	if mailing != "" {
		var blocked bool
		err := e.App.ConcurrentDB().Select("blocked").From("mailings").Where(dbx.HashExp{"id": mailing}).Row(&blocked)
		if err != nil {
			return e.NotFoundError("", err)
		}
		if blocked {
			return e.ForbiddenError("The mailing was blocked by a manager.", refuse("mailing", "blocked", "Blocked by a manager"))
		}
	}
	if !isUser(e.Auth) {
		return nil
	}
	err := delivery.MaySend(e.App, e.Auth.Id)
	var refusal *delivery.Refusal
	if errors.As(err, &refusal) && refusal.Code == "awaiting_approval" {
		return e.ForbiddenError("You may send once a manager has approved you.",
			refuse("owner", "awaiting_approval", "Waits for a manager's approval"))
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
func (t test) maySendWith(e *core.RequestEvent, sender string) error {
	if t.mailing == "" && e.HasSuperuserAuth() {
		return nil
	}
	if err := delivery.MaySendWith(e.App.DB(), t.owner, sender); err != nil {
		return refused(e, err)
	}
	return nil
}

// test sends the proof and answers what the mail server said. The same Idempotency-Key gets the first
// answer again.
func (l *letters) test(e *core.RequestEvent, p proof.Proof, to test) error {
	if err := to.maySendWith(e, p.Sender); err != nil {
		return err
	}
	key := e.Request.Header.Get("Idempotency-Key")
	if key != "" {
		key = strings.Join([]string{e.Auth.Id, e.Request.URL.Path, key}, " ")
	}
	answer, err := l.once.Do(key, func() (testAnswer, error) {
		// The mails go out even if nobody waits for the answer any more: it can be asked for again.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(e.Request.Context()), testTime)
		defer cancel()
		return l.send(ctx, e, p, to)
	})
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, answer)
}

func (l *letters) send(ctx context.Context, e *core.RequestEvent, p proof.Proof, to test) (testAnswer, error) {
	stopped, err := audience.Suppressed(e.App.DB(), to.owner, to.to)
	if err != nil {
		return testAnswer{}, e.InternalServerError("", err)
	}
	sender, err := delivery.SenderOf(e.App, p.Sender)
	if err != nil {
		return testAnswer{}, refused(e, err)
	}
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

	t := trial.Trial{Server: sender.Server, From: p.Letter.FromEmail, Composer: composer, As: p.As}
	for _, address := range to.to {
		if stopped[address] == "" {
			t.To = append(t.To, address)
		}
	}
	// Again, as late as can be: the mail is about to be signed.
	if err := mayTest(e, to.mailing); err != nil {
		return testAnswer{}, err
	}
	if err := to.maySendWith(e, p.Sender); err != nil {
		return testAnswer{}, err
	}
	left, err := l.spend(e, len(t.To))
	if err != nil {
		return testAnswer{}, err
	}
	results, err := t.Send(ctx, time.Now())
	unspent := len(t.To) - trial.Reached(results)
	if lost := l.allowance.GiveBack(e.Auth.Id, unspent); lost != nil {
		e.App.Logger().Error("tests that reached nobody stay counted", "user", e.Auth.Id, "error", lost)
	}
	if err != nil {
		return testAnswer{}, noMail(e, err)
	}
	for _, address := range to.to {
		if reason := stopped[address]; reason != "" {
			results = append(results, trial.Result{Email: address, Status: trial.Skipped, Response: "on the stop list: " + reason})
		}
	}
	return testAnswer{Results: results, Left: left + unspent}, nil
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
