package records

import "slices"

// ReadOnly are the fields of a collection that requests cannot set: a change of them is refused, or has no effect.
func ReadOnly(collection string) []string {
	switch collection {
	case "clients":
		return []string{"status"}
	case "mailings":
		fields := make([]string, 0, len(engineFields))
		for name := range engineFields {
			fields = append(fields, name)
		}
		slices.Sort(fields)
		return fields
	case "mailboxes":
		return mailboxNotes
	case "bounce_hooks":
		return hookNotes
	case "domains":
		return []string{"checked_at", "result"}
	}
	return nil
}

// What is only noted by Gonets.
var (
	mailboxNotes = []string{"last_read_at", "last_error"}
	hookNotes    = []string{"last_seen_at", "last_error"}
)
