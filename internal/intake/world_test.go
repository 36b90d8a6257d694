package intake_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/delivery"
	"gonets/internal/feedback"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/results"
	"gonets/internal/smtptest"
)

// world is an instance that has sent a mailing, with return paths, to some clients.
type world struct {
	*mailingtest.World
	booker  *feedback.Booker
	mailing string
	// mails are the e-mails as the mail server got them.
	mails []smtptest.Mail
}

func newWorld(t *testing.T, clients int) *world {
	t.Helper()
	w := &world{World: mailingtest.New(t)}
	w.booker = feedback.New(w.App)
	server := smtptest.Start(t, smtptest.Script{})
	w.NewClients(clients)
	sender := w.NewSender(server, map[string]any{"return_path": "bounces@example.org", "return_path_style": "plus"})
	engine := delivery.New(w.App)
	engine.Start(t.Context())
	t.Cleanup(func() { engine.Stop(context.Background()) })
	w.mailing = w.NewMailing(map[string]any{"sender": sender})
	if _, err := engine.Launch(t.Context(), w.mailing, ""); err != nil {
		t.Fatal(err)
	}
	w.Eventually("the mailing is completed", func() bool { return w.progress().Status == mailing.Completed })
	w.mails = server.Mails()
	return w
}

func (w *world) progress() results.Progress {
	w.T.Helper()
	p, err := results.ProgressOf(w.App, w.mailing)
	if err != nil {
		w.T.Fatal(err)
	}
	return p
}

// bounced waits until so many recipients have bounced.
func (w *world) bounced(n int) {
	w.T.Helper()
	w.Eventually(fmt.Sprint(n, " recipients have bounced"), func() bool { return w.progress().Bounced == n })
}

// column reads a field of a record.
func (w *world) column(table, id, column string) (value string) {
	w.T.Helper()
	err := w.App.ConcurrentDB().NewQuery(`SELECT ` + column + ` FROM ` + table + ` WHERE id = {:id}`).Bind(dbx.Params{"id": id}).Row(&value)
	if err != nil {
		w.T.Fatal(err)
	}
	return value
}

// set changes a record as the API does.
func (w *world) set(collection, id string, fields map[string]any) {
	w.T.Helper()
	r, err := w.App.FindRecordById(collection, id)
	if err != nil {
		w.T.Fatal(err)
	}
	r.Load(fields)
	if err := w.App.Save(r); err != nil {
		w.T.Fatal(err)
	}
}

// dsn is a delivery status notification about an e-mail, with the line ends of a file.
func dsn(m smtptest.Mail) string {
	return strings.ReplaceAll(string(mailingtest.DSN(m, "5.1.1", "550 5.1.1 User unknown")), "\r\n", "\n")
}
