// Транзакционные письма.
export default {
  "transactional.lead": "Письма, которые ваши программы отправляют по одному: подтверждения заказов, коды, уведомления.",
  "transactional.search": "Адрес или тема",
  "transactional.none": "Транзакционных писем пока нет",
  "transactional.none.text": "Их отправляют через API или по SMTP с токеном из вашего профиля. Сначала менеджер должен разрешить вам несколько таких писем в сутки.",
  "transactional.email": "Письмо",
  "transactional.noSubject": "Без темы",
  "transactional.more": { one: "и ещё {count}", few: "и ещё {count}", many: "и ещё {count}", other: "и ещё {count}" },
  "transactional.from": "Отправитель",
  "transactional.source": "Как отправлено",
  "transactional.source.api": "API",
  "transactional.source.smtp": "SMTP",
  "transactional.source.service": "Гонец",
  "transactional.accepted": "Принято",
  "transactional.event": "Событие",
  "transactional.history": "История: {email}",
  "transactional.untried": "Попыток ещё не было.",
};
