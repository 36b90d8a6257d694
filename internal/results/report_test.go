package results

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/launch"
	"gonets/internal/mailingtest"
	"gonets/internal/smtptest"
)

// writerFunc does something at each write.
type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestAReportOfAMailingThatIsDeletedMeanwhileIsNone(t *testing.T) {
	t.Parallel()
	w, p := mailingtest.New(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(reportPage + 500)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	v := launch.New(w.App, func() {})
	if _, err := v.Launch(t.Context(), id, ""); err != nil {
		t.Fatal(err)
	}
	var whole bytes.Buffer
	if err := Report(t.Context(), w.App, id, &whole); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(whole.String(), "\r\n"); n != reportPage+501 {
		t.Errorf("%d lines", n)
	}
	err := Report(t.Context(), w.App, id, writerFunc(func(b []byte) (int, error) {
		for _, statement := range []string{`DELETE FROM mailings WHERE id = {:id}`, `DELETE FROM recipients WHERE mailing = {:id}`} {
			if _, err := w.App.NonconcurrentDB().NewQuery(statement).Bind(dbx.Params{"id": id}).Execute(); err != nil {
				t.Fatal(err)
			}
		}
		return len(b), nil
	}))
	if !errors.Is(err, errReportCut) {
		t.Errorf("got %v", err)
	}
}
