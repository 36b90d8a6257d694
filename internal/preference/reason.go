package preference

import (
	"fmt"
	"slices"
	"time"

	"gonets/internal/database"
	"gonets/internal/excerpt"
	"gonets/internal/printable"
)

// Reasons are why readers leave: the values of opt_out_reasons.reason.
var Reasons = []string{"too_many", "not_relevant", "never_signed_up", "other"}

// mostWords is how many characters of a reader's own words are kept.
const mostWords = 500

// Explain keeps why the reader leaves. There is one reason for each reader and mailing, the last one. An unknown one counts as
// other.
func (r *Reader) Explain(reason, words string) error {
	if !slices.Contains(Reasons, reason) {
		reason = "other"
	}
	params := r.params()
	params["id"], params["now"] = database.NewID(), database.Stamp(time.Now())
	params["reason"], params["words"] = reason, excerpt.Of(printable.Clean(words), mostWords)
	_, err := r.app.NonconcurrentDB().NewQuery(`
		INSERT INTO opt_out_reasons (id, owner, mailing, client, reason, words, created, updated)
		SELECT {:id}, u.id, {:mailing}, {:client}, {:reason}, {:words}, {:now}, {:now} FROM users u WHERE u.id = {:owner}
		ON CONFLICT (owner, mailing, client) DO UPDATE SET reason = excluded.reason, words = excluded.words, updated = excluded.updated`).
		Bind(params).Execute()
	if err != nil {
		return fmt.Errorf("keep why a reader left: %w", err)
	}
	r.Told = reason
	return nil
}
