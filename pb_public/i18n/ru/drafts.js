// Changes that are not saved yet.
export default {
  "draft.found": "Есть несохранённые изменения: {when}.",
  "draft.found.text": "Восстановить их?",
  "draft.older": "С тех пор были сохранены другие изменения, возможно, в другом окне. Восстановить эти?",
  "draft.restore": "Восстановить",
  "draft.drop": "Удалить",
};
