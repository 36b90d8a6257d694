package clientrow

import (
	"slices"

	"gonets/internal/clientexport"
)

// ownExport sends the columns of an export where they came from.
func (g *guess) ownExport() {
	for i, c := range g.cols {
		switch field := c.Header; {
		case field == "created" || field == "consents":
			g.set(i, "", byHeader)
		case field == "attributes" || slices.Contains(clientexport.Columns, field) || slices.Contains(clientexport.More, field):
			g.set(i, field, byHeader)
		default:
			g.set(i, "attributes."+attributeName(c.Header, i), byHeader)
		}
	}
}

// isOwnExport recognises the files that clientexport writes. Older ones have no lists.
func isOwnExport(cols []Column) bool {
	for _, name := range []string{"email", "full_name", "comment", "status", "created"} {
		if !slices.ContainsFunc(cols, func(c Column) bool { return c.Header == name }) {
			return false
		}
	}
	return true
}
