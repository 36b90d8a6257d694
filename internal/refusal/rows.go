package refusal

// rows is the table: the first row that fits decides. Where a system's words are exact they come before its codes, because
// 5.0.0, 5.7.1 and 554 are sent with everything. Words about the sender come first: they contain the same words as those
// about the recipient ("Sender verify failed: no such user").
var rows = []row{
	{
		class: Block, words: aboutSender,
		why: "the sender's address or domain was refused",
	},
	{
		class: Block, status: []string{"x.1.7", "x.1.8"},
		why: "the sender's address or domain is wrong (RFC 3463 § 3.2)",
	},
	{
		class: Block, words: []string{"groups.google.com"},
		why: "a group of Google's that may not exist, or takes emails of its members only",
	},
	{
		class: Soft, words: tooFast,
		why: "the mailbox gets too many emails at the moment",
	},
	{
		class: Soft, words: tooLong,
		why: "the email is longer than the system takes: another one may be shorter",
	},
	{
		class: Block, words: toMailFrom, but: []string{"storage", "space"},
		why: "the sender was refused, before the recipient was named",
	},
	{
		class: Hard, words: unknownUser,
		why: "the system says that it has no such mailbox",
	},
	{
		class: Block, words: blockedClient, but: []string{"too many messages on", "too many messages in"},
		why: "the reputation, name or authentication of the sending system was refused",
	},
	{
		class: Soft, words: loops,
		why: "two systems send the email to each other: their settings may be corrected",
	},
	{
		class: Soft, words: forNow, status: []string{"4.x.x"},
		why: "the system says that a later try may succeed",
	},
	{
		class: Hard, words: unknownDomain, but: notSure,
		why: "the domain of the address does not exist, or has no mail server",
	},
	{
		class: Soft, words: full,
		why: "the mailbox or the disk is full: it may be emptied",
	},
	{
		class: Soft, words: suspended,
		why: "the mailbox is suspended for a time: its owner may have it opened again",
	},
	{
		class: Hard, words: noMail, but: []string{"connection", "session"},
		why: "the address or its domain takes no email, or not any more",
	},
	{
		class: Hard, words: moved,
		why: "the recipient has moved to another address",
	},
	{
		class: Hard, words: probablyUser,
		why: "the system most likely says that it has no such mailbox",
	},
	{
		class: Soft, words: expired,
		why: "no answer until the time for delivery was over",
	},
	{
		class: Block, words: policy,
		why: "the content, or a rule of the system or the recipient",
	},

	// Codes of RFC 3463 and of the IANA registry (RFC 5248).
	{
		class: Soft, status: []string{"x.4.7", "x.4.1", "x.4.2", "x.4.6", "5.4.316"},
		why: "no answer until the time for delivery was over, or a loop (RFC 3463 § 3.5)",
	},
	{
		class: Hard, status: []string{"5.1.1", "5.1.3", "5.1.10", "5.1.351"},
		why: "the mailbox does not exist, or cannot by its name (RFC 3463 § 3.2, RFC 7505)",
	},
	{
		class: Hard, status: []string{"5.1.2", "5.4.4", "5.4.310"},
		why: "the domain does not exist, or has no way to it (RFC 3463 § 3.2, § 3.5)",
	},
	{
		class: Hard, status: []string{"5.1.6", "5.7.17", "5.7.18"},
		why: "the recipient has moved, or the address has another owner (RFC 3463 § 3.2, RFC 7293)",
	},
	{
		class: Hard, status: []string{"5.1.0"}, codes: []int{550, 551, 553},
		why: "the address is wrong, and it is not said how (RFC 3463 § 3.2)",
	},
	{
		class: Hard, status: []string{"5.2.1", "5.7.13", "5.3.2"}, but: []string{"reject", "denied", "refuse"},
		why: "the mailbox is disabled, or its system takes no email (RFC 3463 § 3.3, RFC 5248 § 2.4)",
	},
	{
		class: Soft, status: []string{"x.2.x", "x.3.x"},
		why: "the mailbox or its system cannot take this email now (RFC 3463 § 3.3, § 3.4)",
	},
	{
		class: Block, status: []string{"x.7.x", "x.6.x"},
		why: "policy, authentication or content (RFC 3463 § 3.7, § 3.8)",
	},
	{
		class: Soft, status: []string{"4.x.x"},
		why: "a later try may succeed (RFC 3463 § 2)",
	},

	{
		class: Hard, words: maybeUser, codes: []int{550, 551, 553},
		why: "the address was refused, and nothing speaks for another reason",
	},

	// Reply codes of RFC 5321 § 4.2.
	{
		class: Soft, codes: []int{552, 452, 422},
		why: "no room for the email (RFC 5321 § 4.2.2)",
	},
	{
		class: Block, codes: []int{530, 535, 538},
		why: "authentication or encryption is wanted (RFC 4954 § 6)",
	},
	{
		class: Hard, codes: []int{556, 521},
		why: "the domain takes no email (RFC 7504)",
	},
	{
		class: Soft, codes: []int{4},
		why: "a later try may succeed (RFC 5321 § 4.2.1)",
	},

	// Words that say little, if nothing else does.
	{
		class: Soft, words: notNow,
		why: "a system on the way did not work or did not answer",
	},
}
