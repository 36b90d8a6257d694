package request

import (
	"github.com/pocketbase/pocketbase/core"
)

// Visible returns the record of the path if the view rule of its collection allows it, and 404 otherwise. noun is the
// word for it in the answer.
func Visible(e *core.RequestEvent, collection, noun string) (*core.Record, error) {
	missing := "There is no such " + noun + "."
	record, err := e.App.FindRecordById(collection, e.Request.PathValue("id"))
	if err != nil {
		return nil, e.NotFoundError(missing, err)
	}
	info, err := e.RequestInfo()
	if err != nil {
		return nil, e.BadRequestError("The request could not be read.", err)
	}
	if may, err := e.App.CanAccessRecord(record, info, record.Collection().ViewRule); err != nil || !may {
		return nil, e.NotFoundError(missing, err)
	}
	return record, nil
}

// VisibleMailing is Visible for the mailing of the path.
func VisibleMailing(e *core.RequestEvent) (*core.Record, error) {
	return Visible(e, "mailings", "mailing")
}

// Owned is Visible, and 403 for those who may see the record and neither own it nor are superusers.
func Owned(e *core.RequestEvent, collection, noun string) (*core.Record, error) {
	record, err := Visible(e, collection, noun)
	if err == nil && !e.HasSuperuserAuth() && record.GetString("owner") != e.Auth.Id {
		return nil, e.ForbiddenError("Only the owner of the "+noun+" may do this.", nil)
	}
	return record, err
}
