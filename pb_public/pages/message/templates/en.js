import { band, button, facts, foot, hero, sheet, story, subtitle, text, title } from "./blocks.js";

const blue = "#3b53e0";
const green = "#0f7a52";
const wine = "#8a2846";
const night = "#16181d";

const hello = 'Hello{% if client.full_name != "" %} {{ client.full_name }}{% endif %},';
const end = foot("Company, street, town", "Open in the browser", "Unsubscribe");
const site = "https://example.com/";

/** @type {import("./index.js").Template[]} */
export const letters = [
  {
    key: "welcome",
    name: "Welcome",
    about: "The first email to a new client",
    subject: "Good to have you here{% if client.full_name != \"\" %}, {{ client.full_name }}{% endif %}",
    preheader: "What to expect, and where to start",
    body: sheet([
      band("Company name", blue),
      title("Welcome"),
      text(hello, "Thank you for joining us. We write rarely and to the point: when there is something new, or when we need your decision.", "Here is a good way to start:"),
      facts([["First", "Look around on our site"], ["Second", "Choose what interests you"], ["Third", "Reply to this email if you have questions"]]),
      button("Have a look", site, blue),
      text("See you soon!"),
      end,
    ]),
  },
  {
    key: "news",
    name: "Newsletter",
    about: "A main story and two more",
    subject: "What mattered this month",
    preheader: "Three stories, two minutes",
    body: sheet([
      band("Company name", night),
      title("What mattered this month"),
      text(hello, "Here is what is worth reading."),
      subtitle("The main story"),
      text("Begin with the point: what has changed, and what it means for the reader. Two or three sentences are enough, your site has the rest."),
      button("Read the main story", site, blue),
      story("Another story", "Two or three sentences: what happened, and why it matters to the reader.", "Read on", site, blue),
      story("And one more", "Two or three sentences: what happened, and why it matters to the reader.", "Read on", site, blue),
      end,
    ]),
  },
  {
    key: "offer",
    name: "Offer",
    about: "A discount, its deadline and its terms",
    subject: "20% off until Sunday",
    preheader: "On everything, the code is inside",
    body: sheet([
      hero("Until Sunday only", "20% off everything", wine),
      text(hello, "The discount holds on our site and in our shop{% if client.attributes.city %} in {{ client.attributes.city }}{% endif %}. Tell us the code, or enter it when you pay."),
      facts([["Code", "AUTUMN20"], ["Until", "Sunday, midnight"], ["On", "everything but gift cards"]]),
      button("Choose", site, wine),
      end,
    ]),
  },
  {
    key: "event",
    name: "Invitation",
    about: "When, where and how to come",
    subject: "You are invited on 12 December",
    preheader: "Seats are limited, please register",
    body: sheet([
      hero("You are invited", "Name of the event", green),
      text(hello, "Say in two sentences what will happen and why it is worth coming."),
      facts([["When", "Saturday, 12 December, 18:00"], ["Where", "Street and number, second floor"], ["Price", "Free, please register"]]),
      button("Register", site, green),
      subtitle("Programme"),
      text("18:00 — welcome<br>18:30 — a talk and your questions<br>20:00 — tea and conversation"),
      end,
    ]),
  },
  {
    key: "letter",
    name: "Plain email",
    about: "No decoration, as one person writes to another",
    subject: "A short question",
    preheader: "",
    body: `<p>${hello}</p>\n<p>Write here what you want to say. Short emails are read to the end.</p>\n<p>You can just reply to this email.</p>\n<p>Best regards,<br>your name</p>`,
  },
];
