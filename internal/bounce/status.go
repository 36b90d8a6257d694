package bounce

import (
	"strings"
)

// status is what the fields of RFC 3464 § 2.3 say of one recipient.
type status struct {
	original, final, actual string // addresses; "" if there is none
	action                  string // first word, in lower case
	code                    string // of RFC 3463
	diagnostic              string // without its type
	hasFinal, hasOriginal   bool   // true also if the field has no address
}

// named is true if the fields of a recipient have begun.
func (s *status) named() bool { return s.hasFinal || s.hasOriginal }

// has is true if the field has been there already.
func (s *status) has(name string) bool {
	switch name {
	case "final-recipient":
		return s.hasFinal
	case "original-recipient":
		return s.hasOriginal
	case "action":
		return s.action != ""
	case "status":
		return s.code != ""
	case "diagnostic-code":
		return s.diagnostic != ""
	}
	return false
}

// statuses reads the fields of all recipients, from a part of type message/delivery-status or from any text that contains
// them. Groups are separated by empty lines (RFC 3464 § 2.1); if these are missing or too many, a second field for the
// recipient begins the next group.
func statuses(text string) (list []status) {
	var (
		s     status
		last  *string // value that a continuation line belongs to
		empty bool    // an empty line came after the last field
		next  = func() {
			if s.named() {
				list = append(list, s)
			}
			s, last = status{}, nil
		}
	)
	for line := range strings.SplitSeq(text, "\n") {
		if len(list) == MaxRecipients {
			return list
		}
		trimmed := strings.TrimSpace(line)
		if trimmed == "" {
			empty, last = true, nil
			continue
		}
		name, value, ok := strings.Cut(trimmed, ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		if !ok || !isStatusField[name] {
			if last != nil && (line[0] == ' ' || line[0] == '\t' || !ok || strings.Contains(name, " ")) && len(*last) < 4*MaxDiagnostic {
				*last += " " + trimmed
			} else {
				last = nil
			}
			continue
		}
		last = nil
		if s.has(name) && (empty && s.named() || name == "final-recipient" || name == "original-recipient") ||
			empty && s.named() && s.code != "" && (name == "final-recipient" || name == "original-recipient") {
			next()
		}
		switch name {
		case "final-recipient":
			s.final, s.hasFinal = typedAddress(value), true
		case "original-recipient":
			s.original, s.hasOriginal = typedAddress(value), true
		case "x-actual-recipient":
			s.actual = typedAddress(value)
		case "action":
			if s.action == "" {
				s.action = firstWord(value)
			}
		case "status":
			if s.code == "" {
				s.code = enhancedIn(value)
			}
		case "diagnostic-code":
			if s.diagnostic == "" {
				s.diagnostic = value
				last = &s.diagnostic
			}
		}
		empty = false
	}
	next()
	for i := range list {
		list[i].diagnostic = withoutType(list[i].diagnostic)
	}
	return list
}

var isStatusField = map[string]bool{
	"original-recipient": true, "final-recipient": true, "x-actual-recipient": true, "action": true, "status": true,
	"diagnostic-code": true, "remote-mta": true, "last-attempt-date": true, "will-retry-until": true, "final-log-id": true,
	"reporting-mta": true, "arrival-date": true, "received-from-mta": true,
}

// firstWord is the beginning of s up to what is no letter, in lower case.
func firstWord(s string) string {
	s = strings.ToLower(s)
	for i := range len(s) {
		if s[i] < 'a' || s[i] > 'z' {
			return s[:i]
		}
	}
	return s
}

// withoutType removes "smtp;" from the value of a Diagnostic-Code.
func withoutType(s string) string {
	kind, rest, ok := strings.Cut(s, ";")
	kind = strings.TrimSpace(kind)
	if ok && kind != "" && len(kind) <= 20 && !strings.ContainsAny(kind, " \t<>@:") {
		return strings.TrimSpace(rest)
	}
	return s
}
