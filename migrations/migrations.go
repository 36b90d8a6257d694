// Package migrations holds the schema of Gonets as PocketBase Go migrations: collections, their
// fields, indexes and API rules, and the plain tables of the engine.
//
// Every file is one subject and registers one step up and one step down. Names and values are the
// contract of docs/api.md; what a rule cannot say (status transitions, frozen fields, references
// inside one owner) is kept by the hooks package.
package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// API rules that several collections share. An owner works with own records; a manager reads
// everybody's; a superuser is not asked.
const (
	ruleSignedIn = `@request.auth.id != "" && @request.auth.collectionName = "users"`

	ruleRead = `@request.auth.id != "" && (owner = @request.auth.id || @request.auth.role = "manager")`

	// Rules of a create run before the create hooks, which fill in an owner that was left out.
	ruleCreate = ruleSignedIn + ` && (@request.body.owner:isset = false || owner = @request.auth.id)`

	ruleUpdate = ruleSignedIn + ` && owner = @request.auth.id && (@request.body.owner:isset = false || @request.body.owner = owner)`

	ruleDelete = ruleSignedIn + ` && owner = @request.auth.id`
)

// ownRecords gives the collection the rules of records that belong to one owner.
func ownRecords(c *core.Collection) {
	readOnly(c)
	c.CreateRule = types.Pointer(ruleCreate)
	c.UpdateRule = types.Pointer(ruleUpdate)
	c.DeleteRule = types.Pointer(ruleDelete)
}

// readOnly gives the collection the rules of records that an owner may see and only the engine writes.
func readOnly(c *core.Collection) {
	c.ListRule = types.Pointer(ruleRead)
	c.ViewRule = types.Pointer(ruleRead)
}

// ownerField is the relation to the user whom a record belongs to.
func ownerField(app core.App) (*core.RelationField, error) {
	users, err := app.FindCollectionByNameOrId("users")
	if err != nil {
		return nil, fmt.Errorf("find the users collection: %w", err)
	}
	return &core.RelationField{
		Name: "owner", CollectionId: users.Id, MaxSelect: 1, Required: true, CascadeDelete: true,
	}, nil
}

// relation is a single relation to another collection; deleting what it points at empties it.
func relation(app core.App, name, collection string) (*core.RelationField, error) {
	target, err := app.FindCollectionByNameOrId(collection)
	if err != nil {
		return nil, fmt.Errorf("find the %s collection: %w", collection, err)
	}
	return &core.RelationField{Name: name, CollectionId: target.Id, MaxSelect: 1}, nil
}

// autodates are the created and updated fields that every collection has.
func autodates() []core.Field {
	return []core.Field{
		&core.AutodateField{Name: "created", OnCreate: true},
		&core.AutodateField{Name: "updated", OnCreate: true, OnUpdate: true},
	}
}

// counter is a number field for a count: whole and never negative.
func counter(name string) *core.NumberField {
	return &core.NumberField{Name: name, OnlyInt: true, Min: types.Pointer(0.0)}
}

// counted is a counter with a word on it in the admin UI.
func counted(name, help string) *core.NumberField {
	f := counter(name)
	f.Help = help
	return f
}

// chosen is a choice with a word on it in the admin UI.
func chosen(name, help string, values ...string) *core.SelectField {
	f := choice(name, values...)
	f.Help = help
	return f
}

// choice is a select field of one value.
func choice(name string, values ...string) *core.SelectField {
	return &core.SelectField{Name: name, Values: values, MaxSelect: 1}
}

// drop deletes collections by name, the last named first being the last created.
func drop(names ...string) func(core.App) error {
	return func(app core.App) error {
		for _, name := range names {
			c, err := app.FindCollectionByNameOrId(name)
			if err != nil {
				return fmt.Errorf("find the %s collection: %w", name, err)
			}
			if err := app.Delete(c); err != nil {
				return fmt.Errorf("delete the %s collection: %w", name, err)
			}
		}
		return nil
	}
}

// statements runs plain SQL, one statement after the other.
func statements(list ...string) func(core.App) error {
	return func(app core.App) error {
		for _, sql := range list {
			if _, err := app.DB().NewQuery(sql).Execute(); err != nil {
				return fmt.Errorf("run %.60q: %w", sql, err)
			}
		}
		return nil
	}
}
