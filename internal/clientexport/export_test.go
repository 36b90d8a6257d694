package clientexport

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/apptest"
	"gonets/internal/audience"
	"gonets/internal/clienttest"
)

func TestExportPages(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	list := clienttest.List(t, app, owner)
	clienttest.Fill(t, app, owner, list, 2*pageClients+1)
	var file bytes.Buffer
	if err := CSV(context.Background(), app, audience.Wanted{Owner: owner}, ',', &file); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(file.String(), "\r\n"); lines != 2*pageClients+2 {
		t.Errorf("%d lines", lines)
	}
}

// TestManyAttributesDoNotCostEveryClientAColumn exports more attributes than have a column of their own.
func TestManyAttributesDoNotCostEveryClientAColumn(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	const clients, each = 60, 200
	for n := range clients {
		attributes := map[string]any{"city": fmt.Sprintf("Tver %d", n), strings.Repeat("k", maxKeyBytes+1): "long"}
		for k := range each {
			attributes[fmt.Sprintf("a%d_%d", n, k)] = fmt.Sprintf("v%d_%d", n, k)
		}
		clienttest.Client(t, app, owner, fmt.Sprintf("client%03d@example.com", n), map[string]any{"attributes": attributes})
	}
	var file, book bytes.Buffer
	must(t, CSV(context.Background(), app, audience.Wanted{Owner: owner}, ',', &file))
	must(t, Workbook(context.Background(), app, audience.Wanted{Owner: owner}, &book))
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file.Bytes(), []byte("\ufeff")))).ReadAll()
	must(t, err)
	header := rows[0]
	if len(header) != len(Columns)+maxKeys+1 || header[len(header)-1] != restColumn || !slices.Contains(header, "attributes.city") {
		t.Fatalf("%d columns, the last is %q", len(header), header[len(header)-1])
	}
	if limit := clients*maxKeys*2 + clients*each*40; file.Len() > limit {
		t.Errorf("%d bytes", file.Len())
	}
	for n, row := range rows[1:] {
		got := map[string]string{}
		must(t, json.Unmarshal([]byte(row[len(row)-1]), &got))
		for i, name := range header[len(Columns) : len(header)-1] {
			if value := row[len(Columns)+i]; value != "" {
				got[strings.TrimPrefix(name, "attributes.")] = value
			}
		}
		if len(got) != each+2 || got["city"] != fmt.Sprintf("Tver %d", n) {
			t.Errorf("client %d has %d attributes", n, len(got))
		}
		for k := range each {
			if got[fmt.Sprintf("a%d_%d", n, k)] != fmt.Sprintf("v%d_%d", n, k) {
				t.Fatalf("attribute %d of client %d is %q", k, n, got[fmt.Sprintf("a%d_%d", n, k)])
			}
		}
	}
	_, sheet, _ := sheets(t, book.Bytes())
	for n, row := range sheet[0] {
		if !slices.Equal(row, rows[n][:len(row)]) {
			t.Errorf("row %d of the workbook differs", n)
		}
	}
}

func TestPagesOfLargeClientsAreShort(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	const clients = 400
	for n := range clients {
		clienttest.Client(t, app, owner, fmt.Sprintf("client%03d@example.com", n), map[string]any{"attributes": map[string]any{"a": strings.Repeat("x", 15<<10)}})
	}
	x, err := newExport(context.Background(), app, audience.Wanted{Owner: owner})
	must(t, err)
	page, err := x.page(context.Background(), "")
	if must(t, err); len(page) > pageBytes/(15<<10)+1 {
		t.Errorf("%d clients in a page", len(page))
	}
	seen := 0
	must(t, x.cells(context.Background(), func([]string) error { seen++; return nil }))
	if seen != clients {
		t.Errorf("%d clients", seen)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestListsAndConsentsAreLookedUpByClient(t *testing.T) {
	app := apptest.New(t)
	params := dbx.Params{"owner": "o", "clients": "[]"}
	clienttest.Seeks(t, app, listsSQL, params, "idx_subscriptions_client (client=?")
	clienttest.Seeks(t, app, consentsSQL, params, "idx_consents_client (owner=? AND client=?")
}
