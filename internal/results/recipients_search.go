package results

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/search"
)

// mostFound is how many recipients are read one by one by their numbers.
const mostFound = 20_000

// found are the recipients whose address or name has the text of a search.
type found struct {
	numbers []uint32 // within the mailing, in ascending order
	known   bool     // otherwise each recipient has to be compared
}

// searchRecipients looks for the text of a query. Without one it has the search prepared: who looks at a list is likely to
// search in it.
func searchRecipients(ctx context.Context, app core.App, mailing string, q Query) (f found, err error) {
	var owners []string
	err = app.ConcurrentDB().NewQuery(`SELECT owner FROM mailings WHERE id = {:id}`).
		WithContext(ctx).Bind(dbx.Params{"id": mailing}).Column(&owners)
	if err != nil {
		return f, fmt.Errorf("read the owner of mailing %s: %w", mailing, err)
	}
	if len(owners) > 0 {
		f.numbers, f.known = search.Of(app).Recipients(ctx, owners[0], mailing, strings.TrimSpace(q.Search))
	}
	return f, nil
}

// few reports whether it is known whom to read, and they are not many.
func (f found) few() bool { return f.known && len(f.numbers) <= mostFound }

// array is all of them, for json_each.
func (f found) array() string { return numbersArray(f.numbers) }

// page is some of them, for json_each: those after a number, without the first ones.
func (f found) page(after int64, skip, limit int) string {
	from, _ := slices.BinarySearch(f.numbers, uint32(after+1))
	numbers := f.numbers[from:]
	numbers = numbers[min(skip, len(numbers)):]
	return numbersArray(numbers[:min(limit, len(numbers))])
}

func numbersArray(numbers []uint32) string {
	wide := make([]int64, len(numbers))
	for i, n := range numbers {
		wide[i] = int64(n)
	}
	return database.JSONArray(wide)
}

// foundFrom reads those who are found, each by primary key. The text is compared as well: a name may have changed meanwhile.
const foundFrom = `
FROM mailings m
JOIN contents k ON k.mailing = m.id AND k.owner = m.owner
CROSS JOIN json_each({:numbers}) j
CROSS JOIN recipients r ON r.id = (k.no << {:bits}) + j.value
LEFT JOIN clients c ON c.id = r.client AND c.owner = m.owner
WHERE m.id = {:mailing}`
