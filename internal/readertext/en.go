package readertext

var _ = add(Text{
	Code: "en", Name: "English", Quotes: [2]string{"“", "”"},
	Layout: "January 2, 2006",
	Months: [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},

	OptOut: OptOut{
		Ask:         Notice{"Unsubscribe?", "These emails go to %s. They are from %s."},
		Unsubscribe: "Unsubscribe",
		ThisList:    "Unsubscribe from ",
		Everything:  "Unsubscribe from all emails of this sender",
		Stopped:     Notice{"You are unsubscribed", "%s will get no more emails from %s."},
		Left:        Notice{"You have left the list", "%s will get no more emails of %s."},
		LeftMore:    "Other emails of this sender may still arrive.",
		Restored:    Notice{"You are subscribed again", "%s will get emails from %s again."},
		Undo:        "Undo, subscribe me again",
		OneList:     "this list",
		AnySender:   "this sender",
		Test:        Notice{"This is a test email", "In the real email this link lets the recipient unsubscribe. Nothing has changed now."},
		Lost: Notice{
			"This link does not work",
			"It may be incomplete, or the email is very old. Open the link in the email itself, or reply to the email and ask to be removed.",
		},
		Broken: Notice{"Something went wrong", "There was an error on the server, and nothing has changed. Please try again in a few minutes."},
	},

	Preferences: Preferences{
		Title: "Your preferences", Lists: "Mailings", HiddenList: "A private mailing", ThisHiddenList: "The mailing this email belongs to",
		Name: "Name", Language: "Language of these pages", BrowserLanguage: "Same as the browser", Save: "Save", Saved: "Saved",
		NameProblem: "That name cannot be saved: use one line of at most 200 characters.",
		TooOften:    "You have changed your subscription too often today. You can always unsubscribe; try the rest tomorrow.",
		Pause:       Notice{"Take a break", "Emails stop for a while, and start again by themselves."},
		Pause30:     "For 30 days", Pause90: "For 90 days",
		Paused: Notice{"Emails are paused", "%s will get nothing until %s."}, Resume: "Get emails again", Resumed: "You will get emails again",
		WhyTitle: "Why did you leave?", WhyWords: "In your own words, if you like", Thanks: "Thank you. We passed it on to the sender.",
		Why: map[string]string{
			"too_many": "Too many emails", "not_relevant": "No longer interesting", "never_signed_up": "I never signed up", "other": "Something else",
		},
	},

	OwnData: OwnData{
		Head: Notice{
			"Your data",
			"We send your data, or a link to erase it, to your email address: this page can also be opened by anyone the email was forwarded to.",
		},
		Data: "Email me my data", Erase: "Erase my data",
		Mailed:      "An email is on its way to your address. It is sent once a day at most.",
		Unreachable: "Emails to your address do not arrive or may not be sent. Please write to the sender, who can answer you.",
		NotMailed:   "The email could not be sent. Try again later, or write to the sender.",
		DataEmail: Email{
			"Your data",
			"Hello,\n\nyou asked for the data that is kept about you. It is attached as data.json: your address, name, language and other details, " +
				"your subscriptions and consents, and the emails you were sent.\n\nIf you did not ask for it, there is nothing to do: nobody but you got it.",
		},
		EraseEmail: Email{
			"Erase your data",
			"Hello,\n\nyou asked to have the data erased that is kept about you. Open the link to confirm:\n\n[Erase my data]({{ data.link }})\n\n" +
				"The link works for seven days. If you did not ask for it, there is nothing to do: nothing is erased unless you confirm.",
		},
		Ask:    Notice{"Erase your data?", "Your name, address and other details will be erased for good, and you will get no more emails from %s."},
		Do:     "Erase my data",
		Erased: Notice{"Your data is erased", "Nothing is kept about you any more, and you will get no emails from %s."},
	},

	View: View{
		NotFound: Notice{"There is no email here", "The link is incomplete, or the email has been deleted. Check that the whole address was copied."},
		Test:     Notice{"This is a test email", "In the real email this link opens it in the browser."},
		Broken:   Notice{"The email could not be opened", "This is our fault. Try again in a few minutes."},
	},

	Archive: Archive{
		Title: "Archive", Text: "Emails that were sent.", None: "There is nothing here yet.",
		Newer: "Newer", Older: "Older", Feed: "Feed (Atom)",
	},

	Errors: Errors{
		Forbidden: Notice{"You can't open this page", "It does not open this way. Use the address that you were given."},
		NotFound:  Notice{"Page not found", "There is nothing at this address. Check that it was copied completely."},
		TooLarge:  Notice{"The request is too large", "At most %d KB can be sent. Shorten what you have entered and try again."},
		TooMany:   Notice{"Too many requests", "Please wait a minute and try again."},
		Broken:    Notice{"Something went wrong", "This is our fault. Please try again in a few minutes."},
		Other:     Notice{"The request was not accepted", "Something is wrong with it. Open the page again and try once more."},
		Home:      "Go to the home page",
	},

	Form: Form{
		Email: "Email", Name: "Name", Trap: "Leave this empty", Subscribe: "Subscribe",
		None:     "There is no such form, or it is switched off.",
		Mistakes: "Please check the marked fields.", Unknown: "The form has no field “%s”.",
		Press:    Notice{"One more step", "Press the button to send the form. It shows us that you are a person."},
		TooSoon:  "That was very fast. Please press the button once more.",
		Sent:     Notice{"Check your inbox", "We have sent you an email. Open the link in it to confirm your subscription."},
		SentMore: "Nothing there in a few minutes? Look in the spam folder. We send one such email a day.", Back: "Back to the site",
		Problems: map[string]string{
			"required": "Please fill this in.", "invalid_email": "Not a valid email address.",
			"too_long":       "At most %d characters, and %d for a name.",
			"no_line_breaks": "Please use one line.", "no_html": "A name has no links and no < or >.", "invalid_date": "Not a valid date.",
			"invalid_choice": "Please choose one of the list.", "invalid_value": "Must be a text, or true or false.",
			"unknown_field": "The form has no such field.", "no_consent": "Without your consent we cannot subscribe you.",
			"invalid_body":   "The form could not be read. Please fill it in again.",
			"proof_required": "Solve the challenge of this form first: GET the address of the form with /challenge at its end.",
			"too_many":       "Too many sign-ups at the moment. Please try again in an hour.",
			"unavailable":    "We cannot send the email right now. Please try again later.",
		},
		Widget: Widget{
			Label: "I am a person", Verifying: "Checking that you are a person…", Verified: "Checked", Expired: "Please press the button again.",
			Error: "The check did not work.", Loading: "Loading…",
		},
	},

	Confirmation: Confirmation{
		Ask: Notice{"Confirm your subscription", "Emails will go to %s."},
		Do:  "Confirm", List: "Mailing", Yes: "yes", No: "no",
		Done: Notice{"You are subscribed", "Emails will go to %s. Each of them has a link to unsubscribe."}, Onward: "Continue to the site",
		Left:    Notice{"No emails any more", "This link was used, but %s gets no emails any more. To get them again, fill in the form once more."},
		Lost:    Notice{"This link does not work", "It may be incomplete. Open the link in the email itself."},
		Expired: Notice{"This link has expired", "It worked for 30 days, and nothing was changed. Please fill in the form again."},
		Email: ConfirmationEmail{
			Subject: "Confirm your subscription", SubjectFrom: "Confirm your subscription: %s",
			Text:   "Please confirm that you want to get our emails.",
			Button: "Confirm subscription", Copied: "If the button does not work, open this address:",
			Ignore: "The link works for 30 days. If you did not sign up, do nothing: you will get no emails.",
		},
	},

	Footer: Footer{Before: "Don’t want these e-mails?", Link: "Unsubscribe", Plain: "Unsubscribe: "},
})
