package compose

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"gonets/internal/template"
)

// TestTheBudgetIsThatOfOneMail: four templates do not have four times the work, and the next mail has a
// budget of its own.
func TestTheBudgetIsThatOfOneMail(t *testing.T) {
	const maxSteps = 20_000 // of package template
	half := "{% for i in (1..client.attributes.n) %}{% endfor %}"
	l := draft(FormatHTML, half)
	l.Subject, l.Preheader, l.TextBody = half, half, half
	c := prepare(t, l)
	a := anna()
	for _, n := range []float64{maxSteps/4 - 10, maxSteps / 3, maxSteps/4 - 10} {
		a.Attributes = map[string]any{"n": n}
		_, err := c.Mail(a, march)
		if fails := n > maxSteps/4; fails != (err != nil) {
			t.Errorf("%v iterations in each template: %v", n, err)
		}
	}
}

// TestAMailThatRunsAwayLeavesTheOthersAlone: what fails is one recipient, with a reason that can be shown.
func TestAMailThatRunsAwayLeavesTheOthersAlone(t *testing.T) {
	c := prepare(t, draft(FormatText, "{% for f in client.attributes.o %}{% for g in client.attributes.o %}{% if g == f %}{{ g[0] }}{% endif %}{% endfor %}{% endfor %}"))
	a := anna()
	names := map[string]any{}
	for i := range 2000 {
		names[fmt.Sprintf("name%05d", i)] = float64(i)
	}
	for range 2 {
		a.Attributes = map[string]any{"o": names}
		_, err := c.Preview(a, march)
		var broken *template.Error
		if !errors.As(err, &broken) || broken.Field != "body" || broken.Line != 1 {
			t.Errorf("%v", err)
		}
		a.Attributes = map[string]any{"o": map[string]any{"b": 1.0, "a": 2.0}}
		p, err := c.Preview(a, march)
		if err != nil || !strings.HasPrefix(p.Text, "ab") {
			t.Errorf("the next one: %q, %v", p.Text, err)
		}
	}
}
