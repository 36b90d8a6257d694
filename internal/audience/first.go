package audience

import (
	"fmt"

	"github.com/pocketbase/dbx"
)

// First returns the id of the client in the audience who comes first by address and may be mailed, ""
// when there is none: an example of the audience for whoever wants to see a mail.
func (s *Selection) First(db dbx.Builder) (string, error) {
	params := dbx.Params{"owner": s.owner}
	var ids []string
	// In the order of idx_clients_owner_email, so that it ends at the first one found.
	err := db.NewQuery(`
		SELECT c.id FROM clients c
		WHERE c.owner = {:owner} AND c.status IN ('', 'active') AND ` + s.where(params) + `
		ORDER BY c.email LIMIT 1`).
		Bind(params).
		Column(&ids)
	if err != nil {
		return "", fmt.Errorf("find the first of an audience: %w", err)
	}
	if len(ids) == 0 {
		return "", nil
	}
	return ids[0], nil
}
