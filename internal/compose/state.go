package compose

import (
	"strings"
	"time"

	"gonets/internal/excerpt"
	"gonets/internal/template"
)

// state is the working memory for one mail. It is reused for the next one to avoid allocations.
type state struct {
	values template.Values
	budget template.Budget
	body   *template.Renderer // of the body
	line   *template.Renderer // of subject and preheader, then of text_body

	slots       []string // values for outcome
	textSlots   []string // values for textOutcome
	outcome     *outcome
	textOutcome *outcome // nil = the text of outcome

	scratch []byte
}

func newState() *state {
	s := &state{}
	s.body, s.line = template.NewRenderer(&s.budget), template.NewRenderer(&s.budget)
	return s
}

// maxLine is the maximum length of a rendered subject or preheader in characters; the rest is cut off.
const maxLine = 400

// render renders all templates for one addressee of an e-mail of that time.
func (s *state) render(c *Composer, a Addressee, now time.Time) error {
	s.values = template.Values{
		FullName: a.FullName, Email: a.Email, Attributes: a.Attributes, Data: a.Data,
		UnsubscribeURL: a.UnsubscribeURL, ViewURL: a.ViewURL, Brand: c.brand, Now: now,
	}
	s.budget.Reset()
	defer func() { s.values = template.Values{} }()
	subject, err := s.oneLine(c.subject)
	if err != nil {
		return err
	}
	preheader, err := s.oneLine(c.preheader)
	if err != nil {
		return err
	}
	who := traitsOf(&a, preheader)

	if err := s.body.Run(c.body, &s.values); err != nil {
		return err
	}
	s.slots = append(s.slots[:0], subject, preheader, a.UnsubscribeURL)
	s.slots = append(s.slots, s.body.Outputs...)
	s.outcome, err = c.bodies.get(s.key(who, s.body), func() (*outcome, error) {
		return c.layout.body(c.body, s.body.Path, who)
	})
	if err != nil {
		return err
	}

	s.textOutcome = nil
	if c.text != nil {
		if err := s.renderText(c, who); err != nil {
			return err
		}
	}
	// A value can occur in a part more than once, as in links by reference.
	text, slots := s.textPart()
	if length(s.outcome.html, s.slots)+length(text, slots) > maxMail {
		return tooLong(c.body.Field)
	}
	return nil
}

// renderText renders the text part if it has its own template.
func (s *state) renderText(c *Composer, who traits) (err error) {
	if err := s.line.Run(c.text, &s.values); err != nil {
		return err
	}
	s.textSlots = append(s.textSlots[:0], s.slots[:slotOutputs]...)
	s.textSlots = append(s.textSlots, s.line.Outputs...)
	s.textOutcome, err = c.texts.get(s.key(who, s.line), func() (*outcome, error) {
		return c.layout.text(c.text, s.line.Path, who)
	})
	return err
}

func (s *state) key(who traits, r *template.Renderer) []byte {
	s.scratch = append(append(s.scratch[:0], byte(who)), r.Path...)
	return s.scratch
}

// oneLine renders a template to one line.
func (s *state) oneLine(t *template.Template) (string, error) {
	if err := s.line.Run(t, &s.values); err != nil {
		return "", err
	}
	if text, ok := t.Constant(); ok {
		return asLine(text), nil
	}
	s.scratch = s.line.AppendText(s.scratch[:0], t)
	return asLine(string(s.scratch)), nil
}

// asLine replaces line ends and runs of spaces by single spaces, and limits the length to maxLine.
func asLine(s string) string {
	return excerpt.Of(singleLine(s), maxLine)
}

func singleLine(s string) string {
	if strings.ContainsAny(s, "\n\t") || strings.Contains(s, "  ") || strings.TrimSpace(s) != s {
		return strings.Join(strings.Fields(s), " ")
	}
	return s
}

// textPart returns the segments and values of the text part.
func (s *state) textPart() ([]segment, []string) {
	if s.textOutcome != nil {
		return s.textOutcome.text, s.textSlots
	}
	return s.outcome.text, s.slots
}

// appendHead appends the message up to the end of its HTML, made from the rendered templates.
func (s *state) appendHead(dst []byte, c *Composer, a Addressee, now time.Time) ([]byte, error) {
	start := len(dst)
	dst, err := c.appendHeader(dst, s.slots[slotSubject], a, now)
	if err != nil {
		return dst[:start], err
	}
	text, slots := s.textPart()
	dst = append(dst, c.frame.beforeText...)
	dst, s.scratch = appendQuoted(dst, s.scratch, text, slots)
	dst = append(dst, c.frame.beforeHTML...)
	dst, s.scratch = appendQuoted(dst, s.scratch, s.outcome.html, s.slots)
	return dst, nil
}
