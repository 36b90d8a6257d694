package deletion

// plan says which rows belong to the records of a collection.
type plan struct {
	// relations are the fields of other collections that the stages handle, as collection.field.
	relations []string
	stages    []stage
	// late makes the deletion check again for rows that were added later.
	late bool
}

// plans has every collection whose records can have many rows, or files. Stages with
// visible records come first; files come last, because they are not deleted in the transaction of a request.
var plans = map[string]plan{
	"users": {
		relations: []string{
			"clients.owner", "lists.owner", "subscriptions.owner", "filters.owner", "suppressions.owner",
			"messages.owner", "images.owner", "mailings.owner", "imports.owner", "brands.owner", "forms.owner", "consents.owner", "opt_out_reasons.owner", "tokens.owner", "webhooks.owner", "senders.users",
		},
		stages: []stage{
			records("mailings", deletedToo("mailings")),
			records("messages", deletedToo("messages")),
			records("images", deletedToo("images")),
			records("brands", deletedToo("brands")),
			records("forms", deletedToo("forms")),
			rows("signups", "owner", "rowid"),
			records("imports", deletedToo("imports")),
			records("lists", ""),
			records("filters", ""),
			rows("subscriptions", "owner", "rowid"),
			records("clients", ""), // a trigger takes care of their former addresses
			rows("suppressions", "owner", "rowid"),
			rows("attempts", "owner", "rowid"),
			rows("bounces", "owner", "rowid"),
			rows("consents", "owner", "rowid"),
			rows("opt_out_reasons", "owner", "rowid"),
			rows("soft_failures", "owner", "owner, email"),
			rows("tokens", "owner", "rowid"),
			calls,
			rows("transactional_flows", "owner", "owner, sender"),
			rows("transactional_keys", "owner", "owner, key"),
			rows("transactional_usage", "owner", "owner, day"),
			records("webhooks", deletedToo("webhooks")),
			usage("owner"),
			rows("trials", "user", "user, minute"),
			unlink(relation{"senders", "users"}),
			files,
		},
		late: true,
	},
	"lists": {
		relations: []string{"subscriptions.list", "mailings.lists", "imports.list", "forms.lists"},
		stages: []stage{
			rows("subscriptions", "list", "rowid"),
			unlinkOwn(relation{"mailings", "lists"}),
			unlinkOwn(relation{"imports", "list"}),
			unlinkOwn(relation{"forms", "lists"}),
		},
		late: true,
	},
	"clients": {
		relations: []string{"subscriptions.client", "mailings.recipients"},
		stages: []stage{
			rows("subscriptions", "client", "rowid"),
			unlinkOwn(relation{"mailings", "recipients"}),
		},
	},
	"messages": {
		relations: []string{"mailings.message", "forms.welcome_message"},
		stages:    []stage{unlinkOwn(relation{"mailings", "message"}), unlinkOwn(relation{"forms", "welcome_message"}), files},
	},
	"images": {stages: []stage{files}},
	"brands": {stages: []stage{files}},
	// Sign-ups stay until they expire: who has asked can still confirm.
	"forms": {stages: []stage{rows("form_days", "form", "form, day")}},
	"senders": {
		relations: []string{"mailings.sender", "forms.sender"},
		stages:    []stage{unlink(relation{"mailings", "sender"}), unlink(relation{"forms", "sender"}), usage("sender")},
	},
	// Rollups stay: statistics count deleted mailings too.
	"mailings": {
		stages: []stage{
			rows("recipients", "mailing", "rowid"),
			rows("attempts", "mailing", "rowid"),
			rows("bounces", "mailing", "rowid"),
			rows("contents", "mailing", "rowid"),
			rows("requests", "mailing", "mailing, verb, key"),
			rows("mailing_events", "mailing", "rowid"),
			files,
		},
		late: true,
	},
	"webhooks": {
		stages: []stage{rows("webhook_events", "webhook", "rowid")},
		late:   true,
	},
	"imports": {
		stages: []stage{
			rows("import_changes", "import", "import, client"),
			rows("import_subscriptions", "import", "import, subscription"),
			rows("import_suppressions", "import", "import, suppression"),
			files,
		},
	},
}
