package clientfile

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
	"gonets/internal/template"
)

// importedCase imports a file of testdata and returns the result, the clients, and the problems as "line code".
func importedCase(t *testing.T, app core.App, name string, how Reading) (result ImportResult, clients, problems []string) {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	owner := clienttest.Owner(t, app, "owner@example.com")
	result, _ = imported(t, app, ImportOptions{Owner: owner, Reading: how}, string(file))
	for _, p := range result.Problems {
		problems = append(problems, fmt.Sprintf("%d %s", p.Line, p.Code))
	}
	return result, clientLines(t, app, owner), problems
}

// TestFilesThatPeopleHave has files from public reports about mailing tools, with what is right for each.
func TestFilesThatPeopleHave(t *testing.T) {
	for _, c := range []struct {
		file              string
		clients, problems []string // clients: the first ones
		total             int      // of them; 0 for as many as named
	}{
		{"a01-stray-quote.csv", []string{`a0@example.com|"Ромашка" ООО||{"city":"Тверь"}|active`, `u0@example.com|Имя 0||{"city":"Омск"}|active`}, nil, 21},
		{"a02-one-broken-byte.csv", []string{`u0@example.com|Анна Петрова||{"city":"Тверь"}|active`}, []string{"5 broken_characters"}, 4},
		{"a03-one-broken-byte-bom.csv", []string{`u0@example.com|Анна Петрова||{"city":"Тверь"}|active`}, []string{"5 broken_characters"}, 4},
		{"a04-cp866.csv", []string{`u0@example.com|Анна Петрова||{"city":"Тверь"}|active`}, nil, 4},
		{"a07-listmonk-export.csv", []string{
			`anna@example.com|Anna||{"age":30,"city":"Tver","created_at":"2024-01-01T10:00:00Z","updated_at":"2024-01-01T10:00:00Z","uuid":"11111111-0000-4000-8000-000000000001"}|active`,
			`boris@example.com|Boris||{"created_at":"2024-01-01T10:00:00Z","updated_at":"2024-01-01T10:00:00Z","uuid":"11111111-0000-4000-8000-000000000002"}|unsubscribed`,
		}, nil, 0},
		{"a08-keila-export.csv", []string{
			`anna@example.com|Anna Petrova||{"city":"Tver"}|active`, `boris@example.com|Boris Ivanov||{}|unsubscribed`, `vera@example.com|Vera Sidorova||{}|bounced`,
		}, nil, 0},
		{"a10-google-contacts-classic.csv", []string{
			`anna@example.com|Анна Петрова||{"e_mail_1_type":"* Work","family_name":"Петрова","given_name":"Анна","group_membership":"* My Contacts","phone_1_type":"Mobile","phone_1_value":"+7 900 000-00-01"}|active`,
		}, nil, 0},
		{"a12-google-contacts-phones-first.csv", []string{`zoe@example.com|Zoe Zimmer||{"e_mail_1_label":"* Work","labels":"* myContacts"}|active`}, noEmail(2, 53), 0},
		{"a14-adres-ru.csv", []string{`anna@example.com|Петрова Анна||{"address":"Тверь, ул. Мира 5"}|active`}, nil, 0},
		{"a15-to-line.txt", []string{`anna@example.com|Anna Petrova||{}|active`, `boris@example.com|Boris||{}|active`, `vera@example.com|||{}|active`}, nil, 0},
		{"a16-mail-address-list.txt", []string{`anna@example.com|Petrova, Anna||{}|active`, `boris@example.com|Ivanov, Boris||{}|active`, `vera@example.com|Sidorova, Vera||{}|active`}, nil, 0},
		{"a18-cells-beyond-header.csv", []string{`anna@example.com|Petrova||{"column_3":"Anna"}|active`, `boris@example.com|Boris||{"column_3":"Tver"}|active`}, nil, 0},
		{"a19-space-before-quote.csv", []string{`anna@example.com|Petrova, Anna||{"city":"Tver"}|active`, `boris@example.com|Boris||{"city":"Omsk"}|active`}, nil, 0},
		{"a20-title-row.csv", []string{`anna@example.com|Анна Петрова||{"phone":"+7 900"}|active`}, nil, 0},
		{"a23-note-names-another-address.csv", []string{"anna@example.com||Prefers mornings\nbob@example.com, her husband, also reads this|{}|active", "vera@example.com||ok|{}|active"}, nil, 0},
		{"a24-not-sendable-addresses.csv", []string{"vera@example.com|Vera||{}|active", "почта@xn--e1afmkfd.xn--p1ai|EAI||{}|active"}, []string{"2 smtputf8", "3 mixed_letters"}, 0},
		{"a26-long-number.xlsx", []string{`anna@example.com|||{"card":"4276123412341234"}|active`}, nil, 0},
		{"a27-pipe.csv", []string{`anna@example.com|Anna||{}|active`}, nil, 0},
		{"a29-digit-header.csv", []string{`anna@example.com|||{"_2024_total":"15"}|active`}, nil, 0},
	} {
		t.Run(c.file, func(t *testing.T) {
			result, clients, problems := importedCase(t, apptest.New(t), c.file, Reading{})
			if c.total == 0 {
				c.total = len(c.clients)
			}
			if len(clients) != c.total || !slices.Equal(clients[:min(len(c.clients), len(clients))], c.clients) {
				t.Errorf("%d clients: %q", len(clients), clients)
			}
			if !slices.Equal(problems, c.problems) {
				t.Errorf("problems %q", problems)
			}
			if !result.EncodingSure && c.file != "a04-cp866.csv" {
				t.Error("the encoding is not sure")
			}
		})
	}
}

