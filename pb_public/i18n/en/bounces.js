// What came back: bounces and complaints.
export default {
  "bounces.lead": "Emails that came back after a mail server had accepted them, and spam complaints.",
  "bounces.tab.attempts": "Attempts",
  "bounces.tab.bounces": "Bounces and complaints",
  "bounces.anyKind": "Any kind",
  "bounces.none": "Nothing has come back",
  "bounces.none.text": "Bounces and complaints appear here once the sender has a return path and the service reads what arrives there.",
  "bounces.ofClient": "Bounces and complaints",
  "bounce.kind": "Kind",
  "bounce.kind.hard": "No such address",
  "bounce.kind.soft": "Not delivered",
  "bounce.kind.block": "Blocked",
  "bounce.kind.complaint": "Complaint",
  "bounce.means.hard": "the address or its domain takes no email",
  "bounce.means.soft": "a full mailbox or a fault; may work the next time",
  "bounce.means.block": "refused because of the sender or the content",
  "bounce.means.complaint": "the recipient marked the email as spam",
};
