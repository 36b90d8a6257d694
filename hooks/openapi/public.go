package openapi

import "gonets/hooks/incoming"

var linkToken = Errors{404: nil}

// publicRoutes are those that recipients and mail providers call.
var publicRoutes = []Route{
	{
		Method: get, Path: "/u/{token}", ID: "unsubscribePage", Summary: "The reader's page behind the unsubscribe link; it changes nothing", For: guests,
		Query: []Param{
			text("restored", "The page says that the subscription was restored"), text("saved", "The page says that the choices were saved"),
			text("resumed", "The page says that the pause was ended"), text("told", "The page thanks for the reason"),
			text("mailed", "The page says that an e-mail was sent"),
		},
		Answers: Answers{200: page}, Errors: linkToken,
	},
	{
		Method: post, Path: "/u/{token}", ID: "unsubscribe", Summary: "Unsubscribes: one click, as in RFC 8058, or a form of the page", For: guests,
		Answers: Answers{200: files{"text/html", "text/plain"}, 303: nil}, Errors: linkToken.with(Errors{400: nil, 429: nil}),
	},
	{
		Method: post, Path: "/u/{token}/mail", ID: "mailOwnData", Summary: "Mails the reader's data, or a link to erase them, to the reader's address (the page's form)", For: guests,
		Answers: Answers{303: nil}, Errors: linkToken.with(Errors{409: nil, 503: nil}),
	},
	{
		Method: get, Path: "/u/{token}/erase", ID: "erasePage", Summary: "The page behind the link to erase one's data; it changes nothing", For: guests,
		Answers: Answers{200: page}, Errors: linkToken,
	},
	{
		Method: post, Path: "/u/{token}/erase", ID: "eraseOwnData", Summary: "Erases the data of the reader (the page's form)", For: guests,
		Answers: Answers{200: page, 303: nil}, Errors: linkToken,
	},
	{
		Method: get, Path: "/v/{token}", ID: "viewInBrowser", Summary: "The mail in the browser, as its recipient got it", For: guests,
		Answers: Answers{200: page}, Errors: linkToken.with(Errors{503: nil}),
	},
	{
		Method: get, Path: "/a/{slug}", ID: "archive", Summary: "The archive of an owner: the mailings that everybody may read", For: guests, Revalidated: true,
		Query:   []Param{number("page", "20 mailings on each, from 1")},
		Answers: Answers{200: page}, Errors: linkToken,
	},
	{
		Method: get, Path: "/a/{slug}/feed.xml", ID: "archiveFeed", Summary: "The newest mailings of an archive, as an Atom feed", For: guests, Revalidated: true,
		Answers: Answers{200: file("application/atom+xml")}, Errors: linkToken.with(Errors{503: nil}),
	},
	{
		Method: get, Path: "/a/{slug}/{mailing}", ID: "archivedMailing", Summary: "A mailing of an archive, rendered for nobody", For: guests, Revalidated: true,
		Answers: Answers{200: page}, Errors: linkToken.with(Errors{503: nil}),
	},
	{
		Method: post, Path: "/hooks/{provider}/{key}", ID: "reportBounces", Summary: "Takes bounces and complaints that a mail provider reports", For: guests,
		Answers: Answers{200: incoming.Reports{Reports: 3}, 204: nil}, Errors: Errors{401: nil, 404: nil, 413: nil, 503: nil},
	},
}
