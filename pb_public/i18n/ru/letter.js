// Просмотр и проба письма.
export default {
  "test.title": "Пробное письмо",
  "test.text": "Отправьте письмо себе и посмотрите на него в настоящей почте.",
  "test.to": "Куда отправить",
  "test.act": "Отправить пробное",
  preview: "Письмо",
  "preview.view": "Вид письма",
  "preview.html": "Письмо",
  "preview.text": "Текст",
  "preview.source": "Исходник",
  "preview.subject": "Тема:",
  "preview.desktop": "Ширина компьютера",
  "preview.phone": "Ширина телефона",
  "preview.as": "Как увидит",
  "preview.sample": "Выдуманный клиент",
};
