package delivery

import (
	"strconv"

	"gonets/internal/database"
	"gonets/internal/mailing"
)

// appendSettled appends one row of settleSQL to a JSON array.
func appendSettled(b []byte, r *recipient, o *outcome) []byte {
	next := int64(0)
	if o.state == mailing.Deferred {
		next = o.next.UnixMilli()
	}
	b = strconv.AppendInt(append(b, '['), r.id, 10)
	b = database.AppendString(append(b, ','), string(r.state))
	b = database.AppendString(append(b, ','), string(o.state))
	b = strconv.AppendInt(append(b, ','), int64(r.tries+one(o.attempted())), 10)
	b = strconv.AppendInt(append(b, ','), int64(r.forgiven+one(o.forgiven)), 10)
	b = strconv.AppendInt(append(b, ','), next, 10)
	b = database.AppendString(append(b, ','), o.reason)
	return append(b, ']')
}
