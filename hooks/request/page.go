package request

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"
)

// Page is a page of records, in PocketBase's shape.
type Page struct {
	Page       int            `json:"page"`
	PerPage    int            `json:"perPage"`
	TotalItems int            `json:"totalItems"` // -1 when it was not asked for
	TotalPages int            `json:"totalPages"` // the same
	Items      []*core.Record `json:"items"`
	Next       *string        `json:"next,omitempty"` // the cursor of the page after this one, nil if it was not asked for by cursor
}

const (
	usualPerPage = 30
	mostPerPage  = 1000
)

// PageOf reads which page is asked for. It is empty.
func PageOf(query url.Values) Page {
	p := Page{Page: max(1, Number(query.Get("page"))), PerPage: Number(query.Get("perPage")), TotalItems: -1, TotalPages: -1}
	if p.PerPage <= 0 {
		p.PerPage = usualPerPage
	}
	p.PerPage = min(p.PerPage, mostPerPage)
	return p
}

// Count sets the total number of records.
func (p *Page) Count(total int) {
	p.TotalItems, p.TotalPages = total, (total+p.PerPage-1)/p.PerPage
}

// Answer writes the page, with the fields that the user may see.
func (p *Page) Answer(e *core.RequestEvent) error {
	if err := apis.EnrichRecords(e, p.Items); err != nil {
		var refused *router.ApiError
		if errors.As(err, &refused) {
			return refused
		}
		return e.InternalServerError("", err)
	}
	return e.JSON(http.StatusOK, p)
}

// Number reads an integer of a query; 0 if it is not an integer.
func Number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
