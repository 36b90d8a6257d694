package clientfile

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/clientrow"
	"gonets/internal/database"
	"gonets/internal/suppression"
)

// batch is what some rows change in the database.
type batch struct {
	stamp      string // created and updated of all rows that it writes
	added      []storedClient
	changed    []change
	subscribed []subscription
	newLists   [][]string // id and name
	left       map[string]bool
	waiting    []suppression.Entry // the added who have not confirmed
	statuses   map[string]string   // of the added, by address
	result     ImportResult
	problems   []clientrow.Problem
	outcomes   []outcome
}

// subscription is a client on a list, or off it.
type subscription struct{ list, client, status string }

// change is an existing client before and after.
type change struct{ before, after storedClient }

// flush writes the batch in one transaction. A dry run compares the same and writes nothing.
func (i *importing) flush() error {
	i.held = 0
	if len(i.batch) == 0 && len(i.left) == 0 {
		return nil
	}
	// In the order of the indexes: their pages are then written once a batch.
	slices.SortFunc(i.batch, func(a, b clientrow.Row) int { return cmp.Compare(a.Email, b.Email) })

	var done *batch
	var err error
	if i.opts.DryRun {
		done, err = i.compare(i.app.DB())
	} else {
		err = i.app.RunInTransaction(func(tx core.App) error {
			// The first statement must write: SQLite refuses to let a transaction write that has read before another
			// process wrote.
			if err := i.lock(tx.DB()); err != nil {
				return err
			}
			if done, err = i.compare(tx.DB()); err != nil {
				return err
			}
			return i.write(tx.DB(), done)
		})
	}
	if err != nil {
		return err
	}

	i.result.Added += done.result.Added
	i.result.Changed += done.result.Changed
	i.result.Unchanged += done.result.Unchanged
	i.result.Invalid += done.result.Invalid
	i.result.Suppressed += done.result.Suppressed
	for _, l := range done.newLists {
		i.result.NewLists = append(i.result.NewLists, l[1])
	}
	for _, e := range i.left {
		i.result.Left[e.Reason]++
	}
	if len(done.waiting) > 0 {
		i.result.Left[clientrow.Unconfirmed] += len(done.waiting)
	}
	clear(i.left)
	slices.SortFunc(done.problems, func(a, b clientrow.Problem) int { return cmp.Compare(a.Line, b.Line) })
	for _, p := range done.problems {
		i.note(p)
	}
	if i.tell != nil {
		for _, o := range done.outcomes {
			i.tell(o)
		}
	}
	i.batch = i.batch[:0]
	return nil
}

func (i *importing) lock(tx dbx.Builder) error {
	_, err := tx.NewQuery(`UPDATE imports SET updated = {:now} WHERE id = {:id}`).
		Bind(dbx.Params{"now": database.Stamp(time.Now()), "id": i.id}).Execute()
	if err != nil {
		return fmt.Errorf("begin to write: %w", err)
	}
	return nil
}

