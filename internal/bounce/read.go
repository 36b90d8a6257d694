package bounce

import (
	"bytes"
	"cmp"
	"strings"

	"gonets/internal/mimepart"
)

// Parse reads one email, no more than MaxSize bytes of it. Whatever was sent back, something can be said of it.
func Parse(source []byte) *Report {
	return parse(lineFeeds(source[:min(len(source), MaxSize)]), 0)
}

// lineFeeds makes line ends \n. A file that has no \n has \r as its line ends.
func lineFeeds(b []byte) []byte {
	if bytes.IndexByte(b, '\r') < 0 {
		return b
	}
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	if bytes.IndexByte(b, '\n') < 0 {
		b = bytes.ReplaceAll(b, []byte("\r"), []byte("\n"))
	}
	return b
}

// email is a returned email while it is read.
type email struct {
	header        mimepart.Header
	from, subject string // of the header, in lower case
	parts         []*mimepart.Part
	original      Original
	statuses      []status  // of the fields for programs
	notice        *notice   // the text for people
	mentions      []mention // recipients that the notice names
	nested        []byte    // the first email within it
	quotes        bool      // nested is another report, which the text of this one repeats
	guessed       bool      // nothing in the report names the recipient
}

// parse reads an email that is that deep within others.
func parse(source []byte, depth int) *Report {
	header, parts := mimepart.Parse(source)
	e := &email{header: header, parts: parts}
	e.from, e.subject = strings.ToLower(header.Text("from")), strings.ToLower(header.Text("subject"))
	e.original.addReturnPaths(header.All("x-original-to", "delivered-to", "envelope-to", "x-envelope-to", "x-rcpt-to", "to")...)
	text, page := e.sort()
	if r := readSES(text); r != nil {
		r.Original.addReturnPaths(e.original.ReturnPaths...)
		return r
	}
	e.readText(text)
	if len(e.mentions) == 0 && page != "" && text != page {
		e.readText(page)
	}

	r := &Report{}
	switch {
	case e.isComplaint():
		r.Recipients = e.complaints()
	case e.isReply():
		r.Recipients = []Recipient{{Kind: Reply, Address: firstAddress(header.Text("from")), Diagnostic: clip(header.Text("subject"))}}
	case e.isBounce():
		r.Recipients = once(e.recipients())
	}
	if (len(r.Recipients) == 0 || e.guessed || e.quotes) && e.nested != nil && depth < maxNested {
		if inner := parse(e.nested, depth+1); inner.Recipients[0].Kind != Unknown && inner.Recipients[0].Kind != Reply {
			inner.Original.addReturnPaths(e.original.ReturnPaths...)
			return inner
		}
	}
	if len(r.Recipients) == 0 {
		r.Recipients = []Recipient{{Kind: Unknown, Diagnostic: clip(header.Text("subject"))}}
	}
	r.Original = e.original
	return r
}

// sort reads the parts for programs, and returns the text for people: the plain one, which may be missing, and the
// HTML.
func (e *email) sort() (text, page string) {
	var texts, pages strings.Builder
	for i, p := range e.parts {
		switch {
		case i > 0 && p.Header.Has("received"): // the original instead of a part
			e.original.read(p.Header)
		case isOriginal(p):
			if e.nested == nil {
				e.nested = p.Content()
				header, _ := mimepart.ParseHeader(e.nested)
				e.original.read(header)
			}
		case isStatus(p):
			header, _ := mimepart.ParseHeader(p.Content())
			e.original.addReturnPaths(header.All("x-postfix-sender")...)
			if len(e.statuses) < MaxRecipients {
				e.statuses = append(e.statuses, statuses(p.Text(maxText))...)
			}
		case p.Type == "text/html" && pages.Len() < maxText:
			pages.WriteString(p.Text(maxText) + "\n")
		case strings.HasPrefix(p.Type, "text/") && texts.Len() < maxText:
			texts.WriteString(p.Text(maxText) + "\n")
		}
	}
	if strings.TrimSpace(texts.String()) == "" {
		return pages.String(), pages.String()
	}
	return texts.String(), pages.String()
}

// readText reads the text for people.
func (e *email) readText(text string) {
	report, copied := cutOriginal(text)
	header, _ := mimepart.ParseHeader([]byte(copied))
	if e.nested == nil && len(e.statuses) == 0 && isReport(header) {
		e.nested, e.quotes = []byte(copied), true
	} else {
		e.original.read(header)
	}
	if len(e.statuses) == 0 {
		e.statuses = statuses(report)
	}
	strangers := append([]string{e.original.From, firstAddress(e.from)}, e.original.ReturnPaths...)
	e.notice = newNotice(report, strangers)
	if e.original.MessageID == "" {
		e.original.MessageID = e.notice.messageID()
	}
	if e.mentions = e.notice.recipients(possible); len(e.mentions) > 0 || copied == "" {
		return
	}
	if e.mentions = e.notice.recipients(doubtful); len(e.mentions) == 0 { // the words may stand behind the copy
		e.notice = newNotice(text, strangers)
		e.mentions = e.notice.recipients(possible)
	}
}

// recipients are the recipients of a bounce: those of its fields, of its header, or of its text.
func (e *email) recipients() (list []Recipient) {
	for _, s := range e.statuses {
		r := Recipient{Address: cmp.Or(s.original, s.final, s.actual), Final: cmp.Or(s.final, s.actual), Action: s.action, Enhanced: s.code}
		if r.Address == "" && len(e.statuses) == 1 {
			r.Address = e.guess()
		}
		e.judge(&r, s.diagnostic)
		list = append(list, r)
	}
	if len(list) > 0 {
		return list
	}
	for _, a := range addressesOf(e.header.All("x-failed-recipients", "x-failed-recipient"), MaxRecipients) {
		list = append(list, Recipient{Address: a, Final: a})
	}
	if len(list) == 0 {
		for _, m := range e.mentions {
			list = append(list, Recipient{Address: cmp.Or(m.expanded, m.address), Final: m.address})
		}
	}
	if len(list) == 0 {
		e.guessed = true
		list = []Recipient{{Address: e.guess()}}
	}
	list = list[:min(len(list), MaxRecipients)]
	for i := range list {
		e.judge(&list[i], "")
	}
	return list
}

// once leaves out repeated recipients, and those beyond the limit.
func once(list []Recipient) (result []Recipient) {
	type key struct{ address, final, action string }
	seen := map[key]bool{}
	for _, r := range list {
		if k := (key{strings.ToLower(r.Address), strings.ToLower(r.Final), r.Action}); !seen[k] && len(result) < MaxRecipients {
			seen[k] = true
			result = append(result, r)
		}
	}
	return result
}

// guess is the recipient if no field has it: the first one that the text or the original names.
func (e *email) guess() string {
	if len(e.mentions) > 0 {
		return e.mentions[0].address
	}
	if len(e.original.To) > 0 {
		return e.original.To[0]
	}
	return ""
}
