package e2e

import (
	"encoding/csv"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"gonets/internal/outbox"
)

// imported is the record of an import.
type imported struct {
	ID, Status, Error, Report                             string
	DryRun                                                bool `json:"dry_run"`
	Total, Added, Changed, Unchanged, Invalid, Suppressed int
	Problems                                              []struct {
		Line int
		Code string
	}
}

// counts are the figures of an import.
func (i imported) counts() [6]int {
	return [6]int{i.Total, i.Added, i.Changed, i.Unchanged, i.Invalid, i.Suppressed}
}

// importing uploads a file of clients and waits until it is through.
func (c *client) importing(fields map[string]string, content []byte) imported {
	c.t.Helper()
	var record imported
	c.upload("/api/gonets/clients/import", fields, "clients.csv", content).want(202).into(&record)
	eventually(c.ctx, c.t, "the import is through", func() bool {
		c.get("/api/gonets/imports/" + record.ID).want(200).into(&record)
		return record.Status != "queued" && record.Status != "running"
	})
	if record.Status != "completed" {
		c.t.Fatalf("the import is %+v", record)
	}
	return record
}

// russian is a list as Excel saves it in Russia: windows-1251, semicolons, and what people type.
func russian(t *testing.T) []byte {
	t.Helper()
	encoded, err := charmap.Windows1251.NewEncoder().String(strings.Join([]string{
		"ФИО;Электронная почта;Город;Примечание",
		"Анна Смирнова;anna@example.org;Москва;",
		"Борис Ёлкин; BORIS@Example.ORG ;Нижний Новгород;пишет редко",
		`"Кофейня ""Зерно""; бариста";coffee@example.org;Казань;`,
		"Вера;не адрес;Пермь;",
		";;;",
		"Анна ещё раз;Anna@example.org;Тверь;",
		"Глеб;gleb@example.org",
		"Дарья;stopped@example.org;Омск;",
		"Егор;egor@example..org;Томск;",
	}, "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(encoded)
}

// Of its nine rows one is empty, two have no address that could be mailed, one address comes twice, and one is on the stop list.
var ofRussian = [6]int{8, 5, 0, 1, 2, 1}

func Test09ARealListOfPeopleIsImportedAndComesBackTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	owner, other := w.user("owner@gonets.example", "owner"), w.user("other@gonets.example", "owner")
	owner.post("/api/collections/suppressions/records", object{"kind": "address", "value": "stopped@example.org", "reason": "manual"}).want(200)
	list := owner.post("/api/collections/lists/records", object{"name": "From Excel"}).want(200).id()
	content := russian(t)

	before := w.inventory()
	dry := owner.importing(map[string]string{"list": list, "dry_run": "true"}, content)
	if dry.counts() != ofRussian || !dry.DryRun {
		t.Errorf("the dry run says %+v", dry)
	}
	before["imports"]++
	if after := w.inventory(); !reflect.DeepEqual(before, after) {
		t.Errorf("a dry run changed something:\nbefore %v\nafter  %v", before, after)
	}

	done := owner.importing(map[string]string{"list": list}, content)
	if done.counts() != ofRussian {
		t.Errorf("the import says %+v", done)
	}
	lines := make(map[int]string)
	for _, p := range done.Problems {
		lines[p.Line] = p.Code
	}
	if lines[5] == "" || lines[10] == "" || done.Report == "" {
		t.Errorf("the problems are %v, the report %q", lines, done.Report)
	}
	var clients struct {
		Items []struct {
			Email, Comment, Status string
			FullName               string `json:"full_name"`
			Attributes             map[string]any
		}
	}
	owner.get("/api/collections/clients/records?sort=email").want(200).into(&clients)
	if len(clients.Items) != 5 {
		t.Fatalf("there are %d clients, want 5", len(clients.Items))
	}
	anna, boris, coffee := clients.Items[0], clients.Items[1], clients.Items[2]
	if anna.FullName != "Анна Смирнова" || anna.Attributes["city"] != "Москва" || boris.Email != "boris@example.org" || boris.Comment != "пишет редко" ||
		coffee.FullName != `Кофейня "Зерно"; бариста` {
		t.Errorf("the clients are %+v", clients.Items)
	}

	t.Run("everyone of the file is on the list, and who must not be mailed is not", func(t *testing.T) {
		owner := owner.in(t)
		id := owner.after(owner.mailing(owner.message(nil), object{"audience": "lists", "lists": []string{list}}), "completed", "send", nil)
		if b := w.in(t).balancedBooks(id); b.mailing.Total != 5 || b.recipients["stopped@example.org"].State != "skipped" {
			t.Errorf("the mailing to the list is %+v", b.mailing)
		}
	})

	t.Run("what is exported comes back unchanged", func(t *testing.T) {
		owner := owner.in(t)
		exported := owner.get("/api/gonets/clients/export.csv").want(200)
		if kind := exported.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/csv") {
			t.Errorf("the export is %q", kind)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(exported.body), "\ufeff"))).ReadAll()
		if err != nil || len(rows) != 6 {
			t.Fatalf("the export has %d rows: %v", len(rows), err)
		}
		again := owner.importing(map[string]string{"on_conflict": "overwrite"}, exported.body)
		if want := [6]int{5, 0, 0, 5, 0, 1}; again.counts() != want {
			t.Errorf("imported again it says %+v", again)
		}
	})

	t.Run("an import is its owner's, who can take it back", func(t *testing.T) {
		owner, other := owner.in(t), other.in(t)
		other.get("/api/gonets/imports/" + done.ID).want(404).problem()
		other.post("/api/gonets/imports/"+done.ID+"/undo", nil).want(404).problem()
		var none struct{ TotalItems int }
		other.get("/api/collections/clients/records").want(200).into(&none)
		if none.TotalItems != 0 {
			t.Errorf("another owner has %d clients", none.TotalItems)
		}
		fresh := owner.importing(nil, []byte("email\nnew@example.org\n"))
		owner.post("/api/gonets/imports/"+fresh.ID+"/undo", nil).want(200)
		owner.get("/api/collections/clients/records?filter=" + url.QueryEscape(`email="new@example.org"`)).want(200).into(&none)
		if none.TotalItems != 0 {
			t.Error("the client of an import that was undone is still there")
		}
	})

	t.Run("a file that is none says so", func(t *testing.T) {
		owner := owner.in(t)
		for _, content := range []string{"", "name\nAnn\nBen\n", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"} {
			owner.upload("/api/gonets/clients/import", nil, "clients.csv", []byte(content)).want(400).problem()
		}
		owner.upload("/api/gonets/clients/import", map[string]string{"list": "nosuchlist00000"}, "clients.csv", russian(t)).want(400).problem()
		owner.upload("/api/gonets/clients/import", map[string]string{"on_conflict": "perhaps"}, "clients.csv", russian(t)).want(400).problem()
		owner.post("/api/gonets/clients/import", object{"file": "clients.csv"}).want(400).problem()
		w.nobody.in(t).upload("/api/gonets/clients/import", nil, "clients.csv", russian(t)).want(401).problem()
	})
}

func Test09ClientsComeAndGoOnTheCommandLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	owner := w.user("owner@gonets.example", "owner")
	owner.post("/api/collections/suppressions/records", object{"kind": "address", "value": "stopped@example.org", "reason": "manual"}).want(200)
	file := filepath.Join(w.folder, "клиенты.csv")
	if err := os.WriteFile(file, russian(t), 0o600); err != nil {
		t.Fatal(err)
	}
	count := func() int {
		var page struct{ TotalItems int }
		owner.get("/api/collections/clients/records?perPage=1").want(200).into(&page)
		return page.TotalItems
	}

	var record imported
	w.command("clients", "import", file, "--owner", owner.email, "--dry-run", "--json").wantCode(t, 0).json(t, &record)
	if record.counts() != ofRussian || count() != 0 {
		t.Errorf("the dry run says %+v, and there are %d clients", record, count())
	}
	plain := w.command("clients", "import", file, "--owner", owner.email).wantCode(t, 0).stdout // two lines are invalid
	for _, words := range []string{"line 5", "line 10", "5 added", "2 invalid"} {
		if !strings.Contains(plain, words) {
			t.Errorf("the import does not say %q:\n%s", words, plain)
		}
	}
	if count() != 5 {
		t.Errorf("there are %d clients, want 5", count())
	}

	exported := w.command("clients", "export", "--owner", owner.email).wantCode(t, 0).stdout
	if served := string(owner.get("/api/gonets/clients/export.csv").want(200).body); served != exported {
		t.Errorf("the command exports\n%s\nthe server\n%s", exported, served)
	}
	back := filepath.Join(w.folder, "back.csv")
	w.command("clients", "export", "--owner", owner.email, "-o", back).wantCode(t, 0)
	w.command("clients", "import", back, "--owner", owner.email, "--json").wantCode(t, 0).json(t, &record)
	if record.Added+record.Changed+record.Invalid != 0 || record.Unchanged != 5 {
		t.Errorf("imported again it says %+v", record)
	}

	nothing := filepath.Join(w.folder, "nothing.csv")
	if err := os.WriteFile(nothing, []byte("name\nAnn\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"there is no such file": {"import", "missing.csv", "--owner", owner.email},
		"nobody is named":       {"import", file},
		"there is no such user": {"import", file, "--owner", "nobody@gonets.example"},
		"there is no such list": {"import", file, "--owner", owner.email, "--list", "Nowhere"},
		"it has no addresses":   {"import", nothing, "--owner", owner.email},
		"nobody to export":      {"export"},
	} {
		t.Run(name, func(t *testing.T) {
			if r := w.in(t).command(append([]string{"clients"}, args...)...).wantCode(t, 1); strings.TrimSpace(r.stderr) == "" {
				t.Error("stderr says nothing")
			}
		})
	}
}

func Test09ALargeFileRunsInTheBackground(t *testing.T) {
	t.Parallel()
	const total = 50_000
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	owner := w.user("owner@gonets.example", "owner")
	var content strings.Builder
	content.WriteString("email,full_name\n")
	for i := range total {
		fmt.Fprintf(&content, "%s,Client %d\n", numbered(i), i)
	}
	record := owner.importing(nil, []byte(content.String()))
	if want := [6]int{total, total, 0, 0, 0, 0}; record.counts() != want {
		t.Errorf("the import says %+v", record)
	}
	record = owner.importing(nil, []byte(content.String()))
	if want := [6]int{total, 0, 0, total, 0, 0}; record.counts() != want {
		t.Errorf("the second time it says %+v", record)
	}
}
