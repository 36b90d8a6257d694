package template

// The limits of templates. Authors are not trusted: within these limits the slowest template found takes some
// tens of milliseconds for one e-mail.
const (
	maxSource     = 1 << 20 // bytes of one template
	maxOutput     = 2 << 20 // bytes of one rendered template
	maxOpen       = 4 << 20 // bytes between all {{ and {% of one template and their ends
	maxTags       = 5000    // {{ … }} and {% … %} in one template
	maxSteps      = 20_000  // texts, values, tags and iterations of loops in all templates of one e-mail; a long expression counts more
	maxTouched    = 8 << 20 // bytes that filters, comparisons, sorting and values read and create for one e-mail, see Budget
	maxDepth      = 32      // tags inside tags
	maxExpression = 1000    // bytes between {{ and }} or {% and %}
)
