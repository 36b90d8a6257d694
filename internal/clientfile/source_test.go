package clientfile

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"gonets/internal/clientrow"
	"gonets/internal/tablefile"
	"gonets/internal/workbook"
)

// The limits of package tablefile.
const (
	maxRecord  = 1 << 20
	maxColumns = 200
)

// readAll reads a file as an import does, within small bounds.
func readAll(file string) (records int, err error) {
	small := tablefile.Limits{Records: 2000, Workbook: workbook.Limits{
		Unpacked: 4 << 20, Cells: 20_000, Text: 4 << 20, Row: maxRecord, Columns: maxColumns, Strings: 1000, Time: time.Minute,
	}}
	s, err := openSource(context.Background(), strings.NewReader(file), Reading{}, small)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for {
		r, err := s.next()
		if errors.Is(err, io.EOF) {
			return records, nil
		}
		if err != nil {
			return records, err
		}
		records++
		clientrow.Read(r, s.cols, clientrow.Limits{FullName: 200, Comment: 2000, Attributes: 16 << 10})
	}
}

// badFiles are files that nobody can read, and what is said about them.
var badFiles = map[string]struct{ file, code string }{
	"a quotation mark before a megabyte":           {`"` + strings.Repeat("a", maxRecord+1), "long_record"},
	"the same in the second line":                  {"email\n\"" + strings.Repeat("a", 2*maxRecord), "long_record"},
	"a megabyte of line ends":                      {"email" + strings.Repeat("\n", 2*maxRecord), "too_many_rows"},
	"quotation marks that are not closed":          {"email\n" + strings.Repeat("\"\n", 1000), ""},
	"a line of a megabyte":                         {strings.Repeat("a", 2*maxRecord), "long_record"},
	"a quotation mark for a delimiter":             {"sep=\"\nname\n", "no_email_column"},
	"a line end of old Macs for a delimiter":       {"sep=\r\nname\n", "no_email_column"},
	"a delimiter that is no character":             {"\xef\xbb\xbfsep=\xff\nname\n", "no_email_column"},
	"nothing after the delimiter":                  {"sep=;\n", "empty_file"},
	"a delimiter only":                             {"sep=;", "no_email_column"},
	"UTF-16 that breaks off":                       {"\xff\xfee", "no_email_column"},
	"UTF-16 of one mark":                           {"\xff\xfe", "empty_file"},
	"a mark of UTF-8 alone":                        {"\xef\xbb\xbf", "empty_file"},
	"more blank rows than a file may have":         {"email\n" + strings.Repeat(",,\n", 3000), "too_many_rows"},
	"more columns than a file may have":            {"email" + strings.Repeat(",", maxColumns) + "\n", "too_many_columns"},
	"an archive that breaks off":                   {workbook.Start, "workbook"},
	"zeros":                                        {strings.Repeat("\x00", 1000), "not_text"},
	"a workbook of an old kind":                    {"\xd0\xcf\x11\xe0" + strings.Repeat("\x00", 1000), "workbook"},
	"blanks":                                       {" \n\t\r\n", "empty_file"},
	"a quotation mark that is not closed, quickly": {"email,name\n\"a@example.com,Anna\n", ""},
}

func TestWhatCannotBeReadIsSaid(t *testing.T) {
	for name, c := range badFiles {
		t.Run(name, func(t *testing.T) {
			_, err := readAll(c.file)
			var wrong *tablefile.Error
			if errors.As(err, &wrong); c.code == "" && err != nil || c.code != "" && (wrong == nil || wrong.Code != c.code) {
				t.Errorf("%v %+v", err, wrong)
			}
		})
	}
}

// FuzzFile: whatever a file is, reading it ends, and what is wrong with it is its own fault.
func FuzzFile(f *testing.F) {
	for _, c := range badFiles {
		if len(c.file) < 2000 {
			f.Add(c.file)
		}
	}
	for _, file := range []string{
		"email;имя\nivan@example.com;Иван\n", "sep=,\nemail,name\n\"a\"\"b\" <a@example.com>,\"x\ny\"\n", "\xfe\xff\x00e\x00\n",
		"\xff\xfee\x00m\x00a\x00i\x00l\x00\n\x00", "\xcf\xee\xf7\xf2\xe0\na@example.com\n", "a@example.com\r\rb@example.com", "\"sep=|\"\nemail|x",
	} {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file string) {
		_, err := readAll(file)
		var wrong *tablefile.Error
		if err != nil && !errors.As(err, &wrong) {
			t.Error(err)
		}
	})
}
