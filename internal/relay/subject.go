package relay

import (
	"regexp"
	"strings"

	"gonets/internal/excerpt"
)

// Subject is what a refusal concerns.
type Subject string

const (
	// SubjectMail: this recipient or this mail. Other mails may be accepted.
	SubjectMail Subject = "mail"
	// SubjectServer: the mail server, which accepts no mail from us at the moment.
	SubjectServer Subject = "server"
	// SubjectTLS: the connection, which has to be encrypted first.
	SubjectTLS Subject = "tls"
	// SubjectLogin: our account, or that the server requires one.
	SubjectLogin Subject = "login"
	// SubjectSender: the sender's address, from which the server accepts no mail.
	SubjectSender Subject = "sender"
)

// Subject says what a refusal concerns.
//
// A reply to MAIL cannot concern the recipient: it concerns the sender (RFC 5321 § 3.3), a missing login or encryption
// (RFC 4954 § 6, RFC 3207 § 4) or the size (RFC 1870 § 6.1). A later reply concerns the recipient or the mail, unless
// its code or its words say otherwise: servers that delay every refusal until RCPT, as Postfix does, refuse the sender
// and the client there.
func (a Answer) Subject() Subject {
	if a.Success() || a.Open() {
		return SubjectMail
	}
	_, detail, _ := strings.Cut(a.Enhanced, ".")
	switch {
	case a.Code == 530 || a.Code == 535 || a.Code == 538, a.Code == 454 && a.Stage == StageMail: // RFC 4954 § 6
		return a.credential()
	case detail == "7.8", detail == "7.9", detail == "7.10", detail == "7.11", detail == "7.12": // RFC 4954 § 6, RFC 5248 § 2.4
		return a.credential()
	case detail == "1.7", detail == "1.8": // RFC 3463 § 3.2
		return SubjectSender
	case detail == "4.5": // the mail system is congested (RFC 3463 § 3.5): of an account's daily limit, usually
		return SubjectServer
	case a.Stage != StageMail:
		return a.subjectOfText()
	case a.Code == 552, detail == "2.3", detail == "3.4", strings.HasPrefix(detail, "6."):
		return SubjectMail // its size or its characters, which MAIL declares (RFC 1870, RFC 6531)
	case detail == "7.13", detail == "7.14": // the user's account is disabled; there is no trust
		return SubjectLogin
	case a.temporary(), a.Code/10 == 50: // 500…504: it does not understand us
		return SubjectServer
	}
	return SubjectSender
}

// credential distinguishes a missing encryption from a missing login: both are 530 5.7.0.
func (a Answer) credential() Subject {
	text := strings.ToUpper(a.Text)
	switch {
	case a.Code == 538, strings.HasSuffix(a.Enhanced, ".7.10"), strings.HasSuffix(a.Enhanced, ".7.11"),
		strings.Contains(text, "TLS"), strings.Contains(text, "ENCRYPT"):
		return SubjectTLS
	}
	return SubjectLogin
}

// subjectOfText finds in its words what a refusal after MAIL concerns. Its code is not enough: X.7.1 may be a policy of
// this recipient, or mean that our address or our host may not send here. Temporary refusals are examined too: Postfix
// answers 454 4.7.1 Relay access denied until its settings are changed. A refusal that says itself that waiting helps,
// such as greylisting, concerns the mail.
func (a Answer) subjectOfText() Subject {
	if a.temporary() && waitingHelps.MatchString(a.Text) {
		return SubjectMail
	}
	text := excerpt.OneLine(someAddress.ReplaceAllString(a.Text, " "))
	switch {
	case strings.Contains(strings.ToLower(text), "sender address rejected:"):
		return SubjectSender // Postfix; what follows may name a user or a table of recipients
	case ofOurAddress.MatchString(text):
		return SubjectSender
	case ofRecipient.MatchString(text):
		return SubjectMail
	case a.NamesSender && strings.HasSuffix(a.Enhanced, ".1.0"): // an address is wrong, and it is ours
		return SubjectSender
	case relayDenied.MatchString(text), senderRefused.MatchString(text):
		return SubjectSender
	case loginWanted.MatchString(text):
		return a.credential()
	case clientRefused.MatchString(text):
		return SubjectServer
	}
	return SubjectMail
}

