package refusal

import (
	"strings"
	"testing"
)

func TestRefusalsAreClassified(t *testing.T) {
	for _, c := range []struct {
		name     string
		code     int
		enhanced string
		text     string
		want     Class
	}{
		{"a mailbox that does not exist", 550, "5.1.1", "User unknown", Hard},
		{"the same by its code alone", 0, "5.1.1", "", Hard},
		{"the same with a code of policy", 550, "5.7.1", "<ann@example.com>: Recipient address rejected: user unknown", Hard},
		{"the same with a code that says nothing", 550, "5.0.0", "550 unknown user ann", Hard},
		{"the same in Russian", 550, "", "Такой пользователь не существует", Hard},
		{"Exchange Online for an address that its customer has not", 550, "5.4.1", "Recipient address rejected: Access denied. [AMS0.prod.outlook.com]", Hard},
		{"a code of addresses with words of policy", 550, "5.1.1", "Message blocked as spam", Block},
		{"an address of words", 550, "5.7.1", "<user-unknown@example.com>: message refused by policy", Block},
		{"a filter's host", 550, "5.1.1", "host spamfilter.example.com[192.0.2.1] said: 550 5.1.1 no such user", Hard},
		{"a sender that does not exist", 550, "5.1.1", "Sender verify failed: no such user here", Block},
		{"a sender's domain that does not exist", 553, "5.1.8", "Domain of sender address news@news.example does not exist", Block},
		{"our address by its code", 550, "5.1.7", "", Block},
		{"a list of bad hosts", 554, "5.7.1", "Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org", Block},
		{"the same, for a while", 421, "4.7.0", "Temporarily deferred due to user complaints", Block},
		{"DMARC", 550, "5.7.26", "Unauthenticated email is not accepted due to domain's DMARC policy", Block},
		{"relaying", 554, "5.7.1", "Relay access denied", Block},
		{"no reverse name", 554, "", "Client host rejected: cannot find your reverse hostname", Block},
		{"a full mailbox", 552, "5.2.2", "Mailbox full", Soft},
		{"the same with another code", 550, "5.1.1", "mailbox for ann@example.com is full", Soft},
		{"the same in French", 550, "5.7.1", "Boîte du destinataire pleine", Soft},
		{"an email that is too long", 552, "5.3.4", "Message size exceeds fixed limit", Soft},
		{"a disabled mailbox", 550, "5.2.1", "", Hard},
		{"an account that is closed", 554, "5.0.0", "This account has been disabled or discontinued [#102].", Hard},
		{"an account that is suspended", 550, "5.7.1", "User temporary locked. Please try again later!", Soft},
		{"a mailbox that is too busy", 450, "4.2.1", "The user you are trying to contact is receiving mail at a rate that prevents additional messages", Soft},
		{"a domain that does not exist", 0, "5.4.4", "Host or domain name not found. Name service error for name=nowhere.example type=A: Host not found", Hard},
		{"a name server that does not answer", 0, "4.4.3", "Host or domain name not found. Name service error for name=slow.example type=MX: Host not found, try again", Soft},
		{"a domain that takes no email", 556, "5.1.10", "Domain does not accept mail (nullMX)", Hard},
		{"an address that has moved", 551, "5.1.6", "", Hard},
		{"nobody answers", 0, "4.4.1", "connect to mx.example.com[192.0.2.1]:25: Connection timed out", Soft},
		{"a time that is over", 0, "4.4.7", "", Soft},
		{"a loop", 554, "5.4.6", "Hop count exceeded - possible mail loop", Soft},
		{"greylisting", 450, "4.7.1", "Greylisted, try again later", Soft},
		{"an address that is unknown for now", 450, "4.1.1", "User unknown in local recipient table", Soft},
		{"the same by its reply code", 450, "", "User unknown", Soft},
		{"a status of the reporting system that its reply code contradicts", 550, "4.0.0", "User unknown", Hard},
		{"a conversation that was broken off", 0, "4.4.2", "the connection was terminated", Soft},
		{"an email that was put away", 550, "5.7.1", "The message was moved to quarantine", Block},
		{"a name server that does not know our name", 550, "5.7.1", "Cannot resolve PTR record for your IP", Block},
		{"an error that is unknown, in German", 554, "5.3.0", "Unbekannter Fehler", Soft},
		{"our address on a list, in Russian", 550, "5.7.1", "Ваш IP заблокирован", Block},
		{"a mailbox that is closed, in Russian", 550, "5.0.0", "Почтовый ящик отключён", Hard},
		{"any other policy", 550, "5.7.999", "", Block},
		{"any temporary code", 0, "4.9.9", "", Soft},
		{"any temporary reply", 499, "", "", Soft},
		{"nothing", 0, "", "", Soft},
		{"a code that is none", 550, "5.x", "hello", Soft},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, why := Refusal{Code: c.code, Enhanced: c.enhanced, Text: c.text}.Class()
			if got != c.want {
				t.Errorf("%s (%s), want %s", got, why, c.want)
			}
		})
	}
}

func TestEveryRowIsFitToBeAsked(t *testing.T) {
	for _, r := range rows {
		if r.why == "" || len(r.words)+len(r.status)+len(r.codes) == 0 {
			t.Errorf("a row without a reason or a condition: %+v", r)
		}
		for _, w := range append(r.words, r.but...) {
			for part := range strings.SplitSeq(w, "…") {
				if len(part) < 3 || fold(part) != strings.TrimSpace(part) && fold("x"+part+"x") != "x"+part+"x" {
					t.Errorf("%q is not written as the text is: %q", w, fold(part))
				}
			}
		}
		for _, s := range r.status {
			if strings.Count(s, ".") != 2 {
				t.Errorf("the status %q", s)
			}
		}
	}
}
