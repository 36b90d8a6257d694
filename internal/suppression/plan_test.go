package suppression

import (
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
)

func TestLookUpsInBulkSeekEachValue(t *testing.T) {
	app := apptest.New(t)
	params := dbx.Params{"owner": "o", "emails": "[]", "hashes": "[]", "after": "", "last": ""}
	for name, sql := range map[string]string{
		"the stop list":         suppressedSQL,
		"erased addresses":      erasedSQL,
		"suppressed recipients": "SELECT " + ReasonSQL + " FROM clients c WHERE c.owner = {:owner}",
	} {
		t.Run(name, func(t *testing.T) { clienttest.Seeks(t, app, sql, params, "(owner=? AND kind=? AND value=?)") })
	}
}
