package realtime

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
)

// StillSignedIn reports whether the session of a connection is still valid, with the same rights: the user's record that
// PocketBase keeps with a connection does not have the changes of other processes.
func StillSignedIn(app core.App, auth *core.Record) (bool, error) {
	var columns []string
	for _, name := range []string{core.FieldNameTokenKey, "role", "blocked"} {
		if auth.Collection().Fields.GetByName(name) != nil {
			columns = append(columns, name)
		}
	}
	var rows []dbx.NullStringMap
	err := app.ConcurrentDB().Select(columns...).From(auth.Collection().Name).
		Where(dbx.HashExp{"id": auth.Id}).All(&rows)
	if err != nil {
		return false, fmt.Errorf("read the session of %s: %w", auth.Id, err)
	}
	if len(rows) == 0 {
		return false, nil
	}
	row := rows[0]
	return row[core.FieldNameTokenKey].String == auth.TokenKey() && row["role"].String == auth.GetString("role") &&
		(row["blocked"].String == "" || row["blocked"].String == "0" || row["blocked"].String == "false"), nil
}

// Disconnect ends the connections of a user.
func Disconnect(app core.App, user string) {
	broker := app.SubscriptionsBroker()
	for id, client := range broker.Clients() {
		auth, _ := client.Get(apis.RealtimeClientAuthKey).(*core.Record)
		if nameOf(auth) == "users/"+user {
			broker.Unregister(id)
		}
	}
}
