package clientfile

import (
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
)

func TestLookUpsInBulkSeekEachValue(t *testing.T) {
	app := apptest.New(t)
	params := dbx.Params{
		"owner": "o", "emails": "[]", "ids": "[]", "lists": "[]", "import": "i", "after": "", "last": "", "now": "",
	}
	for name, c := range map[string]struct {
		sql   string
		seeks []string
	}{
		"stored clients":        {storedSQL, []string{"(owner=? AND email=?)"}},
		"who has left the list": {leftSQL, []string{"(client=? AND list=? AND status=?)", "(list=? AND client=?)"}},
		"clients to delete":     {untouchedSQL, []string{"(mailing=? AND email=?)"}},
		"clients to restore":    {restoreSQL, []string{"(id=?)"}},
	} {
		t.Run(name, func(t *testing.T) { clienttest.Seeks(t, app, c.sql, params, c.seeks...) })
	}
}
