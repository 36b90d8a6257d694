// The first steps of a new account.
export default {
  "first.title": "Three steps to your first mailing",
  "first.clients": "Add clients",
  "first.clients.text": "Import a file, or start with yourself to try it out: the first email comes to you.",
  "first.clients.act": "Import",
  "first.clients.me": "Start with yourself",
  "first.clients.added": "You are now one of your clients",
  "first.message": "Write a message",
  "first.message.text": "Subject, text and variables: each client's name is filled in.",
  "first.message.act": "Write",
  "first.mailing": "Send a mailing",
  "first.mailing.text": "Choose the message and the audience, check it, send it.",
  "first.mailing.act": "Create",
};
