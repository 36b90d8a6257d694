package pages

// The texts of the e-mails to users. {app} is the name of the service, {time} how long the link works.

var verifyEmails = map[string]accountEmail{
	"ru": {
		Subject:  "Подтвердите адрес почты",
		Greeting: "Здравствуйте!",
		Text:     "Этот адрес указали при регистрации в {app}. Подтвердите его, и можно будет войти.",
		Button:   "Подтвердить адрес",
		Note:     "Ссылка действует {time}. Если вы не регистрировались, просто удалите это письмо: без подтверждения войти не сможет никто.",
	},
	"en": {
		Subject:  "Confirm your email address",
		Greeting: "Hello!",
		Text:     "Someone signed up for {app} with this address. If it was you, confirm the address to sign in.",
		Button:   "Confirm the address",
		Note:     "The link works for {time}. If it was not you, just delete this email: nobody can sign in without the confirmation.",
	},
}

var resetEmails = map[string]accountEmail{
	"ru": {
		Subject:  "Новый пароль",
		Greeting: "Здравствуйте!",
		Text:     "Кто-то, надеемся вы, попросил сбросить пароль вашей учётной записи в {app}. Новый пароль можно задать здесь.",
		Button:   "Задать новый пароль",
		Note:     "Ссылка действует {time} и срабатывает один раз. Если вы об этом не просили, ничего делать не нужно: прежний пароль остаётся в силе.",
	},
	"en": {
		Subject:  "Set a new password",
		Greeting: "Hello!",
		Text:     "Someone, hopefully you, asked to reset the password of your {app} account. Set a new one here.",
		Button:   "Set a new password",
		Note:     "The link works for {time}, and only once. If you did not ask for it, you can ignore this email: your old password still works.",
	},
}

var changeEmails = map[string]accountEmail{
	"ru": {
		Subject:  "Подтвердите новый адрес почты",
		Greeting: "Здравствуйте!",
		Text:     "Этот адрес хотят указать для входа в {app}. Если это вы, подтвердите его; понадобится ваш нынешний пароль.",
		Button:   "Подтвердить новый адрес",
		Note:     "Ссылка действует {time}. После подтверждения нужно будет войти заново, уже с новым адресом. Если вы ничего не меняли, просто удалите это письмо.",
	},
	"en": {
		Subject:  "Confirm your new email address",
		Greeting: "Hello!",
		Text:     "Someone wants to sign in to {app} with this address from now on. If it is you, confirm it; you will need your current password.",
		Button:   "Confirm the new address",
		Note:     "The link works for {time}. Once confirmed, sign in again, with the new address. If you did not ask for a change, just delete this email.",
	},
}