// What servers say, in the words of Postfix, Exim, OpenSMTPD, Sendmail, qmail, Exchange and the larger providers.
var (
	// someAddress is an address or a host in angle brackets, or an address: their parts are not words.
	someAddress = regexp.MustCompile(`<[^<>\s]*>|[^\s<>"'(),;:]+@[^\s<>"'(),;:]+`)

	// waitingHelps: "Greylisted", "Please try again later", "Too many messages".
	waitingHelps = regexp.MustCompile(`(?i)\bgr[ae]y-?list|\b(again|later|wait|retry|seconds|minutes|temporar(y|il?y)|too (many|much|fast)|rate|limit(ed)?|throttl\w+|busy|load|unavailable|timed? ?out)\b`)

	// ofOurAddress: "Your account is not allowed to send from this address", "User is not allowed to use address". It
	// is checked before ofRecipient, which matches an account or a user too.
	ofOurAddress = regexp.MustCompile(`(?i)\bsend(ing)? (mail |messages? |e-?mails? )?from (this|that|the|your) (e-?mail |sender )?(address|domain)\b|` +
		`\bnot (allowed|permitted|authori[sz]ed) to use (this |that |the )?(e-?mail |sender )?address\b`)

	// ofRecipient matches refusals because of one recipient: it is not reachable from outside, accepts mail from some
	// senders only, or has blocked the sender itself.
	ofRecipient = regexp.MustCompile(`(?i)\brecipient (address )?(rejected|refused|unknown|not)|\bresolver\.rst|\brestricted|` +
		`\b(group|distribution list|mailing list|list members?)\b|\b(user|recipient|mailbox|account)('s|s')? (has|does|is|own|personal|black|block|deny|policy|settings|rules)|` +
		`\bby (the |this )(recipient|user|mailbox|addressee)\b|\bby recipient\b|\bsend(ing)? (mail |messages? |e-?mails? )?to (this|the|that) (recipient|address|user|mailbox|person)|\bspam(my|mer|ming)?\b|\bvirus`)

	// relayDenied: "Relay access denied", "Relaying denied. Proper authentication required.", "relay not permitted",
	// "Unable to relay recipient in non-accepted domain", "We do not relay", "that domain isn't in my list of allowed
	// rcpthosts", "Sender is not allowed to relay emails", "Invalid credentials for relay".
	relayDenied = regexp.MustCompile(`(?i)\brelay(ing)?( access| of mail| mail| e-?mails?| through this server| to (this|that|the) \w+)?( is| was)?( currently)? ` +
		`(denied|not (permitted|allowed|authori[sz]ed|supported)|disallowed|prohibited|refused|forbidden|rejected|disabled)|` +
		`\b(unable|not (permitted|allowed|authori[sz]ed)|cannot|can't|won't|(do|does|will) not|don't|doesn't|refus\w+|may not|credentials for|not?) (to )?relay(ing)?\b|` +
		`\brcpthosts\b|\bopen relay (is )?(not|denied)`)

	// senderRefused: "Sender address rejected: not owned by user", "sender rejected", "Sender verify failed", "not local
	// sender over smtp", "Client does not have permissions to send as this sender", "SendAsDenied", "The from address
	// does not match a verified Sender Identity", "envelope sender is in my badmailfrom list", "bad outbound sender",
	// "From address is not one of your addresses", "mail from must equal authorized user", "sender does not own this
	// address", "your domain is not allowed to send mail".
	senderRefused = regexp.MustCompile(`(?i)\b(sender('s)?|(mail |envelope )?from|return)( e-?mail)? (address|domain)?[ :]*(was |is |has been |must )?` +
		`(rejected|refused|denied|access denied|not (a )?(owned|allowed|authori[sz]ed|permitted|verified|accepted|valid|one of|local|hosted|match)|unauthori[sz]ed|unknown|invalid|verify failed|verification failed|blacklisted|blocked|exist)\b|` +
		`\b(sender|from address|return path)\b.{0,20}\b(does not|doesn't|do not) (match|exist|belong|own|resolve)|\bmail from( address)? must\b|\bnot (the )?owner of\b|` +
		`\bnot (authori[sz]ed|allowed|permitted) to send( mail| messages?| e-?mails?)?[.!]?$|\b(not|isn't) (owned by|authori[sz]ed to use)\b|` +
		`\b(unauthori[sz]ed|invalid|unknown|bad|bad outbound|not local|unverified) sender\b|\bsend(ing)? as\b|\bsendasdenied\b|\bbadmailfrom\b|` +
		`\bsender in .{0,20}\blist\b|\bsender is in\b|\bverified sender\b|\bemail address is not verified\b|\bnot (authori[sz]ed|allowed|permitted) to (send|use) (mail |messages? |e-?mails? )?(from|as|this (sender|from))\b`)

	// loginWanted: "SMTP authentication is required", "Please turn on SMTP Authentication in your mail client".
	loginWanted = regexp.MustCompile(`(?i)\b(smtp auth\w*|authentication|authorization|login|log in) (is )?(required|needed|first)|\b(must|please|need to) (first )?(authenticate|log ?in)|` +
		`\bturn on smtp auth|\bnot authenticated\b|\bbe authenticated to (relay|send)\b|\bclient does not have permissions to submit\b|\bauthenticate (first|yourself)|\bauth(entication)? first\b`)

	// clientRefused: "Client host rejected: Access denied", "Helo command rejected: need fully-qualified hostname",
	// "Service unavailable; Client host blocked using zen.spamhaus.org", "Access denied, banned sending IP", "Access from
	// ip address blocked", "Your IP is blacklisted".
	clientRefused = regexp.MustCompile(`(?i)\b(client host|client|helo command|helo|ehlo)( \S+)? (rejected|blocked|refused|denied)\b|\baccess denied\b.{0,20}\bhelo\b|\btraffic not accepted from this ip\b|\bbanned sending ip\b|` +
		`\b(your|client|sending|access from) (ip|host)( address)?( \S+)?( is| was| has been)? (blocked|banned|blacklisted|denied|rejected|refused)\b`)
)
