package clientexport

import (
	"context"
	"errors"
	"io"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
	"gonets/internal/tablefile"
)

// Workbook writes the clients of the owner that are wanted as a workbook of Excel, in the columns of CSV. It writes nothing
// to w before all clients are read.
func Workbook(ctx context.Context, app core.App, wanted audience.Wanted, w io.Writer) (err error) {
	x, err := newExport(ctx, app, wanted)
	if err != nil {
		return err
	}
	book, err := tablefile.NewWorkbook("clients", x.header())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	if err := x.cells(ctx, book.Write); err != nil {
		return err
	}
	return book.Finish(w)
}
