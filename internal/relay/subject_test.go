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
		{"relaying is denied for now", Answer{Stage: StageRcpt, Code: 454, Enhanced: "4.7.1", Text: "Relay access denied"}, SubjectMail},
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
