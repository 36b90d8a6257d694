package compose

import "fmt"

// TemplateError says what is wrong with a template, and where.
type TemplateError struct {
	Field  string // subject, preheader, body or text_body
	Line   int    // counted from 1
	Detail string // one plain sentence, without a full stop

	runaway bool // a limit was passed
}

func (e *TemplateError) Error() string {
	return fmt.Sprintf("%s, line %d: %s", e.Field, e.Line, e.Detail)
}

// What a template may ask for. Authors are not trusted: within these limits the slowest template
// found takes some tens of milliseconds a mail.
const (
	maxSource     = 1 << 20 // bytes of one template
	maxOutput     = 2 << 20 // bytes of one rendered template
	maxTags       = 5000    // {{ … }} and {% … %} in one template
	maxSteps      = 20_000  // pieces of text, values and turns of loops rendered; a long expression counts more
	maxDepth      = 32      // tags inside tags
	maxExpression = 1000    // bytes between {{ and }} or {% and %}
	maxFiltered   = 4 << 20 // bytes that go into and come out of filters in one rendering
)
