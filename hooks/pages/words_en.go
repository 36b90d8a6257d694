package pages

import "net/http"

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
	view: viewWords{
		notFound: viewNotice{"en", "There is no email here", "The link is incomplete, or the email has been deleted. Check that the whole address was copied."},
		preview:  viewNotice{"en", "This is a test email", "In the real email this link opens it in the browser."},
		failed:   viewNotice{"en", "The email could not be opened", "This is our fault. Try again in a few minutes."},
	},
	errors: errorWords{
		byStatus: map[int]errorText{
			http.StatusForbidden:           {"You can't open this page", "It does not open this way. Use the address that you were given."},
			http.StatusNotFound:            {"Page not found", "There is nothing at this address. Check that it was copied completely."},
			http.StatusTooManyRequests:     {"Too many requests", "Please wait a minute and try again."},
			http.StatusInternalServerError: {"Something went wrong", "This is our fault. Please try again in a few minutes."},
		},
		other: errorText{"The request was not accepted", "Something is wrong with it. Open the page again and try once more."},
		home:  "Go to the home page",
	},
}
