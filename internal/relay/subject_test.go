package relay

import "testing"

func TestARefusalSpeaksOfSomebody(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		said Answer
		want Subject
	}{
		{"a login is wanted, RFC 4954", Answer{Stage: StageMail, Code: 530, Enhanced: "5.7.0", Text: "Authentication required"}, SubjectLogin},
		{"STARTTLS is wanted, RFC 3207", Answer{Stage: StageMail, Code: 530, Enhanced: "5.7.0", Text: "Must issue a STARTTLS command first"}, SubjectTLS},
		{"a login is wanted, without enhanced code", Answer{Stage: StageMail, Code: 530, Text: "log in first"}, SubjectLogin},
		{"a login is wanted, said to RCPT", Answer{Stage: StageRcpt, Code: 530, Enhanced: "5.7.0", Text: "Authentication required"}, SubjectLogin},
		{"the login is not valid any more", Answer{Stage: StageMail, Code: 535, Enhanced: "5.7.8", Text: "Authentication credentials invalid"}, SubjectLogin},
		{"the login is not valid, by the enhanced code", Answer{Stage: StageMail, Code: 550, Enhanced: "5.7.8", Text: "no"}, SubjectLogin},
		{"encryption is required", Answer{Stage: StageMail, Code: 538, Enhanced: "5.7.11", Text: "required"}, SubjectTLS},
		{"encryption is needed, by the enhanced code", Answer{Stage: StageMail, Code: 554, Enhanced: "5.7.10", Text: "no"}, SubjectTLS},
		{"the login fails for now", Answer{Stage: StageMail, Code: 454, Enhanced: "4.7.0", Text: "Temporary authentication failure"}, SubjectLogin},
		{"relaying is denied for now", Answer{Stage: StageRcpt, Code: 454, Enhanced: "4.7.1", Text: "Relay access denied"}, SubjectSender},
		{"our address is refused, by its name", Answer{Stage: StageRcpt, Code: 550, Enhanced: "5.1.0", Text: "Address rejected", NamesSender: true}, SubjectSender},
		{"our mail is refused, with our name", Answer{Stage: StageRcpt, Code: 550, Enhanced: "5.7.1", Text: "go away", NamesSender: true}, SubjectMail},
		{"the account is disabled", Answer{Stage: StageMail, Code: 550, Enhanced: "5.7.13", Text: "disabled"}, SubjectLogin},
		{"the sender's address has bad syntax", Answer{Stage: StageMail, Code: 553, Enhanced: "5.1.7", Text: "bad address"}, SubjectSender},
		{"the sender's domain does not exist", Answer{Stage: StageMail, Code: 550, Enhanced: "5.1.8", Text: "no such domain"}, SubjectSender},
		{"the sender's domain does not exist, said to RCPT", Answer{Stage: StageRcpt, Code: 550, Enhanced: "5.1.8", Text: "Domain not found"}, SubjectSender},
		{"the sender's domain is not found for now, said to RCPT", Answer{Stage: StageRcpt, Code: 450, Enhanced: "4.1.8", Text: "Domain not found"}, SubjectSender},
		{"the sender is not welcome", Answer{Stage: StageMail, Code: 550, Enhanced: "5.7.0", Text: "sender rejected"}, SubjectSender},
		{"the sender is not the account's", Answer{Stage: StageMail, Code: 553, Enhanced: "5.7.1", Text: "not owned by user"}, SubjectSender},
		{"what says no user to MAIL means the sender", Answer{Stage: StageMail, Code: 550, Enhanced: "5.1.1", Text: "who are you"}, SubjectSender},
		{"nothing is said but 550", Answer{Stage: StageMail, Code: 550}, SubjectSender},
		{"the disk is full", Answer{Stage: StageMail, Code: 452, Enhanced: "4.3.1", Text: "disk full"}, SubjectServer},
		{"too many mails from us for now", Answer{Stage: StageMail, Code: 450, Enhanced: "4.7.1", Text: "too much mail"}, SubjectServer},
		{"not now, without enhanced code", Answer{Stage: StageMail, Code: 451, Text: "local error"}, SubjectServer},
		{"an option is not understood", Answer{Stage: StageMail, Code: 504, Enhanced: "5.5.4", Text: "unsupported"}, SubjectServer},
		{"the account's mails of the day are used up", Answer{Stage: StageBody, Code: 550, Enhanced: "5.4.5", Text: "Daily limit exceeded"}, SubjectServer},
		{"the mail is too long", Answer{Stage: StageMail, Code: 552, Enhanced: "5.3.4", Text: "too big"}, SubjectMail},
		{"the mail is too long, without enhanced code", Answer{Stage: StageMail, Code: 552, Text: "too big"}, SubjectMail},
		{"an address needs SMTPUTF8", Answer{Stage: StageMail, Code: 550, Enhanced: "5.6.7", Text: "not ASCII"}, SubjectMail},
		{"no such recipient", Answer{Stage: StageRcpt, Code: 550, Enhanced: "5.1.1", Text: "no such user"}, SubjectMail},
		{"greylisted", Answer{Stage: StageRcpt, Code: 450, Enhanced: "4.7.1", Text: "greylisted"}, SubjectMail},
		{"spam", Answer{Stage: StageBody, Code: 550, Enhanced: "5.7.1", Text: "spam"}, SubjectMail},
		{"DATA is refused", Answer{Stage: StageData, Code: 451, Enhanced: "4.3.5", Text: "not now"}, SubjectMail},
		{"taken", Answer{Stage: StageBody, Code: 250, Enhanced: "2.0.0", Text: "Ok"}, SubjectMail},
		{"the body is wanted", Answer{Stage: StageData, Code: 354}, SubjectMail},
	} {
		if got := c.said.Subject(); got != c.want {
			t.Errorf("%s: %s at %s speaks of the %s, want the %s", c.name, c.said, c.said.Stage, got, c.want)
		}
	}
}

