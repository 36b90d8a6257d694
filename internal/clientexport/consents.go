package clientexport

import (
	"context"
	"fmt"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
)

// consentsSQL writes the newest 20 consents of each client, by idx_consents_client: when, what, and the list, "" for all e-mails.
const consentsSQL = `
	SELECT c.value AS client, COALESCE((
		SELECT group_concat(substr(k.created, 1, 19) || 'Z ' || k.event || k.name, '; ')
		FROM (
			SELECT k.created, k.event, COALESCE(' ' || l.name, '') AS name
			FROM consents k LEFT JOIN lists l ON l.id = k.list
			WHERE k.owner = {:owner} AND k.client = c.value ORDER BY k.created DESC LIMIT 20
		) k
	), '') AS consents
	FROM json_each({:clients}) c`

// readConsents fills in the cells of the clients.
func (x *export) readConsents(ctx context.Context, page []client) error {
	if !x.consents || len(page) == 0 {
		return nil
	}
	ids, place := make([]string, len(page)), make(map[string]int, len(page))
	for i, c := range page {
		ids[i], place[c.ID] = c.ID, i
	}
	var found []struct{ Client, Consents string }
	err := x.app.ConcurrentDB().NewQuery(consentsSQL).WithContext(ctx).
		Bind(dbx.Params{"owner": x.wanted.Owner, "clients": database.JSONArray(ids)}).All(&found)
	if err != nil {
		return fmt.Errorf("read the consents of the clients to export: %w", err)
	}
	for _, f := range found {
		page[place[f.Client]].consents = f.Consents
	}
	return nil
}
