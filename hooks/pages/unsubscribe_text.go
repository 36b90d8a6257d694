package pages

// unsubscribeText are the texts of the unsubscribe page in one language. The comments name the values of each %s.
type unsubscribeText struct {
	askTitle, ask                                           string // address, sender
	unsubscribe, thisList, everything                       string // thisList is followed by the list's name
	stoppedTitle, stopped                                   string // address, sender
	leftTitle, left, leftMore                               string // address, list
	restoredTitle, restored                                 string // address, sender
	undo                                                    string
	oneList, anySender                                      string // when there is no name to show
	open, close                                             string // quotation marks
	trialTitle, trial, lostTitle, lost, brokenTitle, broken string
}

func (w unsubscribeText) quote(name string) string { return w.open + name + w.close }

var unsubscribeWords = map[string]unsubscribeText{
	"ru": {
		askTitle:      "Отписаться от писем?",
		ask:           "Письма приходят на %s. Отправитель — %s.",
		unsubscribe:   "Отписаться",
		thisList:      "Отписаться от ",
		everything:    "Отписаться от всех писем отправителя",
		stoppedTitle:  "Вы отписались",
		stopped:       "На адрес %s больше не придут письма. Отправитель — %s.",
		leftTitle:     "Вы отписались от списка",
		left:          "На адрес %s больше не придут письма из %s.",
		leftMore:      "Другие письма этого отправителя ещё могут приходить.",
		restoredTitle: "Подписка возвращена",
		restored:      "Письма на %s снова будут приходить. Отправитель — %s.",
		undo:          "Вернуть подписку",
		oneList:       "этого списка",
		anySender:     "тот же, что в письме",
		open:          "«", close: "»",
		trialTitle:  "Это пробное письмо",
		trial:       "В настоящем письме по этой ссылке получатель отпишется. Сейчас ничего не изменилось.",
		lostTitle:   "Ссылка не работает",
		lost:        "Возможно, она скопирована не целиком или письмо очень старое. Откройте ссылку из самого письма — или ответьте на него и попросите больше не писать.",
		brokenTitle: "Ошибка на сервере",
		broken:      "Ничего не изменилось. Попробуйте ещё раз через несколько минут.",
	},
	"en": {
		askTitle:      "Unsubscribe?",
		ask:           "These emails go to %s. They are from %s.",
		unsubscribe:   "Unsubscribe",
		thisList:      "Unsubscribe from ",
		everything:    "Unsubscribe from all emails of this sender",
		stoppedTitle:  "You are unsubscribed",
		stopped:       "%s will get no more emails from %s.",
		leftTitle:     "You have left the list",
		left:          "%s will get no more emails of %s.",
		leftMore:      "Other emails of this sender may still arrive.",
		restoredTitle: "You are subscribed again",
		restored:      "%s will get emails from %s again.",
		undo:          "Undo, subscribe me again",
		oneList:       "this list",
		anySender:     "this sender",
		open:          "“", close: "”",
		trialTitle:  "This is a test email",
		trial:       "In the real email this link lets the recipient unsubscribe. Nothing has changed now.",
		lostTitle:   "This link does not work",
		lost:        "It may be incomplete, or the email is very old. Open the link in the email itself, or reply to the email and ask to be removed.",
		brokenTitle: "Something went wrong",
		broken:      "There was an error on the server, and nothing has changed. Please try again in a few minutes.",
	},
}
