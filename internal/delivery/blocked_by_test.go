package delivery

import (
	"errors"
	"strings"
	"testing"

	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/smtptest"
)

func TestWhoCannotSendSaysWhatIsInTheWay(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(3)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	first := w.start(Only("another"))
	w.hindered(first, "")
	second := w.start(Only(id))
	w.hindered(second, "sends mailing another first")
	w.launch(second, id)
	first.Stop(t.Context())
	w.untilStatus(id, mailing.Completed)
	w.hindered(second, "")

	second.noteLedger(errors.New("no space left on device"))
	w.hindered(second, "no space left on device")
}

// hindered waits until an engine says that something with these words keeps it from sending, or with ""
// that it sends.
func (w *world) hindered(e *Engine, words string) {
	w.T.Helper()
	for wait := mailingtest.NewWait(); ; {
		said := e.BlockedBy()
		if words == "" && said == "" && e.Sending() || words != "" && strings.Contains(said, words) {
			return
		}
		if wait.Over() {
			w.T.Fatalf("waited in vain for %q: sending %t, %q", words, e.Sending(), said)
		}
	}
}
