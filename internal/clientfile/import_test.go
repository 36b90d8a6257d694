package clientfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
	"gonets/internal/suppression"
	"gonets/internal/tablefile"
)

// imported runs an import of a text and returns its result and report.
func imported(t testing.TB, app core.App, opts ImportOptions, file string) (ImportResult, string) {
	t.Helper()
	var report bytes.Buffer
	result, err := runImport(context.Background(), app, "", strings.NewReader(file), opts, &report, func(ImportResult) {})
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	if sum := result.Added + result.Changed + result.Unchanged + result.Invalid; sum != result.Total {
		t.Errorf("%d rows, but %d are accounted for: %+v", result.Total, sum, result)
	}
	return result, report.String()
}

// clientLines are the owner's clients as "email|name|comment|attributes|status".
func clientLines(t testing.TB, app core.App, owner string) []string {
	t.Helper()
	var lines []string
	err := app.DB().NewQuery(`
		SELECT email || '|' || full_name || '|' || comment || '|' || COALESCE(attributes, '') || '|' || status
		FROM clients WHERE owner = {:owner} ORDER BY email`).
		Bind(dbx.Params{"owner": owner}).Column(&lines)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func encoded(e encoding.Encoding, s string) string {
	out, err := e.NewEncoder().String(s)
	if err != nil {
		panic(err)
	}
	return out
}

func TestImportReadsFilesAsPeopleHaveThem(t *testing.T) {
	const (
		one   = "Почта;ФИО;Город\nivan@example.com;Иван Петров;Тверь\n"
		wants = `ivan@example.com|Иван Петров||{"city":"Тверь"}|active`
	)
	for _, c := range []struct{ name, file, want, encoding string }{
		{"UTF-8", one, wants, "utf-8"},
		{"UTF-8 with a byte order mark", "\ufeff" + one, wants, "utf-8"},
		{"UTF-16, little end first, with a mark", encoded(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), one), wants, "utf-16"},
		{"UTF-16, big end first, with a mark", encoded(unicode.UTF16(unicode.BigEndian, unicode.UseBOM), one), wants, "utf-16"},
		{
			"UTF-16 without a mark", encoded(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "Email;Name\nivan@example.com;Ivan\n"),
			`ivan@example.com|Ivan||{}|active`, "utf-16le",
		},
		{"Windows-1251", encoded(charmap.Windows1251, one), wants, "windows-1251"},
		{
			"Windows-1251 whose first Cyrillic letter comes late", encoded(charmap.Windows1251, "email;comment\n"+
				strings.Repeat("broken;x\n", 20000)+"ivan@example.com;Привет\n"),
			`ivan@example.com||Привет|{}|active`, "windows-1251",
		},
		{"Windows-1252", encoded(charmap.Windows1252, "email,name\nivan@example.com,José Müller\n"), `ivan@example.com|José Müller||{}|active`, "windows-1252"},
		{"commas", strings.ReplaceAll(one, ";", ","), wants, "utf-8"},
		{"tabs", strings.ReplaceAll(one, ";", "\t"), wants, "utf-8"},
		{"Windows line ends", strings.ReplaceAll(one, "\n", "\r\n"), wants, "utf-8"},
		{"old Mac line ends", strings.ReplaceAll(one, "\n", "\r"), wants, "utf-8"},
		{"no line end at the end", strings.TrimSuffix(one, "\n"), wants, "utf-8"},
		{"Excel's separator line", "sep=;\r\n" + one, wants, "utf-8"},
		{"empty lines and lines of delimiters", "\n" + one + "\n;;\n\n", wants, "utf-8"},
		{"quoted cells with delimiters, quotes and line breaks", "email,name,comment\n\"ivan@example.com\",\"Petrov, \"\"Ivan\"\"\",\"a\r\nb\"\n", "ivan@example.com|Petrov, \"Ivan\"|a\nb|{}|active", "utf-8"},
		{"a quote inside a cell", "email;name\nivan@example.com;ООО \"Ромашка\"\n", `ivan@example.com|ООО "Ромашка"||{}|active`, "utf-8"},
		{"no header", "ivan@example.com;Иван\n", `ivan@example.com|Иван||{}|active`, "utf-8"},
		{"no header, the name first", "Иван,ivan@example.com,Тверь\n", `ivan@example.com|Иван||{"column_3":"Тверь"}|active`, "utf-8"},
		{"nothing but addresses", "ivan@example.com\n", `ivan@example.com|||{}|active`, "utf-8"},
		{"a header that says nothing of addresses", "Кто;Куда писать\nИван;ivan@example.com\n", `ivan@example.com|||{"kto":"Иван"}|active`, "utf-8"},
		{"an address may be where somebody lives", "Email,Адрес\nivan@example.com,Арбат 1\n", `ivan@example.com|||{"address":"Арбат 1"}|active`, "utf-8"},
		{"an address may be the e-mail address", "Имя,Адрес\nИван,ivan@example.com\n", `ivan@example.com|Иван||{}|active`, "utf-8"},
		{"a name in two columns", "Фамилия;Имя;E-mail\nПетров;Иван;ivan@example.com\n", `ivan@example.com|Петров Иван||{}|active`, "utf-8"},
		{"a name with the address", "email\nИван Петров <Ivan@Example.com>\n", `ivan@example.com|Иван Петров||{}|active`, "utf-8"},
		{"a link and things around the address", "email\n\u00a0mailto:ivan@example.com; \n", `ivan@example.com|||{}|active`, "utf-8"},
		{"a domain in Cyrillic", "email\nivan@пример.рф\n", `ivan@xn--e1afmkfd.xn--p1ai|||{}|active`, "utf-8"},
		{
			"attributes named in any language", "email,Дата рождения,Любимый цвет,VIP?,attributes.Ключ\nivan@example.com,1990-01-02,синий,да,x\n",
			`ivan@example.com|||{"birthday":"1990-01-02","lyubimyy_tsvet":"синий","vip":"да","Ключ":"x"}|active`, "utf-8",
		},
		{"two columns of one name", "email,phone,Телефон\nivan@example.com,1,2\n", `ivan@example.com|||{"phone":"1","phone_2":"2"}|active`, "utf-8"},
		{"leading zeros and plus signs stay", "email,zip,phone\nivan@example.com,007,+7 900\n", `ivan@example.com|||{"phone":"+7 900","zip":"007"}|active`, "utf-8"},
		{"short and long rows", "email,name\nivan@example.com\n", `ivan@example.com|||{}|active`, "utf-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			app := apptest.New(t)
			owner := clienttest.Owner(t, app, "owner@example.com")
			result, _ := imported(t, app, ImportOptions{Owner: owner}, c.file)
			if got := clientLines(t, app, owner); len(got) != 1 || got[0] != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if result.Encoding != c.encoding {
				t.Errorf("taken for %s", result.Encoding)
			}
		})
	}
}

