package domain

import (
	"fmt"
	"strings"

	"gonets/internal/printable"
)

// String is the report for a terminal.
func (r *Report) String() string {
	var b strings.Builder
	for _, record := range r.Records {
		fmt.Fprintf(&b, "%-8s %-12s %s %s\n", record.Level, record.Kind, record.Type, printable.Line(record.Name))
		line := func(what, text string) {
			if text != "" {
				fmt.Fprintf(&b, "%21s %-9s %s\n", "", what, printable.Line(text))
			}
		}
		if record.Expected != "" {
			line("expected", record.value())
		}
		for _, found := range record.Found {
			line("found", found)
		}
		line("verdict", record.Text)
		line("→", record.Do)
	}
	fmt.Fprintf(&b, "alignment: %s\n", printable.Line(r.Alignment.Text))
	switch {
	case len(r.Asked) > 0:
		fmt.Fprintf(&b, "asked: %s\n", printable.Line(strings.Join(r.Asked, ", ")))
	case !r.Unanswered():
		b.WriteString("asked: the resolver, because no name server of the domain could be reached; its answers may be old\n")
	}
	if r.Changed {
		b.WriteString("the next keys are published, and sign from now on; remove the records of the old ones in a week\n")
	}
	return b.String()
}
