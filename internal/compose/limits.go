package compose

// What a template may ask for. Authors are not trusted: within these limits the slowest template
// found takes some tens of milliseconds a mail.
const (
	maxSource     = 1 << 20 // bytes of one template
	maxOutput     = 2 << 20 // bytes of one rendered template
	maxMail       = 8 << 20 // bytes of both parts of a mail, before they are encoded
	maxOpen       = 4 << 20 // bytes between all {{ and {% of one template and their ends
	maxTags       = 5000    // {{ … }} and {% … %} in one template
	maxSteps      = 20_000  // pieces of text, values, tags and turns of loops in all templates of one mail; a long expression counts more
	maxTouched    = 8 << 20 // bytes that filters, comparisons, sorting and values read and make for one mail, see budget
	maxDepth      = 32      // tags inside tags
	maxExpression = 1000    // bytes between {{ and }} or {% and %}
)
