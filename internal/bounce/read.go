package bounce

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"

	"gonets/internal/excerpt"
	"gonets/internal/printable"
	"gonets/internal/refusal"
)

// Read reads one email, no more than MaxSize bytes of it. It returns an error only if r does: whatever was sent back,
// something can be said of it.
func Read(r io.Reader) (*Report, error) {
	source, err := io.ReadAll(io.LimitReader(r, MaxSize))
	if err != nil {
		return nil, fmt.Errorf("read the email: %w", err)
	}
	return parse(lineFeeds(source), 0), nil
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
	header   fields
	parts    []*part
	original Original
	notice   *notice
	mentions []mention // recipients that the notice names
	statuses []status
	nested   []byte // the first email within it
	guessed  bool   // nothing in the report names the recipient
}

func parse(source []byte, depth int) *Report {
	header, body := parseHeader(source)
	e := &email{header: header, parts: parts(header, body)}
	e.original.addReturnPaths(header.all("x-original-to", "delivered-to", "envelope-to", "x-envelope-to", "x-rcpt-to", "to")...)
	e.sort()

	r := &Report{}
	switch {
	case e.isComplaint():
		r.Recipients = e.complaints()
	case e.isReply():
		r.Recipients = []Recipient{{Kind: Reply, Address: firstAddress(header.text("from")), Diagnostic: clip(header.text("subject"))}}
	case e.isBounce():
		r.Recipients = e.recipients()
	}
	if (len(r.Recipients) == 0 || e.guessed) && e.nested != nil && depth < 3 {
		if inner := parse(e.nested, depth+1); inner.Recipients[0].Kind != Unknown && inner.Recipients[0].Kind != Reply {
			inner.Original.addReturnPaths(e.original.ReturnPaths...)
			return inner
		}
	}
	if len(r.Recipients) == 0 {
		r.Recipients = []Recipient{{Kind: Unknown, Diagnostic: clip(header.text("subject"))}}
	}
	r.Original = e.original
	return r
}

// sort reads each part for what it is.
func (e *email) sort() {
	var texts, pages strings.Builder
	for _, p := range e.parts {
		switch {
		case p.isOriginal():
			if e.nested == nil {
				e.nested = p.content()
				h, _ := parseHeader(e.nested)
				e.original.read(h)
			}
		case p.mediaType == "message/delivery-status" || p.mediaType == "message/global-delivery-status" || p.mediaType == "message/disposition-notification":
			if len(e.statuses) < MaxRecipients {
				e.statuses = append(e.statuses, statuses(p.text())...)
			}
		case p.mediaType == "text/html" && pages.Len() < maxText:
			pages.WriteString(p.text() + "\n")
		case strings.HasPrefix(p.mediaType, "text/") && texts.Len() < maxText:
			texts.WriteString(p.text() + "\n")
		}
	}
	text := texts.String()
	if strings.TrimSpace(text) == "" {
		text = pages.String()
	}
	report, header := cutOriginal(text)
	e.original.read(header)
	if len(e.statuses) == 0 {
		e.statuses = statuses(report)
	}
	strangers := append([]string{e.original.From, firstAddress(e.header.text("from"))}, addressesOf(e.header.all("to"), 5)...)
	strangers = append(strangers, e.original.ReturnPaths...)
	e.notice = newNotice(report, strangers)
	e.mentions = e.notice.recipients(possible)
	if header != nil && len(e.mentions) == 0 {
		if e.mentions = e.notice.recipients(doubtful); len(e.mentions) == 0 { // the words may stand behind the copy
			e.notice = newNotice(text, strangers)
			e.mentions = e.notice.recipients(possible)
		}
	}
}

// recipients are the recipients of a bounce: those of its fields, of its header, or of its text.
func (e *email) recipients() (list []Recipient) {
	for _, s := range e.statuses {
		if len(list) == MaxRecipients {
			break
		}
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
	if failed := addressesOf(e.header.all("x-failed-recipients", "x-failed-recipient"), MaxRecipients); len(failed) > 0 {
		for _, a := range failed {
			r := Recipient{Address: a, Final: a}
			e.judge(&r, "")
			list = append(list, r)
		}
		return list
	}
	for _, m := range e.mentions {
		if len(list) == MaxRecipients {
			break
		}
		r := Recipient{Address: cmp.Or(m.expanded, m.address), Final: m.address}
		e.judge(&r, "")
		list = append(list, r)
	}
	if len(list) == 0 {
		e.guessed = true
		r := Recipient{Address: e.guess()}
		e.judge(&r, "")
		list = append(list, r)
	}
	return list
}

// guess is the recipient if no field has it: the only one that the text or the original names.
func (e *email) guess() string {
	if len(e.mentions) > 0 {
		return e.mentions[0].address
	}
	if len(e.original.To) > 0 {
		return e.original.To[0]
	}
	return ""
}

// judge fills in what happened. It looks at the diagnostic, at what the text says of the recipient, at the code alone, and
// at the whole text, until there is something that the table of refusals knows.
func (e *email) judge(r *Recipient, diagnostic string) {
	given := r.Enhanced
	for i, text := range []string{diagnostic, e.about(r), "", e.notice.whole} {
		if strings.TrimSpace(text) == "" && (i != 2 || isGeneric(r.Enhanced)) {
			continue
		}
		if r.Diagnostic == "" {
			r.Diagnostic = clip(text)
		}
		code, enhanced := codeIn(text), enhancedIn(text)
		if isGeneric(enhanced) || !isGeneric(given) && enhanced[0] != given[0] {
			enhanced = cmp.Or(given, enhanced)
		}
		if r.Code == 0 {
			r.Code = code
		}
		if isGeneric(r.Enhanced) {
			r.Enhanced = cmp.Or(enhanced, r.Enhanced)
		}
		class, why := refusal.Refusal{Code: r.Code, Enhanced: r.Enhanced, Text: text}.Class()
		if r.Kind, r.Why = kindOf(class), why; why != "" {
			if text != "" {
				r.Diagnostic = clip(text)
			}
			break
		}
	}
	if r.Kind == "" {
		r.Kind = Soft
	}
	e.act(r)
}

// act applies the action.
func (e *email) act(r *Recipient) {
	switch r.Action {
	case "":
		whole, subject := e.notice.folded, strings.ToLower(e.header.text("subject"))
		if r.Code/100 != 5 && (delayWords.In(whole) || delayWords.In(subject)) && !givenUpWords.In(whole) {
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