func TestImportRefusesFiles(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	for _, c := range []struct {
		name, file string
		mapping    map[string]string
		code       string
	}{
		{"nothing", "", nil, "empty_file"},
		{"nothing but spaces", " \n\n", nil, "empty_file"},
		{"nothing but delimiters", ";;\n;;\n", nil, "empty_file"},
		{"a workbook", "PK\x03\x04....", nil, "workbook"},
		{"an old workbook", "\xd0\xcf\x11\xe0....", nil, "workbook"},
		{"no text", "\x00\x01\x02\x03" + strings.Repeat("ab", 50), nil, "not_text"},
		{"no addresses", "name,city\nIvan,Tver\n", nil, "no_email_column"},
		{"too many columns", strings.Repeat("a,", 300) + "email\n", nil, "too_many_columns"},
		{"a mapping to a field that is none", "email\na@example.com\n", map[string]string{"email": "owner"}, "unknown_field"},
		{"a mapping to an odd name", "email,x\na@example.com,y\n", map[string]string{"x": `attributes.a"b`}, "unknown_field"},
		{"a mapping of a column that is not there", "email\na@example.com\n", map[string]string{"phone": "comment"}, "unknown_column"},
		{"a mapping of a column by a number too high", "email\na@example.com\n", map[string]string{"2": "comment"}, "unknown_column"},
		{"a mapping that leaves out the address", "email\na@example.com\n", map[string]string{"email": ""}, "no_email_column"},
		{"a line without an end", "email,name\na@example.com," + strings.Repeat("x", 2*maxRecord), nil, "long_record"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var report bytes.Buffer
			_, err := runImport(context.Background(), app, "", strings.NewReader(c.file), ImportOptions{Owner: owner, Reading: Reading{Mapping: c.mapping}}, &report, func(ImportResult) {})
			var refused *tablefile.Error
			if !errors.As(err, &refused) || refused.Code != c.code || refused.Detail == "" {
				t.Errorf("%v", err)
			}
		})
	}
	if got := clientLines(t, app, owner); len(got) != 0 {
		t.Errorf("clients were added: %q", got)
	}
}

