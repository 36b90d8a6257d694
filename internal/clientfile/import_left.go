package clientfile

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/pocketbase/dbx"

	"gonets/internal/clientrow"
	"gonets/internal/consent"
	"gonets/internal/database"
	"gonets/internal/suppression"
)

// suppress puts those who have left, and those who have not confirmed, on the stop list, and keeps which entries are new, for Undo.
func (i *importing) suppress(tx dbx.Builder, waiting []suppression.Entry) error {
	entries := slices.AppendSeq(slices.Clone(waiting), maps.Values(i.left))
	slices.SortFunc(entries, func(a, b suppression.Entry) int { return cmp.Compare(a.Email, b.Email) })
	added, err := suppression.AddMany(tx, i.opts.Owner, entries)
	if err != nil || len(added) == 0 || i.id == "" {
		return err
	}
	_, err = tx.NewQuery(`INSERT INTO import_suppressions (import, suppression) SELECT {:import}, value FROM json_each({:ids})`).
		Bind(dbx.Params{"import": i.id, "ids": database.JSONArray(added)}).Execute()
	if err != nil {
		return fmt.Errorf("keep whom the import put on the stop list: %w", err)
	}
	return nil
}

const (
	maxNewLists = 100 // that one import makes
	maxListName = 100 // characters: that of lists.name
)

// nameLists finds the lists that the rows name. Those that the owner does not have are to be made.
func (i *importing) nameLists(db dbx.Builder, b *batch) error {
	for _, r := range i.batch {
		for _, name := range slices.Concat(r.Lists, r.ListsLeft) {
			if i.lists == nil {
				if err := i.readLists(db); err != nil {
					return err
				}
			}
			if _, known := i.lists[name]; known {
				continue
			}
			i.lists[name] = ""
			if len(i.result.NewLists)+len(b.newLists) >= maxNewLists || utf8.RuneCountInString(name) > maxListName {
				b.problems = append(b.problems, clientrow.Problem{Line: r.Line, Code: "no_list", Value: name, Detail: fmt.Sprintf(
					"no list of this name can be made: an import makes %d lists at most, with names of up to %d characters", maxNewLists, maxListName)})
				continue
			}
			i.lists[name] = database.NewID()
			b.newLists = append(b.newLists, []string{i.lists[name], name})
		}
	}
	return nil
}

// readLists reads the owner's lists by idx_lists_owner. Of several with one name the oldest is taken.
func (i *importing) readLists(db dbx.Builder) error {
	var lists []struct{ ID, Name string }
	err := db.NewQuery(`SELECT id, name FROM lists WHERE owner = {:owner} ORDER BY name, created DESC`).
		Bind(dbx.Params{"owner": i.opts.Owner}).All(&lists)
	if err != nil {
		return fmt.Errorf("read the lists: %w", err)
	}
	i.lists = make(map[string]string, len(lists))
	for _, l := range lists {
		i.lists[l.Name] = l.ID
	}
	return nil
}

// leftTheList finds the clients who have left one of the lists: an import does not subscribe them again.
func (i *importing) leftTheList(db dbx.Builder, clients map[string]storedClient) (map[string]bool, error) {
	left := map[string]bool{}
	if len(i.joined) == 0 || len(clients) == 0 {
		return left, nil
	}
	ids := make([]string, 0, len(clients))
	for _, k := range clients {
		ids = append(ids, k.ID)
	}
	var found []string
	err := db.NewQuery(leftSQL).Bind(dbx.Params{"lists": database.JSONArray(i.joined), "ids": database.JSONArray(ids)}).Column(&found)
	if err != nil {
		return nil, fmt.Errorf("look for clients who have left the list: %w", err)
	}
	for _, id := range found {
		left[id] = true
	}
	return left, nil
}

// leftSQL looks each client up in idx_subscriptions_list_client. CROSS JOIN: see suppressedSQL.
const leftSQL = `
	SELECT s.client FROM json_each({:lists}) l CROSS JOIN json_each({:ids}) e CROSS JOIN subscriptions s
	WHERE s.list = l.value AND s.client = e.value AND s.status = 'unsubscribed'`

// ask has those of the batch asked to confirm who were put on lists with double opt-in.
func (b *batch) ask(tx dbx.Builder, owner string) error {
	lists := make([]string, len(b.subscribed))
	for n, s := range b.subscribed {
		lists[n] = s.list
	}
	return consent.Ask(tx, owner, lists...)
}