// noEmail are the problems of lines without an address.
func noEmail(from, to int) (problems []string) {
	for line := from; line <= to; line++ {
		problems = append(problems, fmt.Sprintf("%d no_email", line))
	}
	return problems
}

func TestWhoHasLeftElsewhereIsSaidInTheDryRun(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	file, err := os.ReadFile("testdata/a08-keila-export.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, dry := range []bool{true, false} {
		result, _ := imported(t, app, ImportOptions{Owner: owner, DryRun: dry}, string(file))
		if result.Left["unsubscribed"] != 1 || result.Left["bounced"] != 1 || len(result.Left) != 2 || result.Suppressed != 2 || result.Added != 3 {
			t.Errorf("dry run %v: %+v", dry, result)
		}
		if n, err := app.CountRecords("suppressions"); err != nil || (n == 2) == dry {
			t.Errorf("dry run %v: %d on the stop list, %v", dry, n, err)
		}
	}
}

func TestTheNamesThatImportGivesWorkInTemplates(t *testing.T) {
	for _, header := range []string{"2024 total", "№ заказа", "Любимый цвет", "Prénom usuel", "好きな色", "a.b", "100%", "VIP?", "Straße", "Ім'я батька", "___", "-x-"} {
		app := apptest.New(t)
		owner := clienttest.Owner(t, app, "owner@example.com")
		result, _ := imported(t, app, ImportOptions{Owner: owner}, "email,\""+header+"\"\nanna@example.com,tea\n")
		field := result.Columns[1].Field
		name, ok := strings.CutPrefix(field, "attributes.")
		if !ok {
			t.Fatalf("%s: %s", header, field)
		}
		parsed, err := template.Parse("body", "{{ client."+field+" }}", template.Syntax{})
		if err != nil {
			t.Errorf("%s: %v", header, err)
			continue
		}
		var budget template.Budget
		budget.Reset()
		r := template.NewRenderer(&budget)
		if err := r.Run(parsed, &template.Values{Attributes: map[string]any{name: "tea"}}); err != nil {
			t.Errorf("%s: %v", header, err)
		}
		if got := string(r.AppendText(nil, parsed)); got != "tea" {
			t.Errorf("{{ client.%s }} is %q", field, got)
		}
	}
}
