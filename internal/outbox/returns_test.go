package outbox

import (
	"context"
	"net/smtp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gonets/internal/arrival"
	"gonets/internal/bounce"
	"gonets/internal/receiver"
)

// TestWhatComesBackIsReadAsWhatItIs lets reports go the whole way: from the outbox by SMTP to the server that takes bounces, and
// through the reader that knows nothing of the outbox.
func TestWhatComesBackIsReadAsWhatItIs(t *testing.T) {
	t.Parallel()
	const path = "bounces+token@sender.example"
	type came struct {
		arrival.Mail
		report *bounce.Report
	}
	arrived := make(chan came, 10)
	var refusals atomic.Int32
	taker, err := receiver.Start(t.Context(), receiver.Options{
		Addr:   "127.0.0.1:0",
		IsOurs: func(_ context.Context, rcpt string) (bool, error) { return rcpt == path, nil },
		Take: func(_ context.Context, m arrival.Mail) (arrival.Outcome, error) {
			if refusals.Add(1) == 1 {
				return arrival.Later, nil // it comes again
			}
			arrived <- came{m, bounce.Parse([]byte(string(m.Source)))}
			return arrival.Booked, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taker.Close() })
	quickly := func(rcpt string) *Return {
		back := DemoReturns(rcpt)
		if back != nil {
			back.After = 0
		}
		return back
	}
	o := start(t, Options{Returns: quickly, ReturnTo: taker.Addr().String()})

	want := map[string]struct {
		kind     bounce.Kind
		code     int
		enhanced string
	}{
		"ann.former@shop.example": {bounce.Hard, 550, "5.1.1"},
		"ben.quota@shop.example":  {bounce.Soft, 552, "5.2.2"},
		"filter.cy@shop.example":  {bounce.Block, 554, "5.7.1"},
		"dora.angry@shop.example": {bounce.Complaint, 0, ""},
	}
	mail := smallMail("one", "Hello", "angry and former in the text mean nothing")
	for _, rcpt := range []string{"ann.former@shop.example", "ben.quota@shop.example", "filter.cy@shop.example", "dora.angry@shop.example", "fay@shop.example"} {
		if err := smtp.SendMail(o.Addr(), nil, path, []string{rcpt}, []byte(mail)); err != nil {
			t.Fatal(err)
		}
	}
	// Nobody takes what comes back to another address.
	if err := smtp.SendMail(o.Addr(), nil, "other@sender.example", []string{"x.former@shop.example"}, []byte(mail)); err != nil {
		t.Fatal(err)
	}
	for range len(want) {
		select {
		case m := <-arrived:
			if m.Sender != "" || len(m.Recipients) != 1 || m.Recipients[0] != path {
				t.Errorf("the envelope is %q, %q", m.Sender, m.Recipients)
			}
			if len(m.report.Recipients) != 1 || m.report.Original.MessageID == "" || !strings.Contains(m.report.Original.MessageID, "one@example.org") {
				t.Errorf("%+v", m.report)
				continue
			}
			r := m.report.Recipients[0]
			w, ok := want[r.Address]
			delete(want, r.Address)
			if !ok || r.Kind != w.kind || r.Code != w.code || r.Enhanced != w.enhanced || w.code != 0 && !strings.Contains(r.Diagnostic, DemoReturns(r.Address).Text) {
				t.Errorf("%+v, want %+v", r, w)
			}
		case <-soon(t).Done():
			t.Fatalf("%v did not come", want)
		}
	}
}

func TestWhatComesBackAreDifferentTimesByAddress(t *testing.T) {
	t.Parallel()
	times := map[time.Duration]bool{}
	for _, name := range []string{"a", "b", "c", "d"} {
		for _, kind := range []string{"former", "quota", "filter", "angry"} {
			back := DemoReturns(name + "." + kind + "@shop.example")
			if back.After < time.Second || back.After > 30*time.Second || *back != *DemoReturns(name + "." + kind + "@shop.example") {
				t.Errorf("%s.%s: %+v", name, kind, back)
			}
			times[back.After] = true
		}
	}
	if len(times) < 12 {
		t.Errorf("%d times of 16", len(times))
	}
	if back := DemoReturns("someone@former.example"); back != nil {
		t.Errorf("a domain returns %+v", back)
	}
}

// TestTooMuchThatComesBackIsDropped fills the outbox with reports for a server that is not there.
func TestTooMuchThatComesBackIsDropped(t *testing.T) {
	t.Parallel()
	r := startReturner(func(string) *Return { return &Return{After: time.Hour, Code: 550, Enhanced: "5.1.1"} }, "127.0.0.1:1", (&Outbox{}).logger())
	for range 3 * mostReturns {
		r.add(&caught{envelopeFrom: "a@example.org", to: []string{"b@example.org"}, at: time.Now()}, nil)
	}
	if n := len(r.added); n > mostReturns {
		t.Errorf("%d wait", n)
	}
	r.close()
	began := time.Now()
	o := start(t, Options{Returns: DemoReturns, ReturnTo: "127.0.0.1:1"})
	send(t, o, "x.former@example.org", smallMail("two", "Hello", ""))
	if err := o.Close(); err != nil || time.Since(began) > 10*time.Second {
		t.Errorf("closed after %s: %v", time.Since(began), err)
	}
}
