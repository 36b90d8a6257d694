// Transactional emails.
export default {
  "transactional.lead": "Emails your programs send one at a time: order confirmations, codes, notifications.",
  "transactional.search": "Address or subject",
  "transactional.none": "No transactional emails yet",
  "transactional.none.text": "They are sent through the API or by SMTP, with a token from your profile. A manager has to allow a number of them a day first.",
  "transactional.email": "Email",
  "transactional.noSubject": "No subject",
  "transactional.more": { one: "and {count} more", other: "and {count} more" },
  "transactional.from": "From",
  "transactional.source": "Sent by",
  "transactional.source.api": "API",
  "transactional.source.smtp": "SMTP",
  "transactional.source.service": "Gonets",
  "transactional.accepted": "Accepted",
  "transactional.event": "Event",
  "transactional.history": "History: {email}",
  "transactional.untried": "No attempts yet.",
};