// TestWhatIsSaidAfterMailSpeaksOfUsByItsWords has the refusals of servers as they word them. What speaks of one
// recipient, or of what is sent, is not taken for a refusal of us.
func TestWhatIsSaidAfterMailSpeaksOfUsByItsWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code           int
		enhanced, text string
		want           Subject
	}{
		// Postfix
		{553, "5.7.1", "<news@example.org>: Sender address rejected: not owned by user bob", SubjectSender},
		{553, "5.7.1", "<news@example.org>: Sender address rejected: not logged in", SubjectSender},
		{550, "5.1.0", "<news@example.org>: Sender address rejected: User unknown in virtual mailbox table", SubjectSender},
		{554, "5.7.1", "<news@example.org>: Sender address rejected: Access denied", SubjectSender},
		{554, "5.7.1", "<anna@example.com>: Relay access denied", SubjectSender},
		{554, "5.7.1", "<mail[203.0.113.5]>: Client host rejected: Access denied", SubjectServer},
		{504, "5.5.2", "<localhost>: Helo command rejected: need fully-qualified hostname", SubjectServer},
		{554, "5.7.1", "Service unavailable; Client host [203.0.113.5] blocked using zen.example.org", SubjectServer},
		{554, "5.7.1", "Service unavailable; Client host [203.0.113.5] blocked using zen.spamhaus.org", SubjectServer},
		{554, "5.7.1", "Service unavailable; Client host [203.0.113.5] blocked using bl.spamcop.net; Blocked - see https://www.spamcop.net/bl.shtml", SubjectServer},
		// Exim
		{550, "", "Not relaying to that domain", SubjectSender},
		{550, "", "relay not permitted", SubjectSender},
		{550, "", "Sender verify failed", SubjectSender},
		{550, "", "Verification failed for <news@example.org>\nNo Such User Here\nSender verify failed", SubjectSender},
		{550, "", "Please turn on SMTP Authentication in your mail client", SubjectLogin},
		{550, "", "host (me) [203.0.113.5] is not permitted to relay through this server without authentication.", SubjectSender},
		// Sendmail, qmail, OpenSMTPD
		{550, "5.7.1", "<anna@example.com>... Relaying denied. Proper authentication required.", SubjectSender},
		{550, "5.7.1", "<anna@example.com>... Relaying denied", SubjectSender},
		{550, "5.7.1", "relaying denied", SubjectSender},
		{553, "", "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", SubjectSender},
		{553, "", "sorry, your envelope sender is in my badmailfrom list (#5.7.1)", SubjectSender},
		{550, "", "Sender rejected", SubjectSender},
		// Exchange and Office 365
		{550, "5.7.1", "Unable to relay", SubjectSender},
		{550, "5.7.54", "SMTP; Unable to relay recipient in non-accepted domain", SubjectSender},
		{550, "5.7.64", "TenantAttribution; Relay Access Denied SMTP", SubjectSender},
		{550, "5.7.60", "SMTP; Client does not have permissions to send as this sender", SubjectSender},
		{554, "5.2.252", "SendAsDenied; bob@example.org not allowed to send as news@example.org", SubjectSender},
		{550, "5.7.1", "Client does not have permissions to submit to this server", SubjectLogin},
		{550, "5.7.606", "Access denied, banned sending IP [203.0.113.5]", SubjectServer},
		{550, "5.7.708", "Access denied, traffic not accepted from this IP", SubjectServer},
		// Gmail, Yandex, Mail.ru and others
		{550, "5.7.1", "Invalid credentials for relay [203.0.113.5]. The IP address you've registered", SubjectSender},
		{553, "5.7.1", "Sender address rejected: not owned by auth user.", SubjectSender},
		{550, "", "not local sender over smtp", SubjectSender},
		{550, "5.1.0", "sender rejected", SubjectSender},
		{550, "5.1.0", "Sender denied", SubjectSender},
		{550, "5.1.0", "Sender address is not a local user", SubjectSender},
		{550, "5.7.1", "Your account is not allowed to send from this address", SubjectSender},
		{550, "5.7.1", "User bob@example.org is not allowed to use address news@example.org", SubjectSender},
		{550, "", "Sending from this address is not permitted", SubjectSender},
		{550, "", "Access from ip address 203.0.113.5 blocked. Visit the page of the postmaster", SubjectServer},
		{550, "5.7.1", "Your IP is blacklisted", SubjectServer},
		{550, "5.1.0", "<news@example.org> sender rejected", SubjectSender},
		{553, "5.7.1", "Sender is not allowed to relay emails", SubjectSender},
		{553, "", "Relaying disallowed as news@example.org", SubjectSender},
		{550, "5.7.0", "From address is not one of your addresses.", SubjectSender},
		{550, "", "Sender address is not allowed.", SubjectSender},
		{550, "", "The from address does not match a verified Sender Identity.", SubjectSender},
		{554, "", "Message rejected: Email address is not verified.", SubjectSender},
		{550, "5.7.1", "We do not relay", SubjectSender},
		{550, "5.7.1", "SMTP authentication is required.", SubjectLogin},
		{550, "5.7.1", "Clients must be authenticated to send", SubjectLogin},
		{501, "", "mail from address must be same as authorization user", SubjectSender},
		{553, "5.7.1", "Mail from must equal authorized user", SubjectSender},
		{553, "5.7.1", "the sender does not own this address", SubjectSender},
		{553, "5.7.1", "You are not the owner of this address", SubjectSender},
		{550, "5.1.0", "your address is not allowed to send mail", SubjectSender},
		{550, "5.1.0", "Sender's domain not hosted here", SubjectSender},
		{550, "5.7.1", "Your domain is not allowed to send.", SubjectSender},
		{554, "5.7.1", "Sender access denied", SubjectSender},

		// Of us, for now. The first is what Postfix says unless it is told otherwise.
		{454, "4.7.1", "<anna@example.com>: Relay access denied", SubjectSender},
		{450, "4.7.1", "<news@example.org>: Sender address rejected: not owned by user bob", SubjectSender},
		{450, "4.7.1", "Client host rejected: cannot find your hostname, [203.0.113.5]", SubjectServer},
		{451, "4.7.1", "sender rejected", SubjectSender},

		// Of one recipient, or of the mail
		{550, "5.7.1", "spam", SubjectMail},
		{554, "5.7.1", "Message rejected as spam", SubjectMail},
		{550, "5.7.1", "Spam: sender rejected by content filter", SubjectMail},
		{554, "5.7.1", "Message rejected under suspicion of SPAM", SubjectMail},
		{550, "", "spam message rejected", SubjectMail},
		{550, "5.7.26", "This mail has been blocked because the sender is unauthenticated.", SubjectMail},
		{550, "5.7.1", "Email rejected per DMARC policy", SubjectMail},
		{550, "5.7.1", "Policy rejection on the target address", SubjectMail},
		{550, "5.7.1", "go away", SubjectMail},
		{550, "5.7.1", "Delivery not authorized, message refused", SubjectMail},
		{554, "5.7.1", "<anna@relay.example.com>: Recipient address rejected: Access denied", SubjectMail},
		{550, "5.1.1", "<anna@example.com>: Recipient address rejected: User unknown in relay recipient table", SubjectMail},
		{550, "5.7.1", "<sender@example.com>: Recipient address rejected: not owned by us", SubjectMail},
		{550, "5.7.1", "RESOLVER.RST.AuthRequired; authentication required", SubjectMail},
		{550, "5.7.133", "RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed", SubjectMail},
		{550, "5.7.1", "Your message was rejected by the recipient: sender not allowed", SubjectMail},
		{550, "5.7.1", "Sender blocked by user's settings", SubjectMail},
		{550, "5.7.1", "You are not allowed to send to this recipient", SubjectMail},
		{550, "5.7.1", "The user has blocked the sender", SubjectMail},
		{550, "5.2.1", "Mailbox disabled, not accepting messages", SubjectMail},
		{550, "5.1.0", "Address rejected", SubjectMail},
		{550, "5.1.1", "no such user", SubjectMail},
		{550, "", "Invalid recipient: <anna@example.com>", SubjectMail},
		{552, "5.2.2", "Mailbox full", SubjectMail},

		// Of one recipient, or of the mail, for now
		{450, "4.7.1", "Client host rejected: Greylisted, see https://postgrey.example.org", SubjectMail},
		{451, "4.7.1", "Sender rejected: please try again later", SubjectMail},
		{451, "4.7.1", "Your IP is blocked for 60 seconds", SubjectMail},
		{450, "4.2.0", "<anna@example.com>: Recipient address rejected: Greylisted", SubjectMail},
		{450, "4.1.1", "<anna@example.com>: Recipient address rejected: unverified address: Address verification in progress", SubjectMail},
		{452, "4.2.2", "Mailbox full", SubjectMail},
	} {
		a := Answer{Stage: StageRcpt, Code: c.code, Enhanced: c.enhanced, Text: c.text}
		if got := a.Subject(); got != c.want {
			t.Errorf("%q speaks of the %s, want the %s", a, got, c.want)
		}
	}
}
