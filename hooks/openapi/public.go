package openapi

import "gonets/hooks/incoming"

var linkToken = Errors{404: nil}

// publicRoutes are those that recipients and mail providers call.
var publicRoutes = []Route{
	{
		Method: get, Path: "/u/{token}", ID: "unsubscribePage", Summary: "The page of the unsubscribe link; it changes nothing", For: Guests,
		Query: []Param{text("restored", "The page says that the subscription was restored")}, Answers: Answers{200: page}, Errors: linkToken,
	},
	{
		Method: post, Path: "/u/{token}", ID: "unsubscribe", Summary: "Unsubscribes: one click, as in RFC 8058, or the form of the page", For: Guests,
		Answers: Answers{200: Files{"text/html", "text/plain"}, 303: nil}, Errors: linkToken,
	},
	{
		Method: get, Path: "/v/{token}", ID: "viewInBrowser", Summary: "The mail in the browser, as its recipient got it", For: Guests,
		Answers: Answers{200: page}, Errors: linkToken.with(Errors{503: nil}),
	},
	{
		Method: post, Path: "/hooks/{provider}/{key}", ID: "reportBounces", Summary: "Takes bounces and complaints that a mail provider reports", For: Guests,
		Answers: Answers{200: incoming.Reports{Reports: 3}, 204: nil}, Errors: Errors{401: nil, 404: nil, 413: nil, 503: nil},
	},
}
