package clientexport

import (
	"context"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"

	"gonets/internal/deadline"
	"gonets/internal/readahead"
)

// each calls do with the clients page by page, in the order of their addresses. read reads the page after an address; the next
// page is read while do works.
//
// It reads in pages, so that no read takes long; a client who is added meanwhile may be missing.
func (x *export) each(ctx context.Context, read func(ctx context.Context, after string) ([]client, error), do func(page []client) error) error {
	type result struct {
		page []client
		err  error
	}
	after := ""
	results, stop := readahead.Start(ctx, func(ctx context.Context) (r result, more bool) {
		r.page, r.err = read(ctx, after)
		if more = r.err == nil && len(r.page) > 0; more {
			after = r.page[len(r.page)-1].Email
		}
		return r, more
	})
	defer stop()
	for r := range results {
		if r.err != nil {
			return r.err
		}
		if err := do(r.page); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

// page reads a page of clients with their lists, in the order of idx_clients_owner_email.
func (x *export) page(ctx context.Context, after string) ([]client, error) {
	page, err := x.clients(ctx, after, true)
	if err != nil || len(page) == 0 {
		return nil, err
	}
	return page, x.readLists(ctx, page)
}

// described reads a page of what decides on the columns.
func (x *export) described(ctx context.Context, after string) ([]client, error) {
	return x.clients(ctx, after, false)
}

// clients reads a page. Without the rest it has address, attributes, and the language if there is a filter: without one, these
// are in idx_clients_launch. What a filter drives has its time for each page.
func (x *export) clients(ctx context.Context, after string, rest bool) (page []client, err error) {
	columns := []string{"c.email", "COALESCE(c.attributes, '') AS attributes"}
	if rest || x.wanted.Filter != "" {
		columns = append(columns, "c.language")
	}
	if rest {
		columns = append(columns, "c.id", "c.full_name", "c.comment", "c.status", "c.created")
	}
	query := x.app.ConcurrentDB().Select(columns...).
		From("clients c").Where(x.where).AndWhere(dbx.NewExp("c.email > {:after}", dbx.Params{"after": after})).
		OrderBy("c.email").Limit(pageClients)
	if x.wanted.Filter == "" {
		return readPage(query.WithContext(ctx), len(columns))
	}
	err = deadline.Run(ctx, x.app, func(ctx context.Context) (err error) {
		page, err = readPage(deadline.Whole(query.WithContext(ctx)), len(columns))
		return err
	})
	return page, err
}

// readPage reads the first so many columns of a client.
func readPage(query *dbx.SelectQuery, columns int) (page []client, err error) {
	rows, err := query.Rows()
	if err != nil {
		return nil, fmt.Errorf("read the clients to export: %w", err)
	}
	defer func() {
		if cerr := errors.Join(rows.Err(), rows.Close()); cerr != nil {
			page, err = nil, errors.Join(err, fmt.Errorf("read the clients to export: %w", cerr))
		}
	}()
	for size := 0; size < pageBytes && rows.Next(); {
		var c client
		into := []any{&c.Email, &c.Attributes, &c.Language, &c.ID, &c.FullName, &c.Comment, &c.Status, &c.Created}
		if err := rows.Rows.Scan(into[:columns]...); err != nil {
			return nil, fmt.Errorf("read a client to export: %w", err)
		}
		page = append(page, c)
		size += len(c.Email) + len(c.FullName) + len(c.Comment) + len(c.Attributes)
	}
	return page, nil
}
