package forms

import (
	"fmt"

	"gonets/internal/signup"
)

// words are the texts of the pages in one language. The comments name the values of each %s.
type words struct {
	email, name, trap, subscribe           string
	mistakes, unknown                      string // unknown: the name of the field
	pressTitle, pressText, tooSoon         string
	sentTitle, sent, sentMore, back        string
	askTitle, ask, confirm, list, yes, no  string // ask: the address
	confirmedTitle, confirmed, onward      string // confirmed: the address
	lostTitle, lost, expiredTitle, expired string
	problems                               map[signup.Problem]string
	proof                                  proofWords
}

// proofWords are those of the widget of ALTCHA that are shown or read out, by its own names.
type proofWords struct {
	Label     string `json:"label"`
	Verifying string `json:"verifying"`
	Verified  string `json:"verified"`
	Expired   string `json:"expired"`
	Error     string `json:"error"`
	Loading   string `json:"loading"`
	WaitAlert string `json:"waitAlert"` // empty: nothing is said to who presses the button twice
}

// written is the value of an answer.
func (w words) written(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case bool:
		if v {
			return w.yes
		}
	}
	return w.no
}

var languages = map[string]words{
	"en": {
		email: "Email", name: "Name", trap: "Leave this empty", subscribe: "Subscribe",
		mistakes: "Please check the marked fields.", unknown: "The form has no field “%s”.",
		pressTitle: "One more step", pressText: "Press the button to send the form. It shows us that you are a person.",
		tooSoon:   "That was very fast. Please press the button once more.",
		sentTitle: "Check your inbox", sent: "We have sent you an email. Open the link in it to confirm your subscription.",
		sentMore: "Nothing there in a few minutes? Look in the spam folder. We send one such email a day.", back: "Back to the site",
		askTitle: "Confirm your subscription", ask: "Emails will go to %s.", confirm: "Confirm", list: "Mailing", yes: "yes", no: "no",
		confirmedTitle: "You are subscribed", confirmed: "Emails will go to %s. Each of them has a link to unsubscribe.", onward: "Continue to the site",
		lostTitle: "This link does not work", lost: "It may be incomplete. Open the link in the email itself.",
		expiredTitle: "This link has expired", expired: "It worked for 30 days, and nothing was changed. Please fill in the form again.",
		problems: map[signup.Problem]string{
			signup.Required: "Please fill this in.", signup.InvalidEmail: "Not a valid email address.",
			signup.TooLong: fmt.Sprintf("At most %d characters, and %d for a name.", signup.MaxAnswer, signup.MaxFullName),
			signup.OneLine: "Please use one line.", signup.NoMarkup: "A name has no links and no < or >.", signup.InvalidDate: "Not a valid date.",
			signup.InvalidChoice: "Please choose one of the list.", signup.InvalidValue: "Must be a text, or true or false.",
			signup.UnknownField: "The form has no such field.", signup.NoConsent: "Without your consent we cannot subscribe you.",
			"invalid_body": "The form could not be read. Please fill it in again.", "proof_required": "Solve the challenge of this form first: GET the address of the form with /challenge at its end.",
			"too_many": "Too many sign-ups at the moment. Please try again in an hour.", "unavailable": "We cannot send the email right now. Please try again later.",
		},
		proof: proofWords{
			Label: "I am a person", Verifying: "Checking that you are a person…", Verified: "Checked", Expired: "Please press the button again.",
			Error: "The check did not work.", Loading: "Loading…",
		},
	},
	"ru": {
		email: "Эл. почта", name: "Имя", trap: "Не заполняйте это поле", subscribe: "Подписаться",
		mistakes: "Проверьте отмеченные поля.", unknown: "В форме нет поля «%s».",
		pressTitle: "Ещё один шаг", pressText: "Нажмите кнопку, чтобы отправить форму: так мы поймём, что вы человек.",
		tooSoon:   "Слишком быстро. Нажмите кнопку ещё раз.",
		sentTitle: "Проверьте почту", sent: "Мы отправили вам письмо. Откройте ссылку из него, чтобы подтвердить подписку.",
		sentMore: "Письма нет несколько минут? Загляните в «Спам». Такое письмо приходит не чаще раза в сутки.", back: "Вернуться на сайт",
		askTitle: "Подтвердите подписку", ask: "Письма будут приходить на %s.", confirm: "Подтвердить", list: "Рассылка", yes: "да", no: "нет",
		confirmedTitle: "Вы подписаны", confirmed: "Письма будут приходить на %s. В каждом есть ссылка, чтобы отписаться.", onward: "Перейти на сайт",
		lostTitle: "Ссылка не работает", lost: "Возможно, она скопирована не целиком. Откройте ссылку из самого письма.",
		expiredTitle: "Срок ссылки истёк", expired: "Она действовала 30 дней, и ничего не изменилось. Заполните форму ещё раз.",
		problems: map[signup.Problem]string{
			signup.Required: "Заполните это поле.", signup.InvalidEmail: "Проверьте адрес: похоже, в нём ошибка.",
			signup.TooLong: fmt.Sprintf("Не больше %d знаков, а в имени — %d.", signup.MaxAnswer, signup.MaxFullName),
			signup.OneLine: "Уместите в одну строку.", signup.NoMarkup: "В имени не бывает ссылок и знаков < и >.", signup.InvalidDate: "Такой даты нет.",
			signup.InvalidChoice: "Выберите из списка.", signup.InvalidValue: "Нужен текст, true или false.",
			signup.UnknownField: "В форме нет такого поля.", signup.NoConsent: "Без вашего согласия подписать вас нельзя.",
			"invalid_body": "Форму не удалось прочитать. Заполните её ещё раз.", "proof_required": "Сначала решите задачу этой формы: GET по адресу формы с /challenge на конце.",
			"too_many": "Сейчас слишком много подписок. Попробуйте через час.", "unavailable": "Сейчас мы не можем отправить письмо. Попробуйте позже.",
		},
		proof: proofWords{
			Label: "Я человек", Verifying: "Проверяем, что вы не робот…", Verified: "Проверено", Expired: "Нажмите кнопку ещё раз.",
			Error: "Проверить не удалось.", Loading: "Загрузка…",
		},
	},
}
