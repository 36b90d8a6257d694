package bounce

import (
	"strings"

	"gonets/internal/mimepart"
)

// isOriginal is true for a part that holds the email that a report is about, or the header of it.
func isOriginal(p *mimepart.Part) bool {
	switch p.Type {
	case "message/rfc822", "message/global", "text/rfc822-headers", "text/rfc822-header", "message/rfc822-headers",
		"message/global-headers", "text/global-headers", "message/partial":
		return true
	}
	return false
}

// isStatus is true for a part with fields about recipients.
func isStatus(p *mimepart.Part) bool {
	switch p.Type {
	case "message/delivery-status", "message/global-delivery-status", "message/disposition-notification", "message/global-disposition-notification":
		return true
	}
	return false
}

// read notes what the header of the email that the report is about says. Fields that are known already stay.
func (o *Original) read(header mimepart.Header) {
	if o.MessageID == "" {
		o.MessageID = messageID(header.Get("message-id"))
	}
	if o.From == "" {
		o.From = firstAddress(mimepart.DecodeWords(header.Get("from")))
	}
	if len(o.To) == 0 {
		o.To = addressesOf(header.All("x-hmxmroriginalrecipient", "x-original-to", "to", "apparently-to", "cc", "bcc", "x-envelope-to", "delivered-to"), MaxRecipients)
	}
	o.addReturnPaths(header.All("return-path", "x-return-path", "x-envelope-from", "x-sender", "sender")...)
	for _, received := range header.All("received") {
		if _, after, ok := strings.Cut(received, "envelope-from"); ok {
			o.addReturnPaths(after)
		}
	}
	if len(o.To) == 0 {
		for _, received := range header.All("received") {
			if _, after, ok := strings.Cut(received, " for "); ok {
				o.To = addressesOf([]string{after}, 1)
			}
		}
	}
}

// addReturnPaths notes the first address of each value.
func (o *Original) addReturnPaths(values ...string) {
	for _, v := range values {
		a := firstAddress(v)
		if a == "" || len(o.ReturnPaths) == maxReturnPaths || containsFold(o.ReturnPaths, a) {
			continue
		}
		o.ReturnPaths = append(o.ReturnPaths, a)
	}
}

// containsFold is true if s is in the list, in whatever case.
func containsFold(list []string, s string) bool {
	for _, e := range list {
		if strings.EqualFold(e, s) {
			return true
		}
	}
	return false
}

// messageID is a Message-ID without angle brackets and comments.
func messageID(value string) string {
	if _, after, ok := strings.Cut(value, "<"); ok {
		id, _, _ := strings.Cut(after, ">")
		return strings.TrimSpace(id)
	}
	if f := strings.Fields(value); len(f) > 0 {
		return f[0]
	}
	return ""
}

// cutOriginal divides the text of a report where the copy of the original begins: at lines that are a header. Some
// systems put their own words behind the copy; they are lost here, and read only if nothing is found before it.
func cutOriginal(text string) (report, original string) {
	first := -1 // where the run of fields begins
	var names map[string]bool
	for begin := 0; begin < len(text); {
		line, _, _ := strings.Cut(text[begin:], "\n")
		name, _, ok := strings.Cut(strings.TrimLeft(line, quoted), ":")
		name = strings.ToLower(strings.TrimSpace(name))
		switch indented := line != "" && (line[0] == ' ' || line[0] == '\t'); {
		case ok && isOriginalField(name):
			if first < 0 {
				first, names = begin, map[string]bool{}
			}
			names[name] = true
			if len(names) >= 3 && hasTrace(names) {
				return text[:first], unquote(text[first:])
			}
		case indented, ok && !strings.Contains(name, " ") && name != "": // continued, or a field of another name
		default:
			first = -1
		}
		begin += len(line) + 1
	}
	return text, ""
}

// quoted is what systems put before every line of the copy.
const quoted = "> |\t"

// unquote removes what is before every line of the copy, if it is before the first one.
func unquote(text string) string {
	if text == strings.TrimLeft(text, quoted) {
		return text
	}
	var b strings.Builder
	inHeader := true
	for line := range strings.SplitSeq(text, "\n") {
		plain := strings.TrimLeft(line, quoted)
		if name, _, ok := strings.Cut(plain, ":"); inHeader && plain != "" && (!ok || strings.ContainsAny(name, " \t<")) {
			b.WriteByte(' ') // it is folded
		}
		inHeader = inHeader && plain != ""
		b.WriteString(plain + "\n")
	}
	return b.String()
}

// isOriginalField is true for a field that emails have, in lower case.
func isOriginalField(name string) bool {
	switch name {
	case "received", "return-path", "message-id", "from", "to", "subject", "date", "mime-version", "content-type", "reply-to", "sender",
		"content-transfer-encoding", "delivered-to", "x-mailer", "dkim-signature", "domainkey-signature", "user-agent", "x-original-to",
		"authentication-results", "in-reply-to", "references", "x-priority", "received-spf", "list-unsubscribe":
		return true
	}
	return false
}

// hasTrace is true if one of the fields is none that a report would repeat for its reader.
func hasTrace(names map[string]bool) bool {
	for name := range names {
		switch name {
		case "from", "to", "subject", "date", "message-id", "reply-to", "sender":
		default:
			return true
		}
	}
	return false
}
