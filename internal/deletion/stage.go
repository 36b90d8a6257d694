package deletion

import (
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/task"
)

// stage prepares the next chunk of one part of a deletion, and reports whether it is the last. The stage and
// what was found are filled in by Work.
type stage func(app core.App, t task.Task, limit int) (s task.Step, finished bool, err error)

// rows deletes the rows of a table that name the record in a column, with which an index begins. key is the primary key.
func rows(table, column, key string) stage {
	statement := fmt.Sprintf(`
		DELETE FROM %[1]s WHERE (%[3]s) IN (
			SELECT %[3]s FROM %[1]s WHERE %[2]s = {:record} LIMIT {:limit}
		)`, quoted(table), quoted(column), quotedList(key))
	some := fmt.Sprintf(`SELECT 1 FROM (SELECT 1 FROM %s WHERE %s = {:record} LIMIT 1 OFFSET {:limit})`, quoted(table), quoted(column))
	return func(app core.App, t task.Task, limit int) (task.Step, bool, error) {
		params := dbx.Params{"record": t.Record, "limit": limit}
		var more []int
		if err := app.ConcurrentDB().NewQuery(some).Bind(params).Column(&more); err != nil {
			return task.Step{}, false, err
		}
		return task.Step{Write: execute(statement, params)}, len(more) == 0, nil
	}
}

// records deletes the records of a collection that the deleted user owns. also is a
// statement for the ids of each chunk, in the same transaction.
func records(collection, also string) stage {
	find := fmt.Sprintf(`SELECT id FROM %s WHERE owner = {:record} LIMIT {:limit}`, quoted(collection))
	remove := fmt.Sprintf(`DELETE FROM %s WHERE id IN (SELECT value FROM json_each({:ids}))`, quoted(collection))
	return func(app core.App, t task.Task, limit int) (task.Step, bool, error) {
		var ids []string
		err := app.ConcurrentDB().NewQuery(find).Bind(dbx.Params{"record": t.Record, "limit": limit}).Column(&ids)
		if err != nil || len(ids) == 0 {
			return task.Step{}, true, err
		}
		params := dbx.Params{"ids": database.JSONArray(ids), "owner": t.Owner, "added": t.AddedAt}
		write := execute(remove, params)
		if also != "" {
			remove := write
			write = func(db dbx.Builder) (int, error) {
				if _, err := execute(also, params)(db); err != nil {
					return 0, err
				}
				return remove(db)
			}
		}
		return task.Step{Write: write}, len(ids) < limit, nil
	}
}

// deletedToo adds a deletion for each record of a chunk: they have rows or files of their own.
func deletedToo(collection string) string {
	return fmt.Sprintf(`
		INSERT INTO tasks (kind, collection, record, owner, added_at)
		SELECT '%s', '%s', value, {:owner}, {:added} FROM json_each({:ids}) WHERE TRUE
		ON CONFLICT DO NOTHING`, Kind, collection)
}

// usage deletes the counters of e-mails of an owner or a sender: one row for each day.
func usage(kind string) stage {
	statement := `DELETE FROM usage WHERE kind = '` + kind + `' AND id = {:record}`
	return func(_ core.App, t task.Task, _ int) (task.Step, bool, error) {
		return task.Step{Write: execute(statement, dbx.Params{"record": t.Record})}, true, nil
	}
}

// relation is a field that refers to the deleted record, which it loses.
type relation struct{ collection, field string }

// unlink removes the deleted record from a relation, in the order of ids.
func unlink(r relation) stage { return r.unlink(``, `id`) }

// unlinkOwn is unlink where only records of the same owner can refer to the deleted one. It relies on an
// index on (owner, created, id).
func unlinkOwn(r relation) stage { return r.unlink(`owner = {:owner} AND`, `created, id`) }

