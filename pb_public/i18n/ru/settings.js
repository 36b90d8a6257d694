// Страницы администратора: меню, главная.
export default {
  "settings.title": "Настройки",
  "settings.servers": "Почтовые серверы",
  "settings.bounces": "Возвраты",
  "settings.registration": "Регистрация и квоты",
  "settings.limits": "Лимиты и хранение",
  "settings.backups": "Резервные копии",
  "settings.health": "Состояние",
  "settings.admin": "Открыть админку",
  "settings.admin.text": "Страницы самой PocketBase: коллекции, журналы и всё, чего нет здесь. Вход выполнен и там.",
  "forUsers.title": "Не для администратора",
  "forUsers.head": "Эта страница — для владельцев и менеджеров",
  "forUsers.text": "У администратора нет клиентов и рассылок. Чтобы увидеть их, войдите как владелец или менеджер.",
  "overview.title": "Ваш сервис",
  "overview.lead": "Как он работает и что требует вашего внимания.",
  "overview.health": "Все проверки",
  "overview.fine": "Рассылки отправляются, делать ничего не нужно.",
};
