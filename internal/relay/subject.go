package relay

import "strings"

// Subject is whom or what a refusal speaks of.
type Subject string

const (
	// SubjectMail: this recipient or what is sent to it. Other mails may fare better.
	SubjectMail Subject = "mail"
	// SubjectServer: the mail server, which takes nobody's mail at the moment.
	SubjectServer Subject = "server"
	// SubjectTLS: the connection, which has to be encrypted first.
	SubjectTLS Subject = "tls"
	// SubjectLogin: the account; or that there is none, and the server wants one.
	SubjectLogin Subject = "login"
	// SubjectSender: the sender's address, which the server does not take mail from.
	SubjectSender Subject = "sender"
)

// Subject says whom a refusal speaks of.
//
// A reply to MAIL has heard of no recipient: RFC 5321 § 3.3 gives it to the reverse path, RFC 4954 § 6 and
// RFC 3207 § 4 to a missing login or encryption, RFC 1870 § 6.1 to the size. Later replies speak of the recipient or
// the mail, unless their code can mean nothing else: servers that wait with every refusal until RCPT, as Postfix
// does, say there what they have against the sender.
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
		return SubjectMail
	case a.Code == 552, detail == "2.3", detail == "3.4", strings.HasPrefix(detail, "6."):
		return SubjectMail // its size or its characters, which MAIL has told (RFC 1870, RFC 6531)
	case detail == "7.13", detail == "7.14": // the user's account is disabled; there is no trust
		return SubjectLogin
	case a.Temporary(), a.Code/10 == 50: // 500…504: it does not understand us
		return SubjectServer
	}
	return SubjectSender
}

// credential tells a missing encryption from a missing login: both are 530 5.7.0.
func (a Answer) credential() Subject {
	said := strings.ToUpper(a.Text)
	switch {
	case a.Code == 538, strings.HasSuffix(a.Enhanced, ".7.10"), strings.HasSuffix(a.Enhanced, ".7.11"),
		strings.Contains(said, "TLS"), strings.Contains(said, "ENCRYPT"):
		return SubjectTLS
	}
	return SubjectLogin
}
