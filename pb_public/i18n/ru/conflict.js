// Two versions of a record.
export default {
  "conflict.title": "Пока вы редактировали, данные изменились.",
  "conflict.text": "Кто-то другой или вы в другом окне сохранили другие изменения. Ничего не потеряно: выберите, какая версия останется.",
  "conflict.mine": "Ваша версия",
  "conflict.theirs": "Сохранено",
  "conflict.empty": "пусто",
  "conflict.keep": "Оставить мою",
  "conflict.take": "Взять сохранённую",
};
