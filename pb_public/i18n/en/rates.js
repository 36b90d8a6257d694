// Rates at which mail providers frown.
export default {
  "rate.complained": "Spam complaints: {share}.",
  "rate.complained.warn": "Mail providers want less than {warn}, and refuse senders above {bad}. Mail only those who asked for it.",
  "rate.complained.bad": "Above {bad} mail providers refuse a sender. Stop and find out who complains.",
  "rate.hard": "Addresses that do not exist: {share}.",
  "rate.hard.warn": "Mail providers want less than {warn}, and block senders above {bad}. Find out where these addresses come from.",
  "rate.hard.bad": "Above {bad} mail providers block a sender. Stop and find out where these addresses come from.",
  "home.rates": "See statistics",
};