// unlink reads the records in the given order, outside of a transaction, and writes those that refer to
// the deleted one. The cursor is the order's columns of the last record read.
func (r relation) unlink(among, order string) stage {
	return func(app core.App, t task.Task, limit int) (task.Step, bool, error) {
		referring, without, ok, err := r.conditions(app)
		if err != nil || !ok {
			return task.Step{}, true, err
		}
		after, params := "", dbx.Params{"record": t.Record, "owner": t.Owner, "limit": limit, "now": database.Stamp(time.Now())}
		if t.Cursor != "" {
			created, id, _ := strings.Cut(t.Cursor, "|")
			params["created"], params["id"] = created, id
			after = `AND (` + order + `) > (` + map[string]string{`id`: `{:id}`, `created, id`: `{:created}, {:id}`}[order] + `)`
		}
		var page []struct {
			ID      string `db:"id"`
			Created string `db:"created"`
			Refers  bool   `db:"refers"`
		}
		err = app.ConcurrentDB().NewQuery(fmt.Sprintf(`
			SELECT id, created, %s AS refers FROM %s WHERE %s TRUE %s ORDER BY %s LIMIT {:limit}`,
			referring, quoted(r.collection), among, after, order)).Bind(params).All(&page)
		if err != nil || len(page) == 0 {
			return task.Step{}, true, err
		}
		var ids []string
		for _, one := range page {
			if one.Refers {
				ids = append(ids, one.ID)
			}
		}
		last := page[len(page)-1]
		s := task.Step{Read: len(page), Next: task.Position{Cursor: last.Created + "|" + last.ID}}
		if len(ids) > 0 {
			params["ids"] = database.JSONArray(ids)
			s.Write = execute(fmt.Sprintf(`
				UPDATE %s SET %s = %s, updated = {:now} WHERE id IN (SELECT value FROM json_each({:ids})) AND %s`,
				quoted(r.collection), quoted(r.field), without, referring), params)
		}
		return s, len(page) < limit, nil
	}
}

// conditions are SQL: whether the field refers to the deleted record, and its value without it. There are
// none when there is no such field.
func (r relation) conditions(app core.App) (referring, without string, ok bool, err error) {
	collection, err := app.FindCachedCollectionByNameOrId(r.collection)
	if err != nil {
		return "", "", false, fmt.Errorf("find the collection %s: %w", r.collection, err)
	}
	field, ok := collection.Fields.GetByName(r.field).(*core.RelationField)
	if !ok {
		return "", "", false, nil
	}
	column := quoted(r.field)
	if !field.IsMultiple() {
		return column + ` = {:record}`, `''`, true, nil
	}
	elements := `json_each(IIF(json_valid(` + column + `), ` + column + `, '[]'))`
	return `EXISTS (SELECT 1 FROM ` + elements + ` WHERE value = {:record})`,
		`(SELECT json_group_array(value) FROM ` + elements + ` WHERE value <> {:record})`, true, nil
}

// files deletes the files of the record.
func files(app core.App, t task.Task, _ int) (task.Step, bool, error) {
	collection, err := app.FindCachedCollectionByNameOrId(t.Collection)
	if err != nil {
		return task.Step{}, false, fmt.Errorf("find the collection %s: %w", t.Collection, err)
	}
	if err := deleteFolder(app, collection.BaseFilesPath()+"/"+t.Record+"/"); err != nil {
		return task.Step{}, false, err
	}
	return task.Step{}, true, nil
}

// execute makes the Write of a step of a statement.
func execute(statement string, params dbx.Params) func(dbx.Builder) (int, error) {
	return func(db dbx.Builder) (int, error) {
		res, err := db.NewQuery(statement).Bind(params).Execute()
		if err != nil {
			return 0, err
		}
		n, err := res.RowsAffected()
		return int(n), err
	}
}

func quoted(name string) string { return "`" + name + "`" }

func quotedList(names string) string {
	list := strings.Split(names, ", ")
	for i, name := range list {
		list[i] = quoted(name)
	}
	return strings.Join(list, ", ")
}
