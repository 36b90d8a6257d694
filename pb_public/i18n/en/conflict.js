// Two versions of a record.
export default {
  "conflict.title": "This was changed in the meantime.",
  "conflict.text": "Someone else, or you in another window, has saved other changes. Nothing is lost: choose which version stays.",
  "conflict.mine": "Yours",
  "conflict.theirs": "Saved",
  "conflict.empty": "empty",
  "conflict.keep": "Keep mine",
  "conflict.take": "Use the saved version",
};
