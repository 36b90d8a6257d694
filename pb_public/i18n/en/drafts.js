// Changes that are not saved yet.
export default {
  "draft.found": "There are unsaved changes from {when}.",
  "draft.found.text": "Restore them?",
  "draft.older": "It has been saved since, perhaps in another window. Restore these changes?",
  "draft.restore": "Restore",
  "draft.drop": "Discard",
};
