package clientexport

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
	"gonets/internal/tablefile"
)

// Delimiter is the delimiter of an owner's CSV file: ";" for users of Gonets in Russian, because the Russian Excel opens
// no other, and "," for everybody else.
func Delimiter(owner *core.Record) rune {
	if owner.GetString("language") == "ru" {
		return ';'
	}
	return ','
}

// DelimiterNamed is the delimiter with that name; the character itself is a name too.
func DelimiterNamed(name string) (rune, error) {
	switch name {
	case "comma", ",":
		return ',', nil
	case "semicolon", ";":
		return ';', nil
	case "tab", "\t":
		return '\t', nil
	}
	return 0, fmt.Errorf("the delimiter is comma, semicolon or tab, not %q", name)
}

// CSV writes the clients of the owner that are wanted: UTF-8 with a byte order mark, so that Excel recognises it, with CRLF and the
// delimiter. Each attribute has a column, attributes.<name>. Cells that a spreadsheet program would take for formulas are
// guarded; an import undoes that. The error is an *audience.InvalidError when the filter is invalid.
func CSV(ctx context.Context, app core.App, wanted audience.Wanted, delimiter rune, w io.Writer) error {
	x, err := newExport(ctx, app, wanted)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(w, 64<<10)
	if _, err := buffered.WriteString("\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(buffered)
	out.Comma, out.UseCRLF = delimiter, true
	if err := out.Write(guarded(x.header())); err != nil {
		return err
	}
	err = x.cells(ctx, func(cells []string) error { return out.Write(guarded(cells)) })
	if err != nil {
		return err
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return buffered.Flush()
}

func guarded(cells []string) []string {
	for i, cell := range cells {
		cells[i] = tablefile.Guard(cell)
	}
	return cells
}
