package e2e

import (
	"testing"

	"gonets/internal/outbox"
)

// Test12TransactionalEmails is a manager's and an owner's way with them: they are allowed, sent by a program, found and read.
func Test12TransactionalEmails(t *testing.T) {
	t.Parallel()
	rules := func(_, to string, _ int) *outbox.Reply {
		if to == "nobody@example.com" {
			return &outbox.Reply{Code: 550, Enhanced: "5.1.1", Text: "No such user"}
		}
		return nil
	}
	w, owner, b := newBrowser(t, phone.in("ru"), outbox.Options{Rules: rules})
	b.goTo("/transactional")
	b.see(b.word("transactional.none", nil))
	b.look("transactional-none", phone.in("ru"))
	w.root.patch(users+"records/"+owner.id, object{"transactional_quota": 10}).want(200)
	owner.post("/api/gonets/transactional", object{"to": []string{"ivan@example.com", "nobody@example.com"}, "subject": "Заказ 17 принят", "text": "Спасибо"}).want(202)
	id := owner.post("/api/gonets/transactional", object{"to": []object{{"email": "maria@example.com", "full_name": "Мария"}}, "subject": "Код входа", "text": "1234"}).want(202).id()
	eventually(w.ctx, t, "both have been sent", func() bool {
		var all struct{ Items []struct{ Waiting int } }
		owner.get("/api/gonets/transactional").want(200).into(&all)
		return len(all.Items) == 2 && all.Items[0].Waiting+all.Items[1].Waiting == 0
	})
	b.lookAs(phone.in("ru"))
	b.goTo("/transactional?search=ivan@")
	b.see("Заказ 17 принят")
	b.accessible("transactional")
	b.look("transactional", phone.in("ru"))
	b.press("Заказ 17 принят")
	b.see("No such user")
	b.see(b.word("reason.bad_address", nil))
	b.accessible("transactional email")
	b.look("transactional-email", phone.in("ru"))
	wide := desktop.in("ru")
	b.lookAs(wide)
	b.goTo("/transactional/" + id)
	b.see("Мария")
	b.look("transactional-email", wide)
	b.goTo("/transactional")
	b.see("Код входа")
	b.look("transactional", wide)
	b.goTo("/attempts")
	b.see(b.word("attempt.transactional", nil))

	manager := w.user("manager@gonets.example", "manager")
	manager.patch(users+"records/"+manager.id, object{"language": "ru"}).want(200)
	b.forget()
	wide = viewport{width: 1280, height: 900, language: "ru", dark: true}
	b.lookAs(wide)
	b.signIn("manager@gonets.example", password)
	b.goTo("/users?user=" + owner.id)
	b.see(b.word("user.transactional", nil))
	b.look("user-transactional", wide)
	b.goTo("/users?search=Anna")
	b.press(b.word("user.acts", object{"name": "Anna Petrova"}))
	b.press(b.word("user.transactional.act", nil))
	b.fill(b.word("user.transactional", nil), "250")
	b.accessible("quota of transactional emails")
	b.look("quota-transactional", wide)
	b.submit(b.word("do.save", nil))
	b.see(b.word("user.transactional.saved", nil))
	var user struct {
		Quota int `json:"transactional_quota"`
	}
	w.root.get(users + "records/" + owner.id).want(200).into(&user)
	if user.Quota != 250 {
		t.Errorf("the quota is %d", user.Quota)
	}
}
