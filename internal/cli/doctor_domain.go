package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/domain"
	"gonets/internal/nameserver"
	"gonets/internal/printable"
)

// examineDomain tells what a domain publishes and what it should. ok is false when something must be mended, or nobody answers.
func examineDomain(ctx context.Context, app core.App, resolver *nameserver.Resolver, out io.Writer, name string, asJSON bool) (ok bool, err error) {
	ascii, err := domain.Normalize(name)
	if err != nil {
		return false, fmt.Errorf("--domain: %q is no domain: give one such as example.org", name)
	}
	report, err := domain.Check(ctx, app, resolver, ascii)
	if err != nil {
		return false, err
	}
	ok = report.OK && !report.Unanswered()
	if asJSON {
		return ok, writeJSON(out, report)
	}
	var b strings.Builder
	for _, r := range report.Records {
		fmt.Fprintf(&b, "%-8s %-12s %s %s\n", r.Level, r.Kind, r.Type, printable.Line(r.Name))
		line := func(what, text string) {
			if text != "" {
				fmt.Fprintf(&b, "%21s %-9s %s\n", "", what, printable.Line(text))
			}
		}
		expected := r.Expected
		if r.Type == "MX" {
			expected = fmt.Sprint(r.Priority, " ", r.Expected)
		}
		line("expected", expected)
		for _, found := range r.Found {
			line("found", found)
		}
		line("verdict", r.Text)
		line("→", r.Do)
	}
	fmt.Fprintf(&b, "alignment: %s\n", printable.Line(report.Alignment.Text))
	switch {
	case len(report.Asked) > 0:
		fmt.Fprintf(&b, "asked: %s\n", printable.Line(strings.Join(report.Asked, ", ")))
	case !report.Unanswered():
		b.WriteString("asked: the resolver, because no name server of the domain could be reached; its answers may be old\n")
	}
	if report.Changed {
		b.WriteString("the next keys are published, and sign from now on; remove the records of the old ones in a week\n")
	}
	_, err = io.WriteString(out, b.String())
	return ok, err
}