// compare compares the rows with the database.
func (i *importing) compare(db dbx.Builder) (*batch, error) {
	emails := make([]string, len(i.batch))
	for n, r := range i.batch {
		emails[n] = r.Email
	}
	clients, err := i.storedClients(db, emails)
	if err != nil {
		return nil, err
	}
	reasons, err := suppression.Reasons(db, i.opts.Owner, emails)
	if err != nil {
		return nil, err
	}
	b := &batch{stamp: database.Stamp(time.Now()), statuses: map[string]string{}}
	if err := i.nameLists(db, b); err != nil {
		return nil, err
	}
	if b.left, err = i.leftTheList(db, clients); err != nil {
		return nil, err
	}
	for _, r := range i.batch {
		if err := i.decide(b, r, clients[r.Email], reasons[r.Email]); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// decide adds what one row changes.
func (i *importing) decide(b *batch, r clientrow.Row, k storedClient, reason string) error {
	_, leaves := i.left[r.Email]
	waits := r.Left == clientrow.Unconfirmed && !leaves
	joins := "confirmed"
	if waits {
		joins = "pending"
	}
	became := Unchanged
	invalid := func(code, detail string) {
		b.result.Invalid++
		b.problems = append(b.problems, clientrow.Problem{Line: r.Line, Code: code, Value: r.Email, Detail: detail})
		b.outcomes = append(b.outcomes, outcome{r.Line, k.ID, Invalid, reason != "" || leaves})
	}
	if k.ID == "" {
		became = Added
		k = storedClient{
			ID: database.NewID(), Email: r.Email, FullName: r.FullName, Comment: r.Comment, Language: r.Language,
			Attributes: string(clientrow.EncodeAttributes(r.Attributes)),
		}
		b.added = append(b.added, k)
		b.statuses[k.Email] = suppression.StatusOf(reason)
		b.result.Added++
		if waits && reason == "" {
			b.waiting = append(b.waiting, suppression.Entry{Email: r.Email, Reason: suppression.ReasonManual, Note: "import: " + r.LeftWord})
			leaves = true
		}
	} else {
		after, changed, err := k.merge(r, i.opts.Conflict)
		switch {
		case errors.Is(err, errAttributes):
			invalid("bad_attributes", errAttributes.Error())
			return nil
		case err != nil:
			return err
		case len(after.Attributes) > i.limits.Attributes:
			invalid("too_long", fmt.Sprintf("together with those that the client has, the attributes take more than %d KB", i.limits.Attributes>>10))
			return nil
		case changed:
			became = Changed
			b.changed = append(b.changed, change{k, after})
			b.result.Changed++
		default:
			b.result.Unchanged++
		}
	}
	if reason != "" || leaves {
		b.result.Suppressed++
	}
	b.outcomes = append(b.outcomes, outcome{r.Line, k.ID, became, reason != "" || leaves})
	if b.left[k.ID] {
		b.problems = append(b.problems, clientrow.Problem{
			Line: r.Line, Code: "left_list", Value: r.Email,
			Detail: "this person has left the list and is not put on it again",
		})
	}
	for _, list := range i.joined {
		b.subscribed = append(b.subscribed, subscription{list, k.ID, joins})
	}
	for _, name := range r.Lists {
		b.subscribed = append(b.subscribed, subscription{i.lists[name], k.ID, joins})
	}
	for _, name := range r.ListsLeft {
		b.subscribed = append(b.subscribed, subscription{i.lists[name], k.ID, "unsubscribed"})
	}
	return nil
}

// storedClients finds the owner's clients with these addresses.
func (i *importing) storedClients(db dbx.Builder, emails []string) (map[string]storedClient, error) {
	var found []storedClient
	err := db.NewQuery(storedSQL).Bind(dbx.Params{"owner": i.opts.Owner, "emails": database.JSONArray(emails)}).All(&found)
	if err != nil {
		return nil, fmt.Errorf("look for clients who exist already: %w", err)
	}
	clients := make(map[string]storedClient, len(found))
	for _, k := range found {
		clients[k.Email] = k
	}
	return clients, nil
}

// storedSQL looks each address up in idx_clients_owner_email. CROSS JOIN: see suppressedSQL.
const storedSQL = `
	SELECT c.id, c.email, c.full_name, c.comment, c.language, COALESCE(c.attributes, '') AS attributes
	FROM json_each({:emails}) e CROSS JOIN clients c
	WHERE c.owner = {:owner} AND c.email = e.value`

// write writes the batch. Each statement gets its rows as one JSON array: one statement for each row would be half as
// fast.
func (i *importing) write(tx dbx.Builder, b *batch) error {
	added, changed, changes := make([][]string, len(b.added)), make([][]string, len(b.changed)), [][]any{}
	for n, k := range b.added {
		added[n] = []string{k.ID, k.Email, k.FullName, k.Comment, k.Attributes, b.statuses[k.Email], k.Language}
		changes = append(changes, []any{k.ID, nil})
	}
	for n, c := range b.changed {
		changed[n] = []string{c.after.ID, c.after.FullName, c.after.Comment, c.after.Attributes, c.after.Language}
		before, err := json.Marshal([]string{c.before.FullName, c.before.Comment, c.before.Attributes, c.before.Language})
		if err != nil {
			return err
		}
		changes = append(changes, []any{c.before.ID, string(before)})
	}
	subscribed := make([][]string, 0, len(b.subscribed))
	for _, s := range b.subscribed {
		if s.list != "" {
			subscribed = append(subscribed, []string{database.NewID(), s.list, s.client, s.status})
		}
	}

	params := dbx.Params{"owner": i.opts.Owner, "import": i.id, "stamp": b.stamp, "from": strings.TrimSpace("import " + i.id), "consent": i.opts.Consent}
	for _, s := range []struct {
		what, sql string
		rows      any
		skip      bool
	}{
		{"add clients", `
			INSERT INTO clients (id, owner, email, full_name, comment, attributes, status, language, created, updated)
			SELECT value->>0, {:owner}, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, {:stamp}, {:stamp}
			FROM jsonb_each({:rows})`, added, len(added) == 0},
		{"change clients", `
			UPDATE clients SET full_name = r.value->>1, comment = r.value->>2, attributes = r.value->>3, language = r.value->>4, updated = {:stamp}
			FROM jsonb_each({:rows}) r WHERE clients.id = r.value->>0`, changed, len(changed) == 0},
		{"make lists", `
			INSERT INTO lists (id, owner, name, description, public, double_opt_in, created, updated)
			SELECT value->>0, {:owner}, value->>1, '', FALSE, FALSE, {:stamp}, {:stamp}
			FROM jsonb_each({:rows})`, b.newLists, len(b.newLists) == 0},
		{"put clients on lists", `
			INSERT INTO subscriptions (id, owner, list, client, status, created, updated)
			SELECT value->>0, {:owner}, value->>1, value->>2,
				iif(value->>3 = 'confirmed' AND NOT {:consent} AND (SELECT l.double_opt_in FROM lists l WHERE l.id = value->>1), 'pending', value->>3), {:stamp}, {:stamp}
			FROM jsonb_each({:rows}) WHERE TRUE
			ON CONFLICT (list, client) DO NOTHING`, subscribed, len(subscribed) == 0},
		{"log the consents", `
			INSERT INTO consents (owner, client, email, list, form, event, text, ip, user_agent, created)
			SELECT {:owner}, s.client, c.email, s.list, '', 'imported', {:from}, '', '', {:stamp}
			FROM jsonb_each({:rows}) r CROSS JOIN subscriptions s ON s.id = r.value->>0 CROSS JOIN clients c ON c.id = s.client
			WHERE (SELECT COUNT(*) FROM consents k WHERE k.owner = {:owner} AND k.client = s.client) < 500`, subscribed, len(subscribed) == 0},
		{"keep whom the import put on lists", `
			INSERT INTO import_subscriptions (import, subscription)
			SELECT {:import}, s.id FROM jsonb_each({:rows}) r CROSS JOIN subscriptions s WHERE s.id = r.value->>0`, subscribed, i.id == "" || len(subscribed) == 0},
		{"keep what can be undone", `
			INSERT INTO import_changes (import, client, before, stamp)
			SELECT {:import}, value->>0, value->>1, {:stamp} FROM jsonb_each({:rows})`, changes, i.id == "" || len(changes) == 0},
	} {
		if s.skip {
			continue
		}
		encoded, err := json.Marshal(s.rows)
		if err != nil {
			return err
		}
		params["rows"] = string(encoded)
		if _, err := tx.NewQuery(s.sql).Bind(params).Execute(); err != nil {
			return fmt.Errorf("%s: %w", s.what, err)
		}
	}
	if err := i.suppress(tx, b.waiting); err != nil || i.opts.Consent {
		return err
	}
	return b.ask(tx, i.opts.Owner)
}
