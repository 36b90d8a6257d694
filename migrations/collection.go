package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// API rules that several collections share. An owner works with their own records; a manager reads
// the records of all owners. Superusers pass every rule.
const (
	ruleSignedIn = `@request.auth.id != "" && @request.auth.collectionName = "users"`

	ruleList = `@request.auth.id != "" && (owner = @request.auth.id || @request.auth.role = "manager")`

	// A manager does not see a record whose owner was deleted: the records of a deleted user are removed
	// one after the other. Lists are narrowed by a hook instead, because there the join with the owner of
	// every row would be slow.
	ruleView = `@request.auth.id != "" && (owner = @request.auth.id || (@request.auth.role = "manager" && owner.created > ""))`

	// The rule of a create runs before the create hooks, which fill in an owner that was left out.
	ruleCreate = ruleSignedIn + ` && (@request.body.owner:isset = false || owner = @request.auth.id)`

	ruleUpdate = ruleSignedIn + ` && owner = @request.auth.id && (@request.body.owner:isset = false || @request.body.owner = owner)`

	ruleDelete = ruleSignedIn + ` && owner = @request.auth.id`
)

// collection is a collection while it is described. err is the first error of the description.
type collection struct {
	*core.Collection
	app core.App
	err error
}

// add adds a collection as describe describes it.
func add(name string, describe func(c *collection)) func(core.App) error {
	return func(app core.App) error {
		c := &collection{Collection: core.NewBaseCollection(name), app: app}
		describe(c)
		if c.err != nil {
			return fmt.Errorf("describe the %s collection: %w", name, c.err)
		}
		if err := app.Save(c.Collection); err != nil {
			return fmt.Errorf("add the %s collection: %w", name, err)
		}
		return nil
	}
}

// ownedByUser sets the rules of records that their owner creates, changes and deletes.
func (c *collection) ownedByUser() {
	c.readByUser()
	c.CreateRule = types.Pointer(ruleCreate)
	c.UpdateRule = types.Pointer(ruleUpdate)
	c.DeleteRule = types.Pointer(ruleDelete)
}

// readByUser sets the rules of records that their owner can read, and that only Gonets writes.
func (c *collection) readByUser() {
	c.ListRule = types.Pointer(ruleList)
	c.ViewRule = types.Pointer(ruleView)
}

// owner is the relation to the user to whom a record belongs. Deleting the user deletes the record.
func (c *collection) owner() *core.RelationField {
	f := c.relation("owner", "users")
	f.Required, f.CascadeDelete = true, true
	return f
}

// relation is a relation to one record of another collection. Deleting that record empties the field.
func (c *collection) relation(name, to string) *core.RelationField {
	f := &core.RelationField{Name: name, MaxSelect: 1}
	target, err := c.app.FindCollectionByNameOrId(to)
	if err != nil {
		if c.err == nil {
			c.err = fmt.Errorf("find the %s collection: %w", to, err)
		}
		return f
	}
	f.CollectionId = target.Id
	return f
}

// created and updated are the times of the creation and of the last change of a record.
func created() core.Field { return &core.AutodateField{Name: "created", OnCreate: true} }

func updated() core.Field {
	return &core.AutodateField{Name: "updated", OnCreate: true, OnUpdate: true}
}

// counter is a number field for an integer that is not negative. help is its explanation in the admin UI.
func counter(name, help string) *core.NumberField {
	return &core.NumberField{Name: name, OnlyInt: true, Min: types.Pointer(0.0), Help: help}
}

// choice is a select field of one value. help is its explanation in the admin UI.
func choice(name, help string, values ...string) *core.SelectField {
	return &core.SelectField{Name: name, Values: values, MaxSelect: 1, Help: help}
}
