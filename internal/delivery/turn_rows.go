package delivery

import (
	"strconv"

	"gonets/internal/database"
	"gonets/internal/mailing"
)

// appendSettled appends one row of settleSQL to a JSON array.
func appendSettled(b []byte, r *LedgerRecipient, o *Outcome) []byte {
	next := int64(0)
	if o.State == mailing.Deferred {
		next = o.Next.UnixMilli()
	}
	b = strconv.AppendInt(append(b, '['), r.id, 10)
	b = database.AppendString(append(b, ','), string(r.state))
	b = database.AppendString(append(b, ','), string(o.State))
	b = strconv.AppendInt(append(b, ','), int64(r.tries+one(o.Attempted())), 10)
	b = strconv.AppendInt(append(b, ','), int64(r.forgiven+one(o.Forgiven)), 10)
	b = strconv.AppendInt(append(b, ','), next, 10)
	b = database.AppendString(append(b, ','), o.Reason)
	return append(b, ']')
}
