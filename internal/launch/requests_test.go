package launch

import (
	"testing"

	"gonets/internal/apptest"
	"gonets/internal/mailingtest"
	"gonets/internal/smtptest"
)

func TestARequestWhoseFirstOneWasInterruptedDoesTheWork(t *testing.T) {
	t.Parallel()
	w, p := mailingtest.New(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(2)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	v := New(w.App, func() {})
	l := pending{v: &v, id: id, key: "the key"} // of a process that was killed after the claim
	if err := l.claim(); err != nil {
		t.Fatal(err)
	}
	e := New(apptest.Open(t, w.Dir), func() {})
	if err := e.ClearInterrupted(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := e.Launch(t.Context(), id, "the key"); err != nil || got.Total != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
}
