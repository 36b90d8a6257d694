package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// goPackage is what "go list" says of one package.
type goPackage struct {
	ImportPath string
	Imports    []string
	GoFiles    []string
}

// forTests are the packages that only tests import.
var forTests = regexp.MustCompile(`test$`)

// elsewhere are packages without a row in the table: nothing imports them but main.
var elsewhere = []string{"gonets", "gonets/migrations", "gonets/bench", "gonets/bench/contestant", "gonets/bench/jobs", "gonets/bench/plot", "gonets/bench/sink", "gonets/docs/api", "gonets/test"}

// row is a row of the table in docs/architecture.md: a package, and ○ if it knows nothing of PocketBase.
var row = regexp.MustCompile("(?m)^\\| `((?:internal|hooks)[a-z0-9/]*)` \\| (○?)")

// TestImportsRunOneWay holds the table of docs/architecture.md: every package is in it, and imports only those above it.
func TestImportsRunOneWay(t *testing.T) {
	page, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	place, free := map[string]int{}, map[string]bool{}
	for i, m := range row.FindAllStringSubmatch(string(page), -1) {
		name := "gonets/" + m[1]
		if _, twice := place[name]; twice {
			t.Errorf("%s is in the table twice", name)
		}
		place[name], free[name] = i, m[2] != ""
	}
	packages := goList(t)
	for _, p := range packages {
		at, isListed := place[p.ImportPath]
		isForTests := forTests.MatchString(p.ImportPath)
		switch {
		case slices.Contains(elsewhere, p.ImportPath) || len(p.GoFiles) == 0:
			continue
		case !isListed && !isForTests:
			t.Errorf("%s is not in the table", p.ImportPath)
		}
		for _, imported := range p.Imports {
			if free[p.ImportPath] && strings.HasPrefix(imported, "github.com/pocketbase/pocketbase") {
				t.Errorf("%s knows of PocketBase: it imports %s", p.ImportPath, imported)
			}
			if !strings.HasPrefix(imported, "gonets/") || isForTests {
				continue
			}
			if forTests.MatchString(imported) {
				t.Errorf("%s imports %s, which is for tests", p.ImportPath, imported)
			}
			if above, in := place[imported]; in && above >= at && imported != p.ImportPath {
				t.Errorf("%s imports %s, which stands below it", p.ImportPath, imported)
			}
		}
	}
	for name := range place {
		if !slices.ContainsFunc(packages, func(p goPackage) bool { return p.ImportPath == name }) {
			t.Errorf("%s is in the table and does not exist", name)
		}
	}
}

// TestPackagesAndFilesStaySmall: a package that outgrows 1800 lines has two nouns, a file that outgrows 300 two subjects.
func TestPackagesAndFilesStaySmall(t *testing.T) {
	for _, p := range goList(t) {
		folder, sum := "./"+strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "gonets"), "/"), 0
		for _, name := range p.GoFiles {
			content, err := os.ReadFile(folder + "/" + name)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Count(string(content), "\n")
			if sum += lines; lines > 300 {
				t.Errorf("%s/%s has %d lines", p.ImportPath, name, lines)
			}
		}
		// The files of migrations can only become more: each change of the schema is a new one.
		if sum > 1800 && p.ImportPath != "gonets/migrations" {
			t.Errorf("%s has %d lines", p.ImportPath, sum)
		}
	}
}

// listed are all packages, asked for once.
var listed = sync.OnceValues(func() (packages []goPackage, err error) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,GoFiles", "./...").Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read what go list says: %w", err)
		}
		packages = append(packages, p)
	}
})

func goList(t *testing.T) []goPackage {
	t.Helper()
	packages, err := listed()
	if err != nil {
		t.Fatal(err)
	}
	return packages
}
