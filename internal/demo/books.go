package demo

import "time"

// bookshop is Olivia's: English books in Berlin.
func bookshop() *shop {
	return &shop{
		owner: olivia.Email, language: "en", zone: "Europe/Berlin", prefix: "br", seed: 1812,
		names:    english,
		fromName: "Brandt Books", fromEmail: "hello@brandt.example", replyTo: "olivia@brandt.example",
		senderName: "Brandt Books", returnPath: "bounces@brandt.example",
		colour: "#1f6f54", postalAddress: "12 Lindenstrasse, 10969 Berlin", site: "https://brandt.example",

		clients: 348, age: 365 * 24 * time.Hour,
		attributes: bookAttributes,
		comments: []string{
			"Collects first editions", "Runs the Thursday reading group", "Always pays by invoice",
			"Asked for large print", "Teacher, orders class sets in August", "Reviews for the local paper",
		},
		guests: []guest{
			{"Tom Moved", "bounce.tom@postbox.example", 190},
			{"Rosalind Gone", "rosalind.nosuch@mailhub.example", 25},
			{"The Old Reading Room", "desk@nosuch.example", 12},
			{"Walter Fuller", "w.fuller@letterbox.example", 140},
			{"Jane Grey", "jane.grey@campus.example", 82},
			{"School Office", "policy.office@harbour.example", 70},
			{"Ada Maybe", "ada.uncertain@postbox.example", 33},
			{"Owen Retired", "owen.former@harbour.example", 110},
			{"Wilma Hoard", "wilma.quota@campus.example", 160},
			{"Front Office", "filter.office@studio-nord.example", 66},
			{"Ruth Cross", "ruth.angry@postbox.example", 14},
			// These were added after the last mailing: the draft is their first e-mail.
			{"Max Typo", "bounce.max@postbox.example", 0},
			{"Edith Grey", "edith.grey@mailhub.example", 0},
			{"Nick Fullerton", "nick.fullerton@campus.example", 0},
			{"Una Clear", "una.uncertain@letterbox.example", 0},
			{"Flora Former", "flora.former@postbox.example", 0},
			{"Quentin Stack", "quentin.quota@mailhub.example", 0},
			{"The Reception", "filter.reception@harbour.example", 0},
			{"Ivor Temper", "ivor.angry@letterbox.example", 0},
		},
		lists: []list{
			{key: "readers", name: "Readers", description: "Everybody who left an address at the till or on the site", public: true, share: often(0.8)},
			{key: "patrons", name: "Patrons", description: "Card holders with more than six orders", share: whose("card", 0.95, "patron")},
			{key: "events", name: "Events", description: "Readings, signings and the Thursday group", public: true, doubleOptIn: true, share: often(0.36)},
		},
		filters: []savedFilter{
			{"Berlin readers", `attributes.city = "Berlin"`},
			{"Crime and poetry", `attributes.genre = "crime" || attributes.genre = "poetry"`},
			{"Ordered five times or more", `attributes.orders >= 5`},
		},
		stops: []stop{
			{"address", "press@weekly.example", "Has an address of its own for review copies", 120},
			{"domain", "bigbooks.example", "Another bookseller", 200},
		},
		past: []past{
			{name: "Ten books for a long weekend", message: "weekend", list: "readers", days: 27, hour: 9, minute: 30, unsubscribes: 3},
			{name: "An evening with Lena Hartmann", message: "evening", list: "events", days: 21, hour: 17, minute: 0, unsubscribes: 1},
			{name: "Patrons first: signed copies", message: "signed", list: "patrons", days: 16, hour: 10, minute: 0},
			{name: "Notes from the shop", message: "notes", days: 11, hour: 8, minute: 45, unsubscribes: 2},
			{name: "Moving house: wrong date", message: "hours", list: "readers", days: 6, hour: 15, minute: 10, end: cancelled},
			{name: "Moving house", message: "hours", list: "readers", days: 5, hour: 9, minute: 0, unsubscribes: 1},
		},
		form: form{
			list: "readers", name: "On the website", days: 45,
			title: "Letters from the bookshop", text: "New books, readings, and what we liked. **Twice a month at most.**",
			consent: "I agree to get e-mails from the bookshop. I can unsubscribe at any time.",
			fields:  `[{"name":"full_name","label":"Your name","type":"text"},{"name":"genre","label":"What do you like to read?","type":"choice","choices":["novels","crime","poetry","history","science","children's books"]}]`,
		},
		planned: []plan{
			{name: "Thursday group: what we read next", message: "evening", list: "events", days: 6, hour: 10},
			{name: "A short question", message: "question", list: "readers"},
		},
	}
}

func bookAttributes(c *crowd) map[string]any {
	a := map[string]any{
		"orders": int(c.ExpFloat64() * 3.5),
		"genre":  pick(c, []string{"novels", "novels", "novels", "crime", "poetry", "history", "science", "children's books"}),
	}
	switch orders := a["orders"].(int); {
	case orders > 6:
		a["card"] = "patron"
	case orders > 1:
		a["card"] = "reader"
	}
	if c.IntN(10) > 0 {
		a["city"] = c.weighted(c.shop.names.cities)
	}
	if date, ok := c.birthday(); ok {
		a["birthday"] = date
	}
	return a
}
