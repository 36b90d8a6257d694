package suppression

import (
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/apptest"
)

// Left to itself, SQLite turns these look-ups around, and an import of 100 000 clients takes an hour.
func TestLookUpsInBulkSeekEachValue(t *testing.T) {
	app := apptest.New(t)
	for name, c := range map[string]struct{ sql, seeks string }{
		"the stop list":            {suppressedSQL, "(owner=? AND kind=? AND value=?)"},
		"erased addresses":         {erasedSQL, "(owner=? AND kind=? AND value=?)"},
		"known clients":            {knownSQL, "(owner=? AND email=?)"},
		"who has left the list":    {leftSQL, "(client=? AND list=? AND status=?)|(list=? AND client=?)"},
		"suppressed recipients":    {"SELECT " + suppressionSQL + " FROM clients c WHERE c.owner = {:owner}", "(owner=? AND kind=? AND value=?)"},
		"those to be removed":      {untouchedSQL, "(mailing=? AND email=?)"},
		"those to be put back":     {restoreSQL, "(id=?)"},
		"those on the lists":       {"SELECT 1 FROM clients c WHERE c.owner = {:owner} AND " + onLists([]string{"x"}).Build(nil, dbx.Params{}), "(client=? AND list=? AND status=?)"},
		"those who are suppressed": {stoppedSQL, "idx_clients_suppressed"},
	} {
		t.Run(name, func(t *testing.T) {
			params := dbx.Params{"list0": "x"}
			for _, p := range []string{"owner", "emails", "hashes", "ids", "list", "after", "last", "import", "now"} {
				params[p] = "[]"
			}
			var steps []struct {
				Detail string `db:"detail"`
			}
			if err := app.DB().NewQuery("EXPLAIN QUERY PLAN " + c.sql).Bind(params).All(&steps); err != nil {
				t.Fatal(err)
			}
			var plan strings.Builder
			for _, s := range steps {
				plan.WriteString(s.Detail + "\n")
			}
			for _, seek := range strings.Split(c.seeks, "|") {
				if strings.Contains(plan.String(), seek) {
					return
				}
			}
			t.Errorf("no %s in\n%s", c.seeks, plan.String())
		})
	}
}
