package e2e

import (
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

const users = "/api/collections/users/"

func Test01ANewcomerSignsInOnlyAfterTheLinkInTheMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	for _, tc := range []struct {
		email, speaks string // the browser's language
		subject       string
	}{
		{"newcomer@example.org", "en-GB,en;q=0.9", "Confirm your email address"},
		{"Novichok@Пример.рф", "ru-RU,ru;q=0.9,en;q=0.5", "Подтвердите адрес почты"},
	} {
		t.Run(tc.speaks, func(t *testing.T) {
			w := w.in(t)
			var registered struct{ ID, Email, Role, Language string }
			w.nobody.with("Accept-Language", tc.speaks).post(users+"records", object{
				"email": tc.email, "password": password, "passwordConfirm": password, "name": "Newcomer",
			}).want(200).into(&registered)
			if registered.Role != "owner" || registered.Language != tc.speaks[:2] {
				t.Errorf("registered as %+v", registered)
			}
			address := w.stored(registered.ID)

			refused := w.nobody.signIn("users", tc.email, password).want(403).problem()
			if reason(refused, "identity") != "not_verified" {
				t.Errorf("before the address is confirmed: %+v", refused)
			}
			if n := w.outbox.Count(address); n != 0 {
				t.Errorf("%d mails came before anybody asked for one", n)
			}

			w.nobody.post(users+"request-verification", object{"email": tc.email}).want(204)
			mail := w.mails(address, 1)
			if mail.Subject != tc.subject {
				t.Errorf("the mail's subject is %q, want %q", mail.Subject, tc.subject)
			}
			w.nobody.post(users+"confirm-verification", object{"token": "nonsense"}).want(400).problem()
			w.nobody.post(users+"confirm-verification", object{"token": w.token(mail, "verify")}).want(204)

			w.nobody.signIn("users", tc.email, "wrong "+password).want(400).problem()
			var s signedIn
			w.nobody.signIn("users", tc.email, password).want(200).into(&s)
			w.nobody.as(s).get(users + "records/" + registered.ID).want(200)
		})
	}
}

func Test01RegistrationTakesNoRightsAndTellsNoSecrets(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	form := func(extra object) object {
		return merged(object{"email": "greedy@example.org", "password": password, "passwordConfirm": password}, extra)
	}
	for _, extra := range []object{{"role": "manager"}, {"blocked": false}, {"daily_quota": 0}, {"awaiting_approval": false}} {
		w.nobody.post(users+"records", form(extra)).want(400, 403).problem()
	}
	w.nobody.post(users+"records", form(object{"verified": true})).want(400, 403).problem()

	// Unknown, unconfirmed and blocked look the same to who does not know the password.
	w.nobody.post(users+"records", form(nil)).want(200)
	w.root.post("/api/gonets/users/"+w.user("bad@example.org", "owner").id+"/block", object{"reason": "spam"}).want(200)
	var answers []string
	for _, email := range []string{"nobody@example.org", "greedy@example.org", "bad@example.org"} {
		answers = append(answers, string(w.nobody.signIn("users", email, "a guess").want(400).body))
		w.nobody.post(users+"request-password-reset", object{"email": email}).want(204)
	}
	if answers[0] != answers[1] || answers[0] != answers[2] {
		t.Errorf("a wrong password is answered differently:\n%s", strings.Join(answers, "\n"))
	}

	// The operator may close the door.
	var instances struct{ Items []struct{ ID string } }
	w.root.get("/api/collections/instance/records").want(200).into(&instances)
	w.root.patch("/api/collections/instance/records/"+instances.Items[0].ID, object{"registration": "closed"}).want(200)
	closed := w.nobody.post(users+"records", form(object{"email": "late@example.org"})).want(403).problem()
	if reason(closed, "registration") != "registration_closed" {
		t.Errorf("closed registration answers %+v", closed)
	}
}

func Test01AForgottenPasswordIsSetAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	owner := w.user("owner@example.org", "owner")
	owner.patch(users+"records/"+owner.id, object{"language": "ru"}).want(200)

	w.nobody.post(users+"request-password-reset", object{"email": "stranger@example.org"}).want(204)
	w.nobody.post(users+"request-password-reset", object{"email": "Owner@Example.org"}).want(204)
	mail := w.mails(owner.email, 1)
	if mail.Subject != "Новый пароль" {
		t.Errorf("the mail does not follow the language of the profile: %q", mail.Subject)
	}
	token := w.token(mail, "reset")

	const chosen = "a better battery"
	w.nobody.post(users+"confirm-password-reset", object{"token": token, "password": chosen, "passwordConfirm": "another"}).want(400).problem()
	w.nobody.post(users+"confirm-password-reset", object{"token": token, "password": chosen, "passwordConfirm": chosen}).want(204)
	w.nobody.post(users+"confirm-password-reset", object{"token": token, "password": password, "passwordConfirm": password}).want(400).problem()

	owner.post(users+"auth-refresh", nil).want(401).problem()
	w.nobody.signIn("users", owner.email, password).want(400)
	w.nobody.signIn("users", owner.email, chosen).want(200)
	if n := w.outbox.Count("stranger@example.org"); n != 0 {
		t.Errorf("a stranger got %d mails", n)
	}
}

func Test01AddressAndPasswordAreChangedByWhoKnowsThePassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	owner := w.user("owner@example.org", "owner")

	owner.patch(users+"records/"+owner.id, object{"email": "new@example.org"}).want(400, 404).problem()
	owner.post(users+"request-email-change", object{"newEmail": "new@example.org"}).want(204)
	mail := w.mails("new@example.org", 1)
	token := w.token(mail, "confirm-email")
	w.nobody.post(users+"confirm-email-change", object{"token": token, "password": "a guess"}).want(400).problem()
	w.nobody.post(users+"confirm-email-change", object{"token": token, "password": password}).want(204)
	w.nobody.signIn("users", "owner@example.org", password).want(400)
	var s signedIn
	w.nobody.signIn("users", "new@example.org", password).want(200).into(&s)
	owner = w.nobody.as(s)

	const chosen = "a better battery"
	change := object{"password": chosen, "passwordConfirm": chosen}
	owner.patch(users+"records/"+owner.id, change).want(400).problem()
	owner.patch(users+"records/"+owner.id, merged(change, object{"oldPassword": "a guess"})).want(400).problem()
	owner.patch(users+"records/"+owner.id, merged(change, object{"oldPassword": password})).want(200)
	owner.post(users+"auth-refresh", nil).want(401)
	w.nobody.signIn("users", owner.email, password).want(400)
	w.nobody.signIn("users", owner.email, chosen).want(200)
}

func Test01ABlockedUserIsOutAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	owner, manager := w.user("owner@example.org", "owner"), w.user("manager@example.org", "manager")
	w.addClients(owner, 1, numbered)
	listens := owner.subscribe("clients/*", "gonets/mailings")

	owner.post("/api/gonets/users/"+owner.id+"/block", object{"reason": "boredom"}).want(403).problem()
	manager.post("/api/gonets/users/"+owner.id+"/block", nil).want(400).problem()
	manager.post("/api/gonets/users/"+owner.id+"/block", object{"reason": "complaints from recipients"}).want(200)

	listens.ends()
	owner.post(users+"auth-refresh", nil).want(401).problem()
	owner.post("/api/collections/clients/records", object{"email": "one@more.example"}).want(400, 401, 403, 404).problem()
	var page struct{ Items []any }
	owner.get("/api/collections/clients/records").into(&page)
	if len(page.Items) != 0 {
		t.Errorf("a blocked user still sees %d clients", len(page.Items))
	}
	refused := w.nobody.signIn("users", owner.email, password).want(403).problem()
	if reason(refused, "identity") != "blocked" || !strings.Contains(string(w.nobody.signIn("users", owner.email, password).body), "complaints from recipients") {
		t.Errorf("a blocked user is told %+v", refused)
	}

	manager.post("/api/gonets/users/"+owner.id+"/unblock", nil).want(200)
	owner.post(users+"auth-refresh", nil).want(401) // what ended stays ended
	var s signedIn
	w.nobody.signIn("users", owner.email, password).want(200).into(&s)
	w.nobody.as(s).get("/api/collections/clients/records").want(200).into(&page)
	if len(page.Items) != 1 {
		t.Errorf("after unblocking the owner sees %d clients, want 1", len(page.Items))
	}
}

// stored is the address of a user as it is kept.
func (w *world) stored(user string) string {
	w.t.Helper()
	var record struct{ Email string }
	w.root.get(users + "records/" + user).want(200).into(&record)
	return record.Email
}

// reason is the code of what is wrong with a field, "" when nothing is.
func reason(p problem, field string) string {
	about, _ := p.Data[field].(map[string]any)
	code, _ := about["code"].(string)
	return code
}
