package compose

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
