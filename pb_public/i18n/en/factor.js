// The second step of signing in.
export default {
  "factor.title": "One more step",
  "factor.sent": "Signing in to this account takes a code too. We sent it to {email}.",
  "factor.code": "Code from the email",
  "factor.wrong": "The code is wrong or has expired. Ask for another one; after half an hour start again with the password.",
  "factor.again": "Send another code",
  "factor.again.done": "Another code is on its way",
  "factor.unsent": "Signing in to this account takes a code that is sent by email, and it could not be sent.",
  "factor.other": "Multi-factor authentication is on for this account, but codes by email are off. Sign in to the admin UI at /_/ by the second method, or turn on one-time passwords for the collection.",
  "factor.back": "Back to the password",
};
