package audience

import (
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
)

func TestConditionsOfAnAudienceUseTheirIndex(t *testing.T) {
	app := apptest.New(t)
	params := dbx.Params{"owner": "o", "list0": "l"}
	onLists := "SELECT 1 FROM clients c WHERE c.owner = {:owner} AND " + onLists([]string{"l"}).Build(nil, dbx.Params{})
	clienttest.Seeks(t, app, onLists, params, "(client=? AND list=? AND status=?)")
	clienttest.Seeks(t, app, suppressedCountSQL, params, "idx_clients_suppressed")
}
