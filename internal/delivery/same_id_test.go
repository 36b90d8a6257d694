package delivery

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/mailing"
	"gonets/internal/message"
	"gonets/internal/results"
	"gonets/internal/smtptest"
	"gonets/internal/suppression"
)

// TestAMailingWithTheIdOfADeletedOneHasNothingOfIt deletes a mailing but for the rows that outlive it, and gives its
// id to another owner's, as a superuser may.
func TestAMailingWithTheIdOfADeletedOneHasNothingOfIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{smtptest.To("nosuch@example.com", smtptest.RCPT, smtptest.Say("550 5.1.1 No such user"))}})
	w.NewClient("olga@example.com")
	w.NewClient("nosuch@example.com")
	sender := w.NewSender(p, nil)
	id := w.NewMailing(map[string]any{"sender": sender})
	e := w.start()
	if _, err := e.Launch(t.Context(), id, "key"); err != nil {
		t.Fatal(err)
	}
	w.untilStatus(id, mailing.Completed)
	e.Stop(context.Background())

	first := w.Record(id)
	if _, err := w.App.NonconcurrentDB().Delete("mailings", dbx.HashExp{"id": id}).Execute(); err != nil {
		t.Fatal(err)
	}
	w.Owner = w.NewUser("other@example.org")
	other := w.NewClient("olga@example.com")
	w.NewMailing(map[string]any{"id": id, "sender": sender})
	e = New(w.App)

	again := func(status mailing.Status) {
		t.Helper()
		_, err := w.App.NonconcurrentDB().Update("mailings",
			dbx.Params{"status": string(status), "started_at": first.GetString("started_at"), "total": 2, "failed": 1, "sent": 1}, dbx.HashExp{"id": id}).Execute()
		if err != nil {
			t.Fatal(err)
		}
	}
	again(mailing.Completed)
	for _, q := range []results.Query{{}, {State: mailing.Failed}, {State: mailing.Sent}, {Search: "olga"}, {State: mailing.Failed, Search: "nosuch"}} {
		if page, err := results.Recipients(t.Context(), w.App, id, q); err != nil || len(page.Items) != 0 {
			t.Errorf("recipients %+v: %+v, %v", q, page, err)
		}
	}
	if a, err := results.Answers(t.Context(), w.App, id); err != nil || len(a.Items) != 0 {
		t.Errorf("answers: %+v, %v", a, err)
	}
	var report bytes.Buffer
	if err := results.Report(t.Context(), w.App, id, &report); err != nil || strings.Contains(report.String(), "example.com") {
		t.Errorf("the report: %s, %v", report.String(), err)
	}
	events, err := mailing.Timeline(t.Context(), w.App, w.Record(id))
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range events {
		if event.Kind == mailing.EventLaunched { // that it is completed was noted by the update above
			t.Errorf("the timeline: %+v", event)
		}
	}
	if _, err := message.Kept(w.App, w.Record(id)); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("the message: %v", err)
	}
	if content, err := message.Of(w.App, w.Record(id)); content.Kept || err != nil {
		t.Errorf("the message was launched: %v, %v", content.Kept, err)
	}
	if q, err := e.Retry(t.Context(), id, []mailing.State{mailing.Failed, mailing.Uncertain}); err == nil && q.Recipients != 0 {
		t.Errorf("retry queues %+v", q)
	}
	if q, err := e.Accept(t.Context(), id); err != nil || q.Recipients != 0 {
		t.Errorf("accept takes %+v, %v", q, err)
	}
	if _, err := e.Extend(t.Context(), id); err == nil {
		t.Error("it is extended with the message of the other")
	}

	again(mailing.Running)
	if _, err := e.Cancel(id); err != nil {
		t.Fatal(err)
	}
	var skipped int
	if err := w.App.DB().NewQuery(`SELECT COUNT(*) FROM recipients WHERE state = 'skipped'`).Row(&skipped); err != nil || skipped != 0 {
		t.Errorf("%d recipients of the other are skipped, %v", skipped, err)
	}

	again(mailing.Created)
	if _, err := e.Launch(t.Context(), id, "key"); err == nil {
		t.Error("the key of the other's launch gets its answer")
	} else {
		refusedWith(t, err, http.StatusConflict, "id_used_before")
	}
	attempts, _, err := results.AttemptsOf(t.Context(), w.App, w.ClientRecord(other), results.HistoryQuery{Page: 1, PerPage: 30})
	if err != nil || len(attempts) != 0 {
		t.Errorf("attempts: %v, %v", attempts, err)
	}
	tokens := suppression.NewTokens(w.App)
	old, err := tokens.Make(suppression.PurposeUnsubscribe, id, w.ClientOf("nosuch@example.com"))
	if err != nil {
		t.Fatal(err)
	}
	if o, err := suppression.FindOptOut(w.App, tokens, old); err == nil && o.Owner == w.Owner {
		t.Errorf("an old link leads to the new owner: %+v", o)
	}
}

// A client's id that another owner's client has since brings nothing of that one into the mails.
func TestAClientWithTheIdOfADeletedOneIsNotWrittenTo(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	client := w.NewClient("olga@example.com")
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := New(w.App)
	w.launch(e, id)
	if err := w.App.Delete(w.ClientRecord(client)); err != nil {
		t.Fatal(err)
	}
	w.Save("clients", map[string]any{
		"id": client, "owner": w.NewUser("other@example.org"), "email": "secret@example.net", "full_name": "Secret", "status": "active",
	})
	w.start()
	got := w.untilStatus(id, mailing.Completed)
	if got.Skipped != 1 || len(p.Mails()) != 0 {
		t.Errorf("%+v, %d mails", got, len(p.Mails()))
	}
	if r := w.recipient(id, "olga"); r.Reason != mailing.ReasonDeleted || r.FullName != "" {
		t.Errorf("%+v", r)
	}
}
