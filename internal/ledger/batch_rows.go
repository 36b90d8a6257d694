package ledger

import (
	"strconv"

	"gonets/internal/database"
	"gonets/internal/mailing"
	"gonets/internal/verdict"
)

// appendSettled appends one row of settleSQL to a JSON array.
func appendSettled(b []byte, r *Recipient, o *verdict.Outcome) []byte {
	next := int64(0)
	if o.State == mailing.Deferred {
		next = o.Next.UnixMilli()
	}
	b = strconv.AppendInt(append(b, '['), r.ID, 10)
	b = database.AppendString(append(b, ','), string(r.State))
	b = database.AppendString(append(b, ','), string(o.State))
	b = strconv.AppendInt(append(b, ','), int64(r.Tries+one(o.Attempted())), 10)
	b = strconv.AppendInt(append(b, ','), int64(r.Forgiven+one(o.Forgiven)), 10)
	b = strconv.AppendInt(append(b, ','), next, 10)
	b = database.AppendString(append(b, ','), o.Reason)
	return append(b, ']')
}
