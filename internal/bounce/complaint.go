package bounce

import (
	"strings"

	"gonets/internal/mimepart"
)

// isComplaint is true for a report of abuse (RFC 5965) and for those that providers sent before it.
func (e *email) isComplaint() bool {
	return e.has("message/feedback-report") || strings.Contains(strings.ToLower(e.header.Get("content-type")), "feedback-report") ||
		e.header.Has("x-hmxmroriginalrecipient") || e.header.Has("x-loop") && strings.Contains(e.header.Get("x-loop"), "scomp")
}

// complaints are the recipients who complain.
func (e *email) complaints() (list []Recipient) {
	var report mimepart.Header
	for _, p := range e.parts {
		if p.Type == "message/feedback-report" {
			report, _ = mimepart.ParseHeader(p.Content())
		}
	}
	e.original.addReturnPaths(report.All("original-mail-from")...)
	if e.header.Has("x-hmxmroriginalrecipient") { // Hotmail sends the email itself, with this field before it
		e.original.read(e.header)
	}
	kind := Complaint
	feedback := firstWord(report.Get("feedback-type"))
	switch strings.ToLower(report.Get("feedback-type")) {
	case "not-spam", "auth-failure", "dmarc": // the opposite, or of the sender's own domain (RFC 6591)
		kind = Unknown
	}
	addresses := addressesOf(report.All("original-rcpt-to", "removal-recipient"), MaxRecipients)
	if len(addresses) == 0 {
		addresses = e.original.To
	}
	for _, a := range addresses {
		list = append(list, Recipient{Kind: kind, Address: a, Final: a, Diagnostic: feedback})
	}
	if len(list) == 0 {
		list = []Recipient{{Kind: kind, Diagnostic: feedback}}
	}
	return list
}
