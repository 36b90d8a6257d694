package expansion

import (
	"regexp"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// backReferences is how many records PocketBase expands from one to those that refer to it.
const backReferences = 1000

// back matches the ways back from a record in both notations: "mailings_via_message" and "mailings(message)".
var back = regexp.MustCompile(`^(\w+)(?:_via_|\()(\w+?)\)?$`)

// Most is how many records an ?expand= may put into one record of the collection, by the schema alone.
func Most(app core.App, collection *core.Collection, expand string) int {
	const enough = 1 << 30
	sum := 0
	for path := range strings.SplitSeq(strings.ReplaceAll(expand, " ", ""), ",") {
		at, product := collection, 1
		for step := range strings.SplitSeq(strings.Trim(path, "."), ".") {
			name, most := "", 1
			if field, is := at.Fields.GetByName(step).(*core.RelationField); is {
				name, most = field.CollectionId, max(1, field.MaxSelect)
			} else if parts := back.FindStringSubmatch(step); parts != nil {
				name, most = parts[1], backReferences
			}
			next, err := app.FindCachedCollectionByNameOrId(name)
			if err != nil {
				break // PocketBase expands no further
			}
			at = next
			if product *= most; product > enough {
				return enough
			}
			sum = min(sum+product, enough)
		}
	}
	return sum
}
