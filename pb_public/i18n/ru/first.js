// The first steps of a new account.
export default {
  "first.title": "Три шага до первой рассылки",
  "first.clients": "Добавьте клиентов",
  "first.clients.text": "Импортируйте таблицу или для пробы начните с себя: первое письмо придёт вам.",
  "first.clients.act": "Импортировать",
  "first.clients.me": "Начать с себя",
  "first.clients.added": "Теперь вы среди своих клиентов",
  "first.message": "Напишите сообщение",
  "first.message.text": "Тема, текст и переменные: имя клиента подставится само.",
  "first.message.act": "Написать",
  "first.mailing": "Отправьте рассылку",
  "first.mailing.text": "Выберите сообщение и получателей, проверьте и отправьте.",
  "first.mailing.act": "Создать",
};
