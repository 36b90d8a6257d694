package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// source is a Go file of ours.
type source struct {
	*ast.File
	folder string // of its package, as imports name it: "gonets/internal/stats"
}

// uses are what the packages name of each other.
type uses struct {
	names   map[string]bool     // "gonets/internal/stats.Service"
	members map[string][]string // the folders in which a member of this name is asked for, of whatever value
}

// calledByLibraries are methods that only code of others calls.
var calledByLibraries = []string{
	"Unwrap", "UnmarshalJSON", "LMTPData", "AuthMechanisms", "ExpandRecord", "ExpandRecords", "UpdateQuery", "Unset", "Unsubscribe", "Transform",
	"PropertyValue", "Contains", "IndexValue", "Interface", "Less", // a value of a template
	"BlockSyntax", "IsBlock", "IsBlockEnd", "IsClause", "IsBlockStart", "RequiresParent", "ParentTags", "CanHaveParent", // its grammar
}

// TestExportedNamesAreUsedElsewhere finds what is exported although no other package uses it. A type may be exported
// because an exported declaration names it, and a constant because another one of its group is used: the values of an
// enumeration stay together.
func TestExportedNamesAreUsedElsewhere(t *testing.T) {
	files, positions := sources(t)
	u := uses{names: map[string]bool{}, members: map[string][]string{}}
	for _, f := range files {
		u.note(f)
	}
	for _, f := range files {
		if f.Name.Name == "main" || strings.HasSuffix(positions.File(f.Pos()).Name(), "_test.go") {
			continue
		}
		for _, d := range f.Decls {
			for _, name := range u.lack(f.folder, d) {
				t.Errorf("%s: %s is exported, and only its own package uses it", positions.Position(name.Pos()), name.Name)
			}
		}
	}
}

// sources reads all packages.
func sources(t *testing.T) (files []source, positions *token.FileSet) {
	t.Helper()
	positions = token.NewFileSet()
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != "." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "pb_public"):
			return fs.SkipDir
		case filepath.Ext(name) != ".go":
			return nil
		}
		file, err := parser.ParseFile(positions, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		folder := "gonets/" + filepath.ToSlash(filepath.Dir(path))
		if strings.HasSuffix(file.Name.Name, "_test") {
			folder += "_test" // tests that use their package from outside
		}
		files = append(files, source{file, folder})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files, positions
}

// note adds what a file uses of other packages, and the types that its own exported declarations name.
func (u uses) note(f source) {
	imported := map[string]string{}
	for _, i := range f.Imports {
		folder := strings.Trim(i.Path.Value, `"`)
		name := folder[strings.LastIndex(folder, "/")+1:]
		if i.Name != nil {
			name = i.Name.Name
		}
		imported[name] = folder
	}
	ast.Inspect(f.File, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); !ok || imported[x.Name] == "" {
				u.member(n.Sel.Name, f.folder)
			} else {
				u.names[imported[x.Name]+"."+n.Sel.Name] = true
			}
		case *ast.InterfaceType: // whoever has the interface calls its methods
			for _, m := range n.Methods.List {
				for _, name := range m.Names {
					u.member(name.Name, "")
				}
			}
		}
		return true
	})
	for _, d := range f.Decls {
		u.noteTypes(f.folder, d)
	}
}

func (u uses) member(name, folder string) {
	if !slices.Contains(u.members[name], folder) {
		u.members[name] = append(u.members[name], folder)
	}
}

// noteTypes adds the types that the exported part of a declaration names.
func (u uses) noteTypes(folder string, d ast.Decl) {
	named := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				return false // of another package
			case *ast.Field:
				if len(n.Names) > 0 && !n.Names[0].IsExported() {
					return false
				}
			case *ast.Ident:
				u.names[folder+"."+n.Name] = true
			}
			return true
		})
	}
	signature := func(f *ast.FuncType) {
		for _, list := range []*ast.FieldList{f.TypeParams, f.Params, f.Results} {
			if list == nil {
				continue
			}
			for _, field := range list.List {
				named(field.Type)
			}
		}
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() {
			signature(d.Type)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() {
					named(s.Type)
				}
			case *ast.ValueSpec:
				if s.Type != nil && s.Names[0].IsExported() {
					named(s.Type)
				}
			}
		}
	}
}

// lack are the exported names of a declaration that nothing outside its package uses.
func (u uses) lack(folder string, d ast.Decl) (names []*ast.Ident) {
	add := func(candidates ...*ast.Ident) {
		for _, name := range candidates {
			if name.IsExported() && !u.names[folder+"."+name.Name] {
				names = append(names, name)
			}
		}
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		switch {
		case d.Recv == nil:
			add(d.Name)
		case !d.Name.IsExported() || slices.Contains(calledByLibraries, d.Name.Name):
		case !slices.ContainsFunc(u.members[d.Name.Name], func(of string) bool { return of != folder }):
			names = append(names, d.Name)
		}
	case *ast.GenDecl:
		exported := 0
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				add(s.Name)
			case *ast.ValueSpec:
				add(s.Names...)
				if s.Names[0].IsExported() {
					exported += len(s.Names)
				}
			}
		}
		if d.Tok == token.CONST && len(names) < exported {
			return nil
		}
	}
	return names
}
