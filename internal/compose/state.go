package compose

import (
	"strings"
	"time"

	"gonets/internal/excerpt"
)

// state is what the making of one mail needs, kept between mails to spare the allocations.
type state struct {
	who  Addressee
	body *rendering // of the body
	line *rendering // of subject and preheader, then of text_body

	slots       []string // values for outcome
	textSlots   []string // values for textOutcome
	outcome     *outcome
	textOutcome *outcome // nil = the text of outcome

	scratch []byte
}

func newState() *state {
	return &state{body: newRendering(), line: newRendering()}
}

// maxLine is how many characters of a rendered subject or preheader are kept. Longer ones come from
// values that were not meant for it.
const maxLine = 400

// render renders all templates for one addressee.
func (s *state) render(c *Composer, a Addressee) error {
	s.who = a
	defer func() { s.who = Addressee{} }()
	subject, err := s.oneLine(c.subject)
	if err != nil {
		return err
	}
	preheader, err := s.oneLine(c.preheader)
	if err != nil {
		return err
	}
	who := traitsOf(&a, preheader)

	if err := s.body.run(c.body, &s.who); err != nil {
		return err
	}
	s.slots = append(s.slots[:0], subject, preheader, a.UnsubscribeURL)
	s.slots = append(s.slots, s.body.values...)
	s.outcome, err = c.bodies.get(s.key(who, s.body), func() (*outcome, error) {
		return c.layout.body(c.body, s.body.path, who)
	})
	if err != nil {
		return err
	}

	s.textOutcome = nil
	if c.text == nil {
		return nil
	}
	if err := s.line.run(c.text, &s.who); err != nil {
		return err
	}
	s.textSlots = append(s.textSlots[:0], subject, preheader, a.UnsubscribeURL)
	s.textSlots = append(s.textSlots, s.line.values...)
	s.textOutcome, err = c.texts.get(s.key(who, s.line), func() (*outcome, error) {
		return c.layout.text(c.text, s.line.path, who)
	})
	return err
}

func (s *state) key(who traits, r *rendering) []byte {
	s.scratch = append(append(s.scratch[:0], byte(who)), r.path...)
	return s.scratch
}

// oneLine renders a template that goes into one line.
func (s *state) oneLine(t *template) (string, error) {
	if err := s.line.run(t, &s.who); err != nil {
		return "", err
	}
	if len(t.outputs) == 0 && len(t.literals) == 1 {
		return asLine(t.literals[0]), nil
	}
	s.scratch = s.line.appendText(s.scratch[:0], t)
	return asLine(string(s.scratch)), nil
}

// asLine turns line ends and runs of spaces into single spaces, and cuts what is far too long.
func asLine(s string) string {
	return excerpt.Of(singleLine(s), maxLine)
}

func singleLine(s string) string {
	if strings.ContainsAny(s, "\n\t") || strings.Contains(s, "  ") || strings.TrimSpace(s) != s {
		return strings.Join(strings.Fields(s), " ")
	}
	return s
}

// textPart gives the segments and values of the text part.
func (s *state) textPart() ([]segment, []string) {
	if s.textOutcome != nil {
		return s.textOutcome.text, s.textSlots
	}
	return s.outcome.text, s.slots
}

// appendHead writes the message up to the end of its HTML from what was rendered.
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