func TestImportReportsEveryLineThatItCannotTake(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	file := strings.Join([]string{
		"email,name,comment,phone",                            // 1
		"ivan@example.com,Ivan,,",                             // 2
		",Nobody,,",                                           // 3
		"no address,X,,",                                      // 4
		"a@example.com; b@example.com,X,,",                    // 5
		"IVAN@example.com,Ivan again,,",                       // 6
		"long@example.com," + strings.Repeat("я", 201) + ",,", // 7
		`two@example.com,"on two`, `lines",,`,                 // 8, 9
		"talk@example.com,X," + strings.Repeat("c", 2001) + ",",     // 10
		"many@example.com,X,," + strings.Repeat("5", 17000),         // 11
		`open@example.com,"not closed,,`, "lost@example.com,Lost,,", // 12, 13
	}, "\n")
	result, report := imported(t, app, ImportOptions{Owner: owner}, file)
	var got []string
	for _, p := range result.Problems {
		got = append(got, fmt.Sprintf("%d %s", p.Line, p.Code))
		if p.Detail == "" {
			t.Errorf("line %d says nothing", p.Line)
		}
	}
	want := []string{"3 no_email", "4 bad_email", "5 several_emails", "6 duplicate", "7 too_long", "10 too_long", "11 too_long", "12 open_quote"}
	if !slices.Equal(got, want) {
		t.Errorf("problems %q", got)
	}
	if result.Total != 11 || result.Added != 4 || result.Invalid != 6 || result.Unchanged != 1 {
		t.Errorf("%+v", result)
	}
	if lines := strings.Count(report, "\n"); lines != len(want)+1 || !strings.HasPrefix(report, "line,code,value,problem\n3,no_email,") {
		t.Errorf("the report:\n%s", report)
	}
	got = clientLines(t, app, owner)
	if len(got) != 4 || got[2] != `open@example.com|"not closed||{}|active` || !strings.HasPrefix(got[3], "two@example.com|on two lines|") {
		t.Errorf("%q", got)
	}
}

// TestImportGoesOnPastAClientThatCannotBeRead has clients whose attributes the SQL console has made something else
// than an object.
func TestImportGoesOnPastAClientThatCannotBeRead(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	kinds := []string{`[]`, `"Tver"`, `7`, `{broken`}
	file := "email,city\n"
	for i, attributes := range kinds {
		email := fmt.Sprintf("c%d@example.com", i)
		clienttest.Client(t, app, owner, email)
		_, err := app.DB().NewQuery(`UPDATE clients SET attributes = {:attributes} WHERE email = {:email}`).
			Bind(dbx.Params{"attributes": attributes, "email": email}).Execute()
		if err != nil {
			t.Fatal(err)
		}
		file += email + ",Tver\n"
	}
	result, _ := imported(t, app, ImportOptions{Owner: owner}, file+"new@example.com,Tver\n")
	if result.Added != 1 || result.Invalid != len(kinds) || len(result.Problems) != len(kinds) {
		t.Errorf("%+v", result)
	}
	for i, p := range result.Problems {
		if p.Code != "bad_attributes" || p.Line != i+2 || p.Detail == "" {
			t.Errorf("%+v", p)
		}
	}
	if got := clientLines(t, app, owner); len(got) != len(kinds)+1 || !strings.Contains(got[0], "|[]|") {
		t.Errorf("%q", got)
	}
}

func TestImportMeetsKnownClients(t *testing.T) {
	for _, c := range []struct {
		conflict           Conflict
		want               []string
		changed, unchanged int
	}{
		{Keep, []string{"Anna||{}", "|old|{\"age\":30,\"city\":\"Омск\"}", "Same||{\"n\":5}"}, 0, 3},
		{Fill, []string{"Anna||{\"city\":\"Тула\"}", "Boris|old|{\"age\":30,\"city\":\"Омск\"}", "Same||{\"n\":5}"}, 2, 1},
		{Overwrite, []string{"Anne||{\"city\":\"Тула\"}", "Boris|new|{\"age\":\"31\",\"city\":\"Омск\"}", "Same||{\"n\":5}"}, 2, 1},
		{"", []string{"Anna||{\"city\":\"Тула\"}", "Boris|old|{\"age\":30,\"city\":\"Омск\"}", "Same||{\"n\":5}"}, 2, 1},
	} {
		for _, dry := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, dry run %v", c.conflict, dry), func(t *testing.T) {
				app := apptest.New(t)
				owner, other := clienttest.Owner(t, app, "owner@example.com"), clienttest.Owner(t, app, "other@example.com")
				clienttest.Client(t, app, owner, "anna@example.com", map[string]any{"full_name": "Anna", "attributes": "{}"})
				clienttest.Client(t, app, owner, "boris@example.com", map[string]any{"comment": "old", "attributes": `{"age":30,"city":"Омск"}`})
				clienttest.Client(t, app, owner, "clara@example.com", map[string]any{"full_name": "Same", "attributes": `{"n":5}`})
				clienttest.Client(t, app, other, "anna@example.com")
				before := clientLines(t, app, owner)

				result, _ := imported(t, app, ImportOptions{Owner: owner, Conflict: c.conflict, DryRun: dry}, strings.Join([]string{
					"email,name,comment,city,age,n",
					"anna@example.com,Anne,,Тула,,",
					"boris@example.com,Boris,new,,31,",
					"clara@example.com,Same,,,,5",
					"dora@example.com,Dora,,,,",
				}, "\n"))
				if result.Added != 1 || result.Changed != c.changed || result.Unchanged != c.unchanged {
					t.Errorf("%+v", result)
				}
				got := clientLines(t, app, owner)
				if dry {
					if !slices.Equal(got, before) {
						t.Errorf("the dry run has changed something: %q", got)
					}
					return
				}
				for i, want := range c.want {
					if _, rest, _ := strings.Cut(got[i], "|"); rest != want+"|active" {
						t.Errorf("%q, want %q", rest, want)
					}
				}
				if theirs := clientLines(t, app, other); len(theirs) != 1 || !strings.HasPrefix(theirs[0], "anna@example.com||") {
					t.Errorf("another owner's client was touched: %q", theirs)
				}
			})
		}
	}
}

