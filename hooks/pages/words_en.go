package pages

import (
	"net/http"

	"gonets/internal/preference"
)

var english = words{
	name: "English",
	optOut: optOutWords{
		askTitle:      "Unsubscribe?",
		ask:           "These emails go to %s. They are from %s.",
		unsubscribe:   "Unsubscribe",
		thisList:      "Unsubscribe from ",
		everything:    "Unsubscribe from all emails of this sender",
		stoppedTitle:  "You are unsubscribed",
		stopped:       "%s will get no more emails from %s.",
		leftTitle:     "You have left the list",
		left:          "%s will get no more emails of %s.",
		leftMore:      "Other emails of this sender may still arrive.",
		restoredTitle: "You are subscribed again",
		restored:      "%s will get emails from %s again.",
		undo:          "Undo, subscribe me again",
		oneList:       "this list",
		anySender:     "this sender",
		open:          "“", close: "”",
		trialTitle:  "This is a test email",
		trial:       "In the real email this link lets the recipient unsubscribe. Nothing has changed now.",
		lostTitle:   "This link does not work",
		lost:        "It may be incomplete, or the email is very old. Open the link in the email itself, or reply to the email and ask to be removed.",
		brokenTitle: "Something went wrong",
		broken:      "There was an error on the server, and nothing has changed. Please try again in a few minutes.",
	},
	preferences: preferenceWords{
		title: "Your preferences", lists: "Mailings", hiddenList: "A private mailing", thisHiddenList: "The mailing this email belongs to",
		name: "Name", language: "Language of these pages", browserLanguage: "Same as the browser", save: "Save", saved: "Saved",
		nameProblem: "That name cannot be saved: use one line of at most 200 characters.",
		tooOften:    "You have changed your subscription too often today. You can always unsubscribe; try the rest tomorrow.",
		pauseTitle:  "Take a break", pause: "Emails stop for a while, and start again by themselves.",
		pause30: "For 30 days", pause90: "For 90 days",
		pausedTitle: "Emails are paused", paused: "%s will get nothing until %s.", resume: "Get emails again", resumed: "You will get emails again",
		whyTitle: "Why did you leave?", whyWords: "In your own words, if you like", thanks: "Thank you. We passed it on to the sender.",
		why: map[string]string{
			"too_many": "Too many emails", "not_relevant": "No longer interesting", "never_signed_up": "I never signed up", "other": "Something else",
		},
		day:    "January 2, 2006",
		months: [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	},
	ownData: ownDataWords{
		title: "Your data", text: "We send your data, or a link to erase it, to your email address: this page can also be opened by anyone the email was forwarded to.",
		data: "Email me my data", erase: "Erase my data",
		mailed:      "An email is on its way to your address. It is sent once a day at most.",
		unreachable: "Emails to your address do not arrive or may not be sent. Please write to the sender, who can answer you.",
		notMailed:   "The email could not be sent. Try again later, or write to the sender.",
		dataEmail: preference.Email{
			Subject: "Your data",
			Text: "Hello,\n\nyou asked for the data that is kept about you. It is attached as data.json: your address, name, language and other details, " +
				"your subscriptions and consents, and the emails you were sent.\n\nIf you did not ask for it, there is nothing to do: nobody but you got it.",
		},
		eraseEmail: preference.Email{
			Subject: "Erase your data",
			Text: "Hello,\n\nyou asked to have the data erased that is kept about you. Open the link to confirm:\n\n[Erase my data]({{ data.link }})\n\n" +
				"The link works for seven days. If you did not ask for it, there is nothing to do: nothing is erased unless you confirm.",
		},
		askTitle: "Erase your data?",
		ask:      "Your name, address and other details will be erased for good, and you will get no more emails from %s.",
		do:       "Erase my data", erasedTitle: "Your data is erased", erasedNow: "Nothing is kept about you any more, and you will get no emails from %s.",
	},
	view: viewWords{
		notFound: viewNotice{"en", "There is no email here", "The link is incomplete, or the email has been deleted. Check that the whole address was copied."},
		preview:  viewNotice{"en", "This is a test email", "In the real email this link opens it in the browser."},
		failed:   viewNotice{"en", "The email could not be opened", "This is our fault. Try again in a few minutes."},
	},
	archive: archiveWords{
		title: "Archive", text: "Emails that were sent.", none: "There is nothing here yet.",
		newer: "Newer", older: "Older", feed: "Feed (Atom)",
	},
	errors: errorWords{
		byStatus: map[int]errorText{
			http.StatusForbidden:             {"You can't open this page", "It does not open this way. Use the address that you were given."},
			http.StatusNotFound:              {"Page not found", "There is nothing at this address. Check that it was copied completely."},
			http.StatusRequestEntityTooLarge: {"The request is too large", "At most 64 KB can be sent. Shorten what you have entered and try again."},
			http.StatusTooManyRequests:       {"Too many requests", "Please wait a minute and try again."},
			http.StatusInternalServerError:   {"Something went wrong", "This is our fault. Please try again in a few minutes."},
		},
		other: errorText{"The request was not accepted", "Something is wrong with it. Open the page again and try once more."},
		home:  "Go to the home page",
	},
}
