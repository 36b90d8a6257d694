package template

import (
	"slices"
	"strings"
)

// Bare lists the variables of a client that the template writes as they are: without a default, and outside of conditions on
// them. Who lacks such a value gets a gap in the text. Each is named once, in order of appearance.
func (t *Template) Bare() []string {
	var found []string
	collectBare(t.root, nil, &found)
	return found
}

// collectBare adds the bare variables below nodes. conditions are the variables that the tags around them ask for.
func collectBare(nodes []node, conditions []string, found *[]string) {
	for _, n := range nodes {
		switch n := n.(type) {
		case *Output:
			if name := n.bare(); name != "" && !isAsked(name, conditions) && !slices.Contains(*found, name) {
				*found = append(*found, name)
			}
		case *branch:
			asked := slices.Clone(conditions)
			for _, a := range n.arms {
				asked = append(asked, a.variables...)
			}
			for _, a := range n.arms {
				collectBare(a.body, asked, found)
			}
		case *choice:
			asked := slices.Concat(conditions, n.variables)
			for _, a := range n.arms {
				collectBare(a.body, asked, found)
			}
		case *loop:
			collectBare(n.body, conditions, found)
			collectBare(n.otherwise, conditions, found)
		}
	}
}

// bare is the variable of a client that the output consists of, with filters that leave an empty value empty; "" if it is
// something else.
func (o *Output) bare() string {
	if len(o.variables) != 1 || !strings.HasPrefix(o.variables[0], "client.") {
		return ""
	}
	for _, filter := range o.filters {
		if slices.Contains([]string{"default", "size", "append", "prepend"}, filter) {
			return ""
		}
	}
	if code := strings.TrimLeft(strings.TrimPrefix(o.Source, "{{"), "- \t\n"); !strings.HasPrefix(code, "client") {
		return "" // it begins with a text
	}
	return o.variables[0]
}

// isAsked reports whether one of the conditions asks for the variable, or for what it is inside of.
func isAsked(name string, conditions []string) bool {
	return slices.ContainsFunc(conditions, func(asked string) bool {
		return name == asked || strings.HasPrefix(name, asked+".") && asked != "client" && asked != "client.attributes"
	})
}