func TestImportKeepsTheStopList(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	known := clienttest.Client(t, app, owner, "known@example.com")
	for _, email := range []string{"known@example.com", "new@example.com"} {
		if err := suppression.Add(app.NonconcurrentDB(), owner, email, suppression.ReasonUnsubscribed, "", ""); err != nil {
			t.Fatal(err)
		}
	}
	left := clienttest.Client(t, app, owner, "left@example.com")
	list := clienttest.List(t, app, owner, known)
	clienttest.Subscribe(t, app, owner, list, left, "unsubscribed")

	result, _ := imported(t, app, ImportOptions{Owner: owner, List: list, Conflict: Overwrite},
		"email\nknown@example.com\nnew@example.com\nleft@example.com\nfresh@example.com\n")
	if result.Suppressed != 2 || result.Added != 2 {
		t.Errorf("%+v", result)
	}
	if got := clienttest.Status(t, app, owner, "new@example.com"); got != "unsubscribed" {
		t.Errorf("who has opted out comes back as %s", got)
	}
	if len(result.Problems) != 1 || result.Problems[0].Code != "left_list" || result.Problems[0].Line != 4 {
		t.Errorf("%+v", result.Problems)
	}
	var on []string
	err := app.DB().NewQuery(`
		SELECT replace(c.email, '@example.com', '') || ' ' || s.status FROM subscriptions s JOIN clients c ON c.id = s.client
		WHERE s.list = {:list} ORDER BY c.email`).Bind(dbx.Params{"list": list}).Column(&on)
	if want := []string{"fresh confirmed", "known confirmed", "left unsubscribed", "new confirmed"}; err != nil || !slices.Equal(on, want) {
		t.Errorf("on the list: %q, %v", on, err)
	}
}

func TestImportFollowsTheMapping(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	imported(t, app, ImportOptions{Owner: owner, Reading: Reading{Mapping: map[string]string{
		"Work mail": "email", "2": "", "EMAIL": "attributes.private_mail", "City": "comment",
	}}}, "email,secret,work mail,city,phone\nhome@example.com,x,work@example.com,Tver,5\n")
	want := `work@example.com||Tver|{"phone":"5","private_mail":"home@example.com"}|active`
	if got := clientLines(t, app, owner); len(got) != 1 || got[0] != want {
		t.Errorf("%q", got)
	}
}

func TestImportStopsBetweenTransactions(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	var file strings.Builder
	file.WriteString("email\n")
	for i := range 5 * importBatch {
		fmt.Fprintf(&file, "c%d@example.com\n", i)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var report bytes.Buffer
	result, err := runImport(ctx, app, "", strings.NewReader(file.String()), ImportOptions{Owner: owner}, &report, func(ImportResult) { cancel() })
	if !errors.Is(err, context.Canceled) || result.Added != importBatch {
		t.Fatalf("%+v, %v", result, err)
	}
	if got := len(clientLines(t, app, owner)); got != importBatch {
		t.Errorf("%d clients", got)
	}
}

// writeImport writes a CSV file of n clients and returns its path.
func writeImport(t testing.TB, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clients.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fmt.Fprintln(f, "email;ФИО;Город;Телефон")
	for i := range n {
		fmt.Fprintf(f, "%08x@example%d.com;Иван Петров %d;Тверь;+7 900 %07d\n", uint32(i)*2654435761, i%50, i, i)
	}
	return path
}
