package bounce

import (
	"strings"
)

// isComplaint is true for a report of abuse (RFC 5965) and for those that providers sent before it.
func (e *email) isComplaint() bool {
	return e.has("message/feedback-report") || strings.Contains(strings.ToLower(e.header.get("content-type")), "feedback-report") ||
		e.header.has("x-hmxmroriginalrecipient") || e.header.has("x-loop") && strings.Contains(e.header.get("x-loop"), "scomp")
}

// complaints are the recipients who complain.
func (e *email) complaints() (list []Recipient) {
	var report fields
	for _, p := range e.parts {
		if p.mediaType == "message/feedback-report" {
			report, _ = parseHeader(p.content())
		}
	}
	e.original.addReturnPaths(report.all("original-mail-from")...)
	kind := Complaint
	feedback := firstWord(report.get("feedback-type"))
	switch strings.ToLower(report.get("feedback-type")) {
	case "not-spam", "auth-failure", "dmarc": // the opposite, or of the sender's own domain (RFC 6591)
		kind = Unknown
	}
	addresses := addressesOf(report.all("original-rcpt-to", "removal-recipient"), MaxRecipients)
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
