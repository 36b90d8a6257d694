package records

import (
	"fmt"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
)

// BindInstance keeps exactly one record in the collection instance.
func BindInstance(app core.App) {
	app.OnRecordCreate("instance").BindFunc(func(e *core.RecordEvent) error {
		n, err := e.App.CountRecords("instance")
		if err != nil {
			return fmt.Errorf("count the records of instance: %w", err)
		}
		if n > 0 {
			return apis.NewBadRequestError("The instance has its one record already: edit it.", nil)
		}
		return e.Next()
	})
	app.OnRecordDelete("instance").BindFunc(func(*core.RecordEvent) error {
		return apis.NewBadRequestError("The instance keeps its one record: edit it.", nil)
	})
}

// InstanceOf returns the record with the operator's decisions.
func InstanceOf(app core.App) (*core.Record, error) {
	r := &core.Record{}
	if err := app.RecordQuery("instance").Limit(1).One(r); err != nil {
		return nil, fmt.Errorf("read the instance record: %w", err)
	}
	return r, nil
}
