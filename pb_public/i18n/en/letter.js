// Looking at a letter and trying it.
export default {
  "test.title": "Test mail",
  "test.text": "Send the mail to yourself and look at it in a real mailbox.",
  "test.to": "Send to",
  "test.act": "Send test",
  preview: "Letter",
  "preview.view": "View of the letter",
  "preview.html": "Letter",
  "preview.text": "Text",
  "preview.source": "Source",
  "preview.subject": "Subject:",
  "preview.desktop": "Desktop width",
  "preview.phone": "Phone width",
  "preview.as": "As seen by",
  "preview.sample": "A made-up client",
};
