package preflight

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
	"gonets/internal/compose"
)

// gap is a variable that has no value for some of the audience, where the message has nothing in its place.
type gap struct {
	Variable   string `json:"variable"`   // client.attributes.city
	Recipients int    `json:"recipients"` // who have no value
}

// checkGaps counts who of the audience would read "your city as .". Variables that nobody has are another check's.
func checkGaps(ctx context.Context, app core.App, m Mailing, composer *compose.Composer, unknown []string) (Check, error) {
	bare, fields := bareFields(composer, unknown)
	if len(fields) == 0 {
		return found(codeEmptyValues, Detail{"gaps": []gap{}}, "nobody gets a gap in place of a value"), nil
	}
	lack, err := m.Audience.Lacking(ctx, app, m.Owner, fields)
	var invalid *audience.InvalidError
	if errors.As(err, &invalid) {
		return fault(codeEmptyValues, OK, "not_counted", Detail{"skipped": true}, "missing values were not counted: %s", invalid.Detail), nil
	}
	if err != nil {
		return Check{}, err
	}
	gaps, most := []gap{}, 0
	for i, count := range lack.Counts {
		if count > 0 {
			gaps, most = append(gaps, gap{bare[i], count}), max(most, count)
		}
	}
	detail := Detail{"gaps": gaps, "of": lack.Of, "capped": lack.Capped}
	if len(gaps) == 0 {
		return found(codeEmptyValues, detail, "nobody gets a gap in place of a value"), nil
	}
	return fault(codeEmptyValues, Warning, "empty_for_some", detail, "%d of %d have no value for a variable without a default: they get a gap", most, lack.Of), nil
}

// bareFields are the variables that can leave a gap, and the fields of clients that they read.
func bareFields(composer *compose.Composer, unknown []string) (variables, fields []string) {
	unknownTo := map[string]bool{}
	for _, name := range unknown {
		unknownTo[name] = true
	}
	for _, name := range composer.Bare() {
		field, _ := strings.CutPrefix(name, "client.")
		isAttribute := strings.HasPrefix(field, "attributes.")
		if unknownTo[name] || slices.Contains(variables, name) || field != "full_name" && !isAttribute || len(fields) == audience.MaxLacking {
			continue
		}
		variables, fields = append(variables, name), append(fields, field)
	}
	return variables, fields
}
