// What Gonets itself says of a try when the server did not answer.
export default {
  "said.closed": "The server closed the connection without an answer",
  "said.silent": "The server was silent for {time}",
  "said.smtputf8": "The mail server takes no addresses in other alphabets (no SMTPUTF8)",
  "said.malformed": "The address is not valid",
  "said.sender": "The mail server cannot use the sender’s address",
  "said.size": "The email has {size}, and the mail server takes at most {most}",
  "said.interrupted": "Gonets stopped while handing the email over: it may have been delivered",
  "said.unrecorded": "The result could not be written to the database",
};
