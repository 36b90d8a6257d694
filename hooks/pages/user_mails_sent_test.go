package pages_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/mailer"
)

// mail waits for the one mail that a request has caused.
func (w *world) mail(t *testing.T) mailer.Message {
	t.Helper()
	w.Eventually(t, "a mail is sent", func() bool { return w.App.TestMailer.TotalSend() == 1 })
	defer w.App.TestMailer.Reset()
	return w.App.TestMailer.LastMessage()
}

var linkPattern = regexp.MustCompile(`https://gonets\.example/#/([a-z-]+)/([\w.-]+)`)

// link takes the page and the token out of a mail, and wants them in both its parts.
func link(t *testing.T, m mailer.Message) (page, token string) {
	t.Helper()
	text, html := linkPattern.FindStringSubmatch(m.Text), linkPattern.FindStringSubmatch(m.HTML)
	if text == nil || html == nil || text[0] != html[0] {
		t.Fatalf("links: %v in the text, %v in the HTML", text, html)
	}
	return text[1], text[2]
}

func TestTheMailsLeadThroughTheirPages(t *testing.T) {
	w := newWorld(t)
	users := "/api/collections/users/"
	w.Set(t, "users", w.IDs[unverified], "language", "ru")
	w.Set(t, "users", w.IDs[unverified], "name", "WIN $$$ http://spam.example")

	t.Run("verification, in Russian", func(t *testing.T) {
		w.Expect(t, 204, anonymous, http.MethodPost, users+"request-verification", map[string]any{"email": strings.ToUpper(emailOf(unverified))})
		m := w.mail(t)
		page, token := link(t, m)
		if page != "verify" || m.Subject != "Подтвердите адрес почты" || !strings.Contains(m.Text, "действует 5 дней") && !strings.Contains(m.Text, "действует 1 день") {
			t.Errorf("%s: %s", m.Subject, m.Text)
		}
		if strings.Contains(m.HTML+m.Text, "spam.example") {
			t.Error("the mail carries what somebody registered as a name")
		}
		w.Expect(t, 204, anonymous, http.MethodPost, users+"confirm-verification", map[string]any{"token": token})
		w.Expect(t, 200, anonymous, http.MethodPost, users+"auth-with-password", map[string]any{"identity": emailOf(unverified), "password": password})
	})
	t.Run("password reset, in English", func(t *testing.T) {
		w.Expect(t, 204, anonymous, http.MethodPost, users+"request-password-reset", map[string]any{"email": emailOf(anna)})
		m := w.mail(t)
		page, token := link(t, m)
		if page != "reset" || m.Subject != "Set a new password" || !strings.Contains(m.Text, "works for 30 minutes") {
			t.Errorf("%s: %s", m.Subject, m.Text)
		}
		w.Expect(t, 204, anonymous, http.MethodPost, users+"confirm-password-reset",
			map[string]any{"token": token, "password": "another password", "passwordConfirm": "another password"})
		w.Expect(t, 401, anna, http.MethodPost, users+"auth-refresh", nil)
		w.Expect(t, 200, anonymous, http.MethodPost, users+"auth-with-password", map[string]any{"identity": emailOf(anna), "password": "another password"})
	})
	t.Run("change of address", func(t *testing.T) {
		w.Expect(t, 204, boris, http.MethodPost, users+"request-email-change", map[string]any{"newEmail": "Boris@New.Example"})
		m := w.mail(t)
		page, token := link(t, m)
		if page != "confirm-email" || m.Subject != "Confirm your new email address" || m.To[0].Address != "Boris@New.Example" {
			t.Errorf("%s to %v: %s", m.Subject, m.To, m.Text)
		}
		w.Expect(t, 204, anonymous, http.MethodPost, users+"confirm-email-change", map[string]any{"token": token, "password": password})
		if got := w.Column(t, "users", w.IDs[boris], "email"); got != "boris@new.example" {
			t.Errorf("the address is %s", got)
		}
	})
	t.Run("unknown addresses get the same answer and no mail", func(t *testing.T) {
		for _, request := range []string{"request-verification", "request-password-reset"} {
			w.Expect(t, 204, anonymous, http.MethodPost, users+request, map[string]any{"email": "nobody@gonets.example"})
		}
		if n := w.App.TestMailer.TotalSend(); n != 0 {
			t.Errorf("%d mails", n)
		}
	})
}

func TestWithoutAMailServerNothingIsSent(t *testing.T) {
	w := newWorld(t)
	settings := w.App.Settings()
	settings.SMTP.Enabled = false
	must(t, w.App.Save(settings))
	err := w.App.NewMailClient().Send(&mailer.Message{Subject: "s3cret"})
	if err == nil || strings.Contains(err.Error(), "s3cret") || w.App.TestMailer.TotalSend() != 0 {
		t.Errorf("error %v, %d mails", err, w.App.TestMailer.TotalSend())
	}
}

func TestRequestsThatComeTogetherSendOneMail(t *testing.T) {
	w := newWorld(t)
	const users = "/api/collections/users/"
	for _, c := range []struct {
		who, path string
		body      map[string]any
	}{
		{anonymous, users + "request-verification", map[string]any{"email": emailOf(unverified)}},
		{anonymous, users + "request-password-reset", map[string]any{"email": emailOf(anna)}},
		{anonymous, "/api/collections/_superusers/request-password-reset", map[string]any{"email": emailOf(superuser)}},
		{anna, users + "request-email-change", map[string]any{"newEmail": "new@example.com"}},
	} {
		t.Run(c.path, func(t *testing.T) {
			// The mail server keeps the first mail waiting until all have asked: so each would get one.
			goOn := make(chan struct{})
			hold := w.App.OnMailerSend().BindFunc(func(e *core.MailerEvent) error { <-goOn; return e.Next() })
			defer w.App.OnMailerSend().Unbind(hold)
			const together = 60
			answers := make(chan int, together)
			for range together {
				go func() { answers <- w.Ask(t, c.who, http.MethodPost, c.path, c.body).Status }()
			}
			answered := 0
			take := func() {
				if status := <-answers; status != http.StatusNoContent {
					t.Errorf("answered %d", status)
				}
				answered++
			}
			for answered < together-1 { // the change of an address answers when its mail is gone
				take()
			}
			close(goOn)
			take()
			w.mail(t)
			if n := w.Ask(t, c.who, http.MethodPost, c.path, c.body).Status; n != http.StatusNoContent {
				t.Errorf("once more: %d", n)
			}
			if n := w.App.TestMailer.TotalSend(); n != 0 {
				t.Errorf("%d more were sent", n)
			}
		})
	}

	t.Run("a mail that could not be sent may be asked for again", func(t *testing.T) {
		w := newWorld(t)
		w.App.Settings().SMTP.Enabled = false
		ask := func() {
			w.Expect(t, 204, anonymous, http.MethodPost, users+"request-password-reset", map[string]any{"email": emailOf(boris)})
		}
		failed := make(chan struct{}, 1)
		w.App.OnMailerRecordPasswordResetSend().Bind(&hook.Handler[*core.MailerRecordEvent]{Priority: -100, Func: func(e *core.MailerRecordEvent) error {
			err := e.Next()
			if err != nil {
				failed <- struct{}{}
			}
			return err
		}})
		ask()
		<-failed
		w.App.Settings().SMTP.Enabled = true
		ask()
		w.mail(t)
	})
}
