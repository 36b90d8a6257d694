package compose

import (
	"net/url"
	"slices"
	"strings"

	"gonets/internal/plaintext"
)

// embed returns the attachments in the order in which they are written: those first that the body shows as images by
// their name (<img src="cid:logo.png">), and how many these are.
func embed(l Message) (attachments []Attachment, inline int) {
	if l.Format == FormatText || len(l.Attachments) == 0 {
		return l.Attachments, 0
	}
	names := plaintext.ContentIDs(l.Body)
	isInline := func(a Attachment) bool { return IsContentID(a.Name) && slices.Contains(names, a.Name) }
	attachments = slices.Clone(l.Attachments)
	slices.SortStableFunc(attachments, func(a, b Attachment) int {
		switch inA, inB := isInline(a), isInline(b); {
		case inA == inB:
			return 0
		case inA:
			return -1
		}
		return 1
	})
	for inline < len(attachments) && isInline(attachments[inline]) {
		inline++
	}
	return attachments, inline
}

// IsContentID reports whether a name can be a Content-ID as it is, so that an image may be shown by it: cid:NAME (RFC 2392).
func IsContentID(name string) bool {
	return name != "" && len(name) <= 200 && url.PathEscape(name) == name && !strings.ContainsAny(name, "<>@:()[],;\\\"")
}
