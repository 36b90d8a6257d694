package testsend

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/denial"
	"gonets/internal/limit"
	"gonets/internal/mailing"
	"gonets/internal/preview"
	"gonets/internal/sender"
	"gonets/internal/suppression"
)

// timeout bounds a test, however slow the mail server is.
const timeout = 90 * time.Second

// Why a test is not sent. Beside these there are LimitError, UnmadeError, memory.ErrBusy and the *denial.Error.
var (
	ErrNoMailing        = errors.New("there is no such mailing")
	ErrBlocked          = errors.New("the mailing was blocked by a manager")
	ErrAwaitingApproval = errors.New("a manager has not approved the user yet")
)

// LimitError is the error of a test to more addresses than the user's hour has left.
type LimitError struct {
	Left   int           // addresses now
	Wanted int           // addresses of the test
	Wait   time.Duration // until the test may be sent
}

// Error is a sentence for the user.
func (e *LimitError) Error() string {
	return fmt.Sprintf("Tests go to at most %d addresses an hour: %d are left now, and %d again in %d minutes",
		maxHourly, e.Left, e.Wanted, int(math.Ceil(e.Wait.Minutes())))
}

// UnmadeError is the error of an e-mail that could not be made, for example because of its template.
type UnmadeError struct{ Err error }

// Error is that of the cause.
func (e *UnmadeError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *UnmadeError) Unwrap() error { return e.Err }

// Tester sends the tests that users ask for. Safe for concurrent use.
type Tester struct {
	app       core.App
	allowance *allowance
	once      *once[Answer]
}

// NewTester returns the tester of an instance.
func NewTester(app core.App) *Tester {
	return &Tester{app: app, allowance: newAllowance(app, time.Now), once: newOnce[Answer]()}
}

// Order is a test that somebody asks for.
type Order struct {
	By      *core.Record // who asks: a user or a superuser
	Mailing string       // id; "" for a draft
	Owner   string       // id of the user whose stop list and limits count
	Email   preview.Email
	To      []string // normalized addresses, each once, at most MaxAddresses
}

// Answer is what became of a test, address by address.
type Answer struct {
	Results []Result `json:"results"`
	Left    int      `json:"left"` // addresses that the user may send tests to within the hour
}

// Allow fails when who asks may prepare mailings and not send them, as the database has it now: a test is sent like
// any e-mail. id is that of a mailing, "" for a draft.
func (t *Tester) Allow(by *core.Record, id string) error {
	if id != "" {
		var blocked bool
		err := t.app.ConcurrentDB().Select("blocked").From("mailings").Where(dbx.HashExp{"id": id}).Row(&blocked)
		if err != nil {
			return errors.Join(ErrNoMailing, err)
		}
		if blocked {
			return ErrBlocked
		}
	}
	if by.IsSuperuser() {
		return nil
	}
	err := mailing.MaySend(t.app.ConcurrentDB(), by.Id)
	var denied *denial.Error
	if errors.As(err, &denied) && denied.Code == mailing.WaitApproval {
		return ErrAwaitingApproval
	}
	return err
}

// Do sends the test and returns what the mail server answered. The same key, unless it is "", gets the first answer
// again; such a test is sent also when ctx ends, because its answer can be asked for later.
func (t *Tester) Do(ctx context.Context, key string, o Order) (Answer, error) {
	if err := t.maySendWith(o); err != nil {
		return Answer{}, err
	}
	if key != "" {
		key = strings.Join([]string{o.By.Id, o.Mailing, key}, " ")
		ctx = context.WithoutCancel(ctx)
	}
	return t.once.Do(key, func() (Answer, error) {
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		return t.send(ctx, o)
	})
}

// maySendWith fails when the owner may not use the sender now. A draft of a superuser has no owner.
func (t *Tester) maySendWith(o Order) error {
	if o.Mailing == "" && o.By.IsSuperuser() {
		return nil
	}
	return sender.MaySendWith(t.app.DB(), o.Owner, o.Email.Sender)
}

// send makes the e-mail and sends it. The user's hour is asked first: making an e-mail reads its attachments.
func (t *Tester) send(ctx context.Context, o Order) (Answer, error) {
	suppressed, err := suppression.Reasons(t.app.DB(), o.Owner, o.To)
	if err != nil {
		return Answer{}, err
	}
	test := testEmail{From: o.Email.Message.FromEmail, As: o.Email.As}
	for _, address := range o.To {
		if suppressed[address] == "" {
			test.To = append(test.To, address)
		}
	}
	ok, left, again, err := t.allowance.Take(o.By.Id, len(test.To))
	if err != nil {
		return Answer{}, err
	}
	if !ok {
		return Answer{}, &LimitError{Left: left, Wanted: len(test.To), Wait: time.Until(again)}
	}
	unused := len(test.To)
	defer func() {
		if err := t.allowance.giveBack(o.By.Id, unused); err != nil {
			t.app.Logger().Error("tests that reached nobody stay counted", "user", o.By.Id, "error", err)
		}
	}()

	results, err := t.deliver(ctx, o, test)
	unused -= countReached(results)
	if err != nil {
		return Answer{}, err
	}
	for _, address := range o.To {
		if reason := suppressed[address]; reason != "" {
			results = append(results, Result{Email: address, Status: skipped, Response: "on the stop list: " + reason})
		}
	}
	return Answer{Results: results, Left: left + unused}, nil
}

// deliver makes the e-mail of a test and sends it. It counts against the daily limits like any e-mail.
func (t *Tester) deliver(ctx context.Context, o Order, test testEmail) ([]Result, error) {
	account, err := sender.Of(t.app, o.Email.Sender)
	if err != nil {
		return nil, err
	}
	test.Server = account.Server
	if !account.ReturnPath.IsZero() {
		test.From = account.ReturnPath.Address()
	}
	if o.Mailing != "" { // for a draft it is taken before the draft is read
		share, err := o.Email.TakeMemory(ctx)
		if err != nil {
			return nil, err
		}
		defer share.Release()
	}
	composer, done, err := o.Email.Whole(ctx)
	if err != nil {
		return nil, &UnmadeError{err}
	}
	defer done()
	test.Composer = composer
	// Asked again as late as possible: the e-mail is about to be signed.
	if err := t.Allow(o.By, o.Mailing); err != nil {
		return nil, err
	}
	if err := t.maySendWith(o); err != nil {
		return nil, err
	}
	taken := time.Now()
	if err := limit.Take(t.app, o.Owner, o.Email.Sender, len(test.To), taken); err != nil {
		return nil, err
	}
	results, err := test.Send(ctx, time.Now())
	if lost := limit.GiveBack(t.app, o.Owner, o.Email.Sender, len(test.To)-countAccepted(results), taken); lost != nil {
		t.app.Logger().Error("tests that no server took stay counted for the day", "owner", o.Owner, "error", lost)
	}
	if err != nil {
		return nil, &UnmadeError{err}
	}
	return results, nil
}
