package domain

import (
	"fmt"
	"slices"
	"strconv"

	"gonets/internal/dnsrecord"
)

// judge says in words what the verdict of a record means, and how bad it is.
func (s *subject) judge(r *Record) {
	r.Level, r.Do = levelError, "add this "+r.Type+" record at "+r.Name+": "+r.value()
	switch r.Verdict {
	case dnsrecord.OK:
		r.Level, r.Text, r.Do = levelOK, "it is there", ""
		if r.Macros {
			r.Text = "it is there; its terms with macros were not evaluated"
		}
	case dnsrecord.Missing:
		r.Text = "there is no such record"
		if r.Alias != "" {
			r.Text = fmt.Sprintf("%s is an alias of %s, which has no such record", r.Name, r.Alias)
			r.Do = "remove the CNAME record of this name, and " + r.Do
		}
	case dnsrecord.Several:
		r.Text, r.Do = fmt.Sprintf("there are %d: with more than one, none counts", len(r.Found)), "leave one of them: "+r.value()
	case dnsrecord.Unreadable:
		r.Text = "it breaks the rules of its kind" + at(r.Broken)
		r.Do = "replace it: " + r.value()
	case dnsrecord.AllowsEverybody:
		r.Text, r.Do = "it lets everybody send for the domain", "replace it: "+r.value()
	case dnsrecord.NotAllowed:
		r.Text, r.Do = "it does not allow the mail server that sends for the domain", "replace it: "+r.value()
	case dnsrecord.TooManyLookups:
		r.Text = "it takes more than ten lookups" + at(r.Broken) + ": receivers stop there and take it for an error"
		r.Do = "remove include: terms of services that are not used any more"
	case dnsrecord.BrokenInclude:
		r.Text = "it includes " + r.Broken + ", which has no SPF record of its own: receivers take the whole record for an error"
		r.Do = "remove or correct that term"
	case dnsrecord.Revoked:
		r.Text, r.Do = "the key was withdrawn: p= is empty", "replace it: "+r.value()
	case dnsrecord.OtherKey:
		r.Text, r.Do = "the key there is not the one that e-mails are signed with", "replace it: "+r.value()
		if r.Alias != "" {
			r.Text += fmt.Sprintf("; the name is an alias of %s", r.Alias)
			r.Do = "remove the CNAME record, and add this TXT record: " + r.value()
		}
	case OtherMX:
		r.Text = "bounces go to another server, and no mailbox is read"
		r.Do = "name " + r.Expected + " in the MX record, or set up the mailbox where bounces arrive (docs/bounces.md)"
	case NoKey:
		r.Level, r.Text, r.Do = levelWarning, "the domain is not set up here, so that there is no key", "add it on the page Domains of the web UI"
	case NoAnswer:
		r.Level, r.Text, r.Do = levelWarning, "the domain name system did not answer", "try again in some minutes, or name another resolver with --dns"
	case NoDomain:
		r.Text, r.Do = "there is no such domain", "check how it is written, and whether it is registered and paid for"
	case NotYours:
		r.Text, r.Do = "the domain belongs to a mail service, and only that can add records to it", "send from a domain of your own"
	}
	s.soften(r)
}

// soften makes what an e-mail arrives without a warning, or nothing if it is not used.
func (s *subject) soften(r *Record) {
	switch {
	case r.Level != levelError || r.Verdict == NoDomain || r.Verdict == NotYours:
		return
	case r.Kind == KindNextDKIM || r.Kind == KindNextDKIM2:
		r.Level = levelWarning
	case !r.Optional:
		return
	case r.Verdict == dnsrecord.Missing:
		r.Verdict, r.Level = NotNeeded, levelOK
		r.Text = "it is not there, and not needed"
	default:
		r.Level = levelWarning
	}
}

func at(broken string) string {
	if broken == "" {
		return ""
	}
	return " at " + broken
}

// value is what is to be entered.
func (r *Record) value() string {
	if r.Type == "MX" {
		return strconv.Itoa(r.Priority) + " " + r.Expected
	}
	return r.Expected
}

// alignment says whether DMARC finds the domain of From proven, for the sender that is off worst.
func (s *subject) alignment(records []Record) Alignment {
	dkim, known := false, true
	spf := map[string]bool{}
	for _, r := range records {
		switch r.Kind {
		case KindDKIM, KindDKIM2:
			dkim = dkim || r.Verdict == dnsrecord.OK
		case KindSPF, KindReturnPath:
			spf[r.Name] = r.Verdict == dnsrecord.OK
		}
		known = known && r.Verdict != NoAnswer
	}
	users := s.users
	if len(users) == 0 {
		users = []user{{from: s.name, envelope: s.name}}
	}
	var all []Alignment
	for _, u := range users {
		a := Alignment{From: u.from, Envelope: u.envelope}
		isAligned := dnsrecord.SPFSpeaksFor(u.from, u.envelope)
		passes, looked := spf[u.envelope]
		switch {
		case dkim && isAligned && passes:
			a.OK, a.Verdict = true, "both"
			a.Text = fmt.Sprintf("e-mails from %s are signed by %s, and their envelope sender is in %s: DMARC accepts either", u.from, s.name, u.envelope)
		case dkim:
			a.OK, a.Verdict = true, "dkim"
			a.Text = fmt.Sprintf("e-mails from %s are signed by %s: DMARC accepts that, whatever SPF of %s says", u.from, s.name, u.envelope)
		case isAligned && passes:
			a.OK, a.Verdict = true, "spf"
			a.Text = fmt.Sprintf("the envelope sender of e-mails from %s is in %s: DMARC accepts that until somebody forwards them, for want of a signature", u.from, u.envelope)
		case !known || isAligned && !looked:
			a.Verdict, a.Text = "unknown", "not known: the domain name system did not answer"
		default:
			a.Verdict = "none"
			a.Text = fmt.Sprintf("nothing proves that e-mails from %s come from it: neither a signature nor SPF of %s", u.from, u.envelope)
		}
		all = append(all, a)
	}
	order := []string{"none", "unknown", "spf", "dkim", "both"}
	return slices.MinFunc(all, func(a, b Alignment) int { return slices.Index(order, a.Verdict) - slices.Index(order, b.Verdict) })
}
