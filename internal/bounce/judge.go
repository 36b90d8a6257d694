package bounce

import (
	"cmp"
	"strings"

	"gonets/internal/excerpt"
	"gonets/internal/printable"
	"gonets/internal/refusal"
)

// judge fills in what happened to the email for one recipient. It looks at the diagnostic, at what the text says of the
// recipient, at the status code alone, and at the whole text, until there is something that the table of refusals knows.
func (e *email) judge(r *Recipient, diagnostic string) {
	given := r.Enhanced
	r.Kind = Soft
	_ = r.learn(diagnostic, given) || r.learn(e.about(r), given) || !isGeneric(r.Enhanced) && r.classify("") || r.learn(e.notice.whole, given)
	switch r.Action {
	case "":
		if r.Code/100 != 5 && e.isWarning() {
			r.Kind, r.Action = Delayed, "delayed"
		}
	case "delayed", "delay":
		r.Kind = Delayed
	case "delivered", "relayed", "relay", "expanded", "deliverable":
		r.Kind = Delivered
	}
	if r.Kind == Delayed || r.Kind == Delivered {
		r.Why = ""
	}
}

// learn takes the codes and the class from a text, and is true if the text says why. Given is the status code of the
// fields: it counts unless it says nothing, or the text is more exact.
func (r *Recipient) learn(text, given string) bool {
	if strings.TrimSpace(text) == "" {
		return false
	}
	enhanced := enhancedIn(text)
	if isGeneric(enhanced) || !isGeneric(given) && enhanced[0] != given[0] {
		enhanced = cmp.Or(given, enhanced)
	}
	if isGeneric(r.Enhanced) {
		r.Enhanced = cmp.Or(enhanced, r.Enhanced)
	}
	if r.Code == 0 {
		r.Code = codeIn(text)
	}
	knows := r.classify(text)
	if knows || r.Diagnostic == "" {
		r.Diagnostic = clip(text)
	}
	return knows
}

// classify asks the table of refusals, and is true if it knows.
func (r *Recipient) classify(text string) bool {
	class, why := refusal.Refusal{Code: r.Code, Enhanced: r.Enhanced, Text: text}.Class()
	r.Kind, r.Why = kindOf(class), why
	return why != ""
}

// isWarning is true if the text says that the system still tries.
func (e *email) isWarning() bool {
	return (delayWords.In(e.notice.folded) || delayWords.In(e.subject)) && !givenUpWords.In(e.notice.folded)
}

// about is what the text says of one recipient.
func (e *email) about(r *Recipient) string {
	for _, m := range e.mentions {
		if strings.EqualFold(m.address, r.Final) || strings.EqualFold(m.address, r.Address) {
			return e.notice.about(m, e.mentions)
		}
	}
	return e.notice.around(cmp.Or(r.Final, r.Address))
}

// clip makes a diagnostic of a text.
func clip(s string) string { return excerpt.Of(excerpt.OneLine(printable.Text(s)), MaxDiagnostic) }
