package bounce

import (
	"cmp"

	"gonets/internal/refusal"
)

// Judge says what the words of a mail system mean that a provider passes on without an email: its diagnostic, and the
// status code and the reply code that stand beside it, if any. The address is left empty. Otherwise is the kind if the
// table of refusals does not know the words: what the provider calls it.
func Judge(diagnostic, status string, code int, otherwise Kind) Recipient {
	r := Recipient{Code: codeIn(diagnostic), Diagnostic: clip(diagnostic)}
	if r.Code == 0 && code >= 400 && code < 600 {
		r.Code = code
	}
	if r.Enhanced = enhancedIn(diagnostic); isGeneric(r.Enhanced) {
		r.Enhanced = cmp.Or(enhancedIn(status), r.Enhanced)
	}
	class, why := refusal.Refusal{Code: r.Code, Enhanced: r.Enhanced, Text: diagnostic}.Class()
	if r.Kind, r.Why = kindOf(class), why; why == "" && otherwise != Soft {
		r.Kind, r.Why = otherwise, "the provider says so"
	}
	return r
}

// ReadSES reads a notification of Amazon SES about bounces, complaints or deliveries, as Amazon SNS passes it on. It is
// nil if the text is none.
func ReadSES(text string) *Report { return readSES(text) }
