package outbox

import (
	"slices"
	"strings"
	"time"
)

// Summary is an e-mail in a list.
type Summary struct {
	ID      string    `json:"id"`
	From    string    `json:"from"`    // of the header, decoded; of the envelope when the header names nobody
	To      []string  `json:"to"`      // of the envelope, in lower case
	Subject string    `json:"subject"` // decoded
	At      time.Time `json:"at"`      // UTC, to the millisecond
	Size    int       `json:"size"`    // bytes of the source
	Status  Status    `json:"status"`
	Answer  string    `json:"answer"` // what the server said at the end, "" when it hung up
}

// Mail is a caught e-mail with its content.
type Mail struct {
	Summary
	EnvelopeFrom string       `json:"envelope_from"`
	HTML         string       `json:"html"` // of the first HTML part, in UTF-8; "" when there is none
	Text         string       `json:"text"` // of the first plain text part
	Headers      []Field      `json:"headers"`
	Attachments  []Attachment `json:"attachments"`
	Source       string       `json:"source"` // as it came, dot-stuffing undone
}

// Field is one line of a mail's header, decoded and unfolded.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Attachment is a part that is neither the text nor the HTML of an e-mail.
type Attachment struct {
	Name        string `json:"name"`
	ContentType string `json:"content_type"`
	Size        int    `json:"size"` // bytes, decoded
}

// Page is a part of the list of mails.
type Page struct {
	Items      []Summary `json:"items"`
	TotalItems int       `json:"totalItems"` // of all that were found, on this page or not
}

// List finds the kept mails that have search in their subject, sender or recipients, in whatever case, the newest first,
// and returns at most limit of them after leaving out offset. An empty search finds all.
func (o *Outbox) List(offset, limit int, search string) Page {
	o.store.mu.Lock()
	kept := slices.Clone(o.store.kept)
	o.store.mu.Unlock()

	offset = max(offset, 0)
	search = strings.ToLower(strings.TrimSpace(search))
	page := Page{Items: []Summary{}}
	for _, m := range slices.Backward(kept) {
		if search != "" && !m.has(search) {
			continue
		}
		if page.TotalItems >= offset && len(page.Items) < limit {
			page.Items = append(page.Items, m.summary())
		}
		page.TotalItems++
	}
	return page
}

// One returns a kept mail; false when there is none with that id, or no longer.
func (o *Outbox) One(id string) (Mail, bool) {
	o.store.mu.Lock()
	i := slices.IndexFunc(o.store.kept, func(m *caught) bool { return m.id == id })
	if i < 0 {
		o.store.mu.Unlock()
		return Mail{}, false
	}
	m := o.store.kept[i]
	o.store.mu.Unlock()

	content := parseContent(m.source)
	return Mail{
		Summary:      m.summary(),
		EnvelopeFrom: m.envelopeFrom,
		HTML:         content.html,
		Text:         content.text,
		Headers:      m.headers().fields,
		Attachments:  content.attachments,
		Source:       m.source,
	}, true
}

func (m *caught) summary() Summary {
	h := m.headers()
	from := h.from
	if from == "" {
		from = m.envelopeFrom
	}
	return Summary{
		ID:      m.id,
		From:    from,
		To:      m.to,
		Subject: h.subject,
		At:      m.at.UTC().Truncate(time.Millisecond),
		Size:    len(m.source),
		Status:  m.status,
		Answer:  m.answer,
	}
}

// has reports whether the e-mail contains the search text, which is in lower case.
func (m *caught) has(search string) bool {
	h := m.headers()
	for _, shown := range append([]string{h.subject, h.from, m.envelopeFrom}, m.to...) {
		if strings.Contains(strings.ToLower(shown), search) {
			return true
		}
	}
	return false
}
