package verdict

import (
	"errors"
	"testing"
	"time"

	"gonets/internal/compose"
	"gonets/internal/mailing"
	"gonets/internal/relay"
	"gonets/internal/stats"
)

var now = time.Unix(1_800_000_000, 0)

// usual is the second mail on a connection to a server that works, to a recipient who was not tried before.
var usual = Context{Deferral: DefaultDeferral, Begun: now.Add(-time.Second), Now: now, Delivered: true, Working: true}

func with(change func(*Context)) Context {
	c := usual
	change(&c)
	return c
}

// TestJudge reads like the table of docs/engine.md.
func TestJudge(t *testing.T) {
	t.Parallel()
	answer := func(stage relay.Stage, code int, enhanced, text string) relay.Answer {
		return relay.Answer{Stage: stage, Code: code, Enhanced: enhanced, Text: text}
	}
	first := with(func(c *Context) { c.Delivered, c.Working, c.NoneTaken = false, false, true })
	firstWorking := with(func(c *Context) { c.Delivered, c.NoneTaken = false, true })
	noneTaken := with(func(c *Context) { c.NoneTaken = true })
	tried := with(func(c *Context) { c.Tries, c.Used = 1, 1 })
	stopping := with(func(c *Context) { c.Stopping = true })
	cut := errors.New("reset by peer")

	type want struct {
		state    mailing.State
		reason   string
		status   stats.Status
		forgiven bool
		waits    string // the mailing
		trouble  bool   // of the server
		suspect  bool
		over     bool // the connection
	}
	for _, c := range []struct {
		name    string
		answer  relay.Answer
		err     error
		context Context
		want    want
	}{
		{
			"2xx to the body", answer(relay.StageBody, 250, "2.0.0", "Ok"), nil, usual,
			want{state: mailing.Sent, status: stats.Success},
		},
		{
			"5xx", answer(relay.StageRcpt, 550, "5.2.1", "disabled"), nil, usual,
			want{state: mailing.Failed, reason: mailing.ReasonRefused, status: stats.Failure},
		},
		{
			"5.1.1: the address does not exist", answer(relay.StageRcpt, 550, "5.1.1", "unknown"), nil, usual,
			want{state: mailing.Failed, reason: mailing.ReasonBadAddress, status: stats.Failure},
		},
		{
			"5.7.1: a policy", answer(relay.StageBody, 550, "5.7.1", "spam"), nil, usual,
			want{state: mailing.Failed, reason: mailing.ReasonPolicy, status: stats.Failure},
		},
		{
			"too long", answer(relay.StageMail, 552, "5.3.4", "too big"), nil, usual,
			want{state: mailing.Failed, reason: mailing.ReasonTooLong, status: stats.Failure},
		},
		{
			"4xx", answer(relay.StageRcpt, 451, "4.7.1", "greylisted, try again later"), nil, usual,
			want{state: mailing.Deferred, status: stats.Failure},
		},
		{
			"reply code and enhanced code disagree", answer(relay.StageRcpt, 450, "5.1.1", "unknown"), nil, usual,
			want{state: mailing.Failed, reason: mailing.ReasonBadAddress, status: stats.Failure},
		},
		{
			"4xx at the last try", answer(relay.StageRcpt, 451, "4.3.0", "later"), nil, with(func(c *Context) { c.Tries, c.Used = 6, 6 }),
			want{state: mailing.Failed, reason: mailing.ReasonTriesUsedUp, status: stats.Failure},
		},
		{
			"4xx, and the mailing ends before the next try", answer(relay.StageRcpt, 451, "4.3.0", "later"), nil, with(func(c *Context) { c.EndsAt = now.Add(30 * time.Second) }),
			want{state: mailing.Failed, reason: mailing.ReasonNoTimeLeft, status: stats.Failure},
		},

		{
			"5xx to MAIL concerns us", answer(relay.StageMail, 550, "5.7.1", "not you"), nil, usual,
			want{state: mailing.Pending, status: stats.Failure, forgiven: true, waits: mailing.WaitSender, suspect: true},
		},
		{
			"a login is wanted", answer(relay.StageMail, 530, "5.7.0", "Authentication required"), nil, usual,
			want{state: mailing.Pending, status: stats.Failure, forgiven: true, waits: mailing.WaitLogin, suspect: true},
		},
		{
			"encryption is wanted", answer(relay.StageMail, 530, "5.7.0", "Must issue a STARTTLS command first"), nil, usual,
			want{state: mailing.Pending, status: stats.Failure, forgiven: true, waits: mailing.WaitTLS, suspect: true},
		},
		{
			"no mails at the moment", answer(relay.StageMail, 451, "4.3.2", "not now"), nil, usual,
			want{state: mailing.Pending, status: stats.Failure, forgiven: true, waits: mailing.WaitRefusing, suspect: true},
		},
		{
			"relaying is denied before any mail was taken", answer(relay.StageRcpt, 554, "5.7.1", "Relay access denied"), nil, noneTaken,
			want{state: mailing.Pending, status: stats.Failure, forgiven: true, waits: mailing.WaitSender, suspect: true},
		},
		{
			"relaying is denied after a mail was taken", answer(relay.StageRcpt, 554, "5.7.1", "Relay access denied"), nil, usual,
			want{state: mailing.Failed, reason: mailing.ReasonPolicy, status: stats.Failure},
		},

		{
			"421 after other mails", answer(relay.StageMail, 421, "4.7.0", "too many"), nil, usual,
			want{state: mailing.Pending, status: stats.Failure, forgiven: true, over: true},
		},
		{
			"421 first", answer(relay.StageMail, 421, "4.3.2", "going down"), nil, first,
			want{state: mailing.Pending, status: stats.Failure, forgiven: true, trouble: true, suspect: true, over: true},
		},
		{
			"421 first, while the server works", answer(relay.StageRcpt, 421, "4.3.2", "going down"), nil, firstWorking,
			want{state: mailing.Deferred, status: stats.Failure, trouble: true, suspect: true, over: true},
		},

		{
			"the connection breaks after the dot",
			relay.Answer{},
			&relay.ConnectionError{Stage: relay.StageBody, AfterDot: true, Err: cut}, usual,
			want{state: mailing.Uncertain, reason: mailing.ReasonNoAnswer, status: stats.Uncertain, over: true},
		},
		{
			"it breaks before the dot",
			relay.Answer{},
			&relay.ConnectionError{Stage: relay.StageRcpt, Err: cut}, usual,
			want{state: mailing.Pending, status: stats.Failure, over: true},
		},
		{
			"it breaks before the dot for the second time",
			relay.Answer{},
			&relay.ConnectionError{Stage: relay.StageRcpt, Err: cut}, tried,
			want{state: mailing.Deferred, status: stats.Failure, over: true},
		},
		{
			"it breaks while the server answers nobody",
			relay.Answer{},
			&relay.ConnectionError{Stage: relay.StageRcpt, Err: cut}, first,
			want{state: mailing.Pending, status: stats.Failure, forgiven: true, trouble: true, suspect: true, over: true},
		},
		{
			"it was closed for being idle",
			relay.Answer{},
			&relay.ConnectionError{Stage: relay.StageIdle, Err: cut}, tried,
			want{state: mailing.Pending, over: true},
		},
		{
			"the process gives up",
			relay.Answer{},
			&relay.ConnectionError{Stage: relay.StageRcpt, Err: cut}, stopping,
			want{state: mailing.Pending, over: true},
		},
		{
			"the process gives up after the dot",
			relay.Answer{},
			&relay.ConnectionError{Stage: relay.StageBody, AfterDot: true, Err: cut}, stopping,
			want{state: mailing.Uncertain, reason: mailing.ReasonNoAnswer, status: stats.Uncertain, over: true},
		},
		{
			"an attachment cannot be read",
			relay.Answer{},
			&relay.ConnectionError{Stage: relay.StageBody, Err: &compose.AttachmentError{Name: "a.pdf", Err: cut}}, usual,
			want{state: mailing.Pending, over: true},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := Judge(c.answer, c.err, c.context)
			got := want{
				state: o.State, reason: o.Reason, status: o.Status, forgiven: o.Forgiven, waits: o.MailingWaits,
				trouble: o.Server != nil, suspect: o.Suspect, over: o.Disconnected,
			}
			if got != c.want {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
			if (o.Unreadable != nil) != IsUnreadable(c.err) {
				t.Errorf("unreadable: %v", o.Unreadable)
			}
		})
	}
}

func TestTheWaitsBetweenTriesGrow(t *testing.T) {
	t.Parallel()
	later := relay.Answer{Stage: relay.StageRcpt, Code: 451, Enhanced: "4.3.0", Text: "later"}
	for used, want := range []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 16 * time.Hour} {
		o := Judge(later, nil, with(func(c *Context) { c.Tries, c.Used = used, used }))
		if wait := o.Next.Sub(now); wait < want*9/10 || wait > want*11/10 {
			t.Errorf("after try %d it waits %s, want about %s", used+1, wait, want)
		}
	}
}

func TestAnAttemptThatNoIDIsLeftForIsNoAttempt(t *testing.T) {
	t.Parallel()
	o := Judge(relay.Answer{Stage: relay.StageMail, Code: 451, Text: "not now"}, nil, with(func(c *Context) { c.Tries = mailing.MostTries - 1 }))
	if o.Attempted() || o.State != mailing.Pending || o.MailingWaits != mailing.WaitRefusing {
		t.Errorf("%+v", o)
	}
}
