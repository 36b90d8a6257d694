package main

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The web UI has no build step that would notice what does not fit together. These tests do.

var (
	// dictionaryKey is a key at the beginning of a line of a dictionary: `brand:` or `"nav.home":`.
	dictionaryKey = regexp.MustCompile(`(?m)^  (?:"([^"]+)"|([A-Za-z]\w*)):`)
	// pluralForm is one form of an entry that is chosen by a number.
	pluralForm = regexp.MustCompile(`\b(one|few|many|other): "`)
	// parameter is a place that t() fills in.
	parameter = regexp.MustCompile(`\{(\w+)\}`)
	// staticImport is the address of a module that another one cannot run without.
	staticImport = regexp.MustCompile(`(?m)(?:^(?:import|export)\b[^;"]*?from\s*|\bfrom)"(\.[^"]+)"`)
	preload      = regexp.MustCompile(`<link rel="modulepreload" href="([^"]+)">`)
	comment      = regexp.MustCompile(`(?m)^\s*(?://|/?\*).*$`)
	// translated is a key of words that stands as it is in the code.
	translated = regexp.MustCompile(`\b(?:t|rich)\("([^"]+)"`)
)

func TestBothDictionariesHaveTheSameWords(t *testing.T) {
	ru, en := dictionaryFiles(t, "ru"), dictionaryFiles(t, "en")
	if !slices.Equal(slices.Sorted(maps.Keys(ru)), slices.Sorted(maps.Keys(en))) {
		t.Fatalf("the files of the dictionaries differ:\nru %v\nen %v", slices.Sorted(maps.Keys(ru)), slices.Sorted(maps.Keys(en)))
	}
	for name := range ru {
		for key := range ru[name] {
			if _, has := en[name][key]; !has {
				t.Errorf("en%s has no words for %q", name, key)
			}
		}
		for key := range en[name] {
			if _, has := ru[name][key]; !has {
				t.Errorf("ru%s has no words for %q", name, key)
			}
		}
	}
}

func TestBothLanguagesSayTheSameValues(t *testing.T) {
	ru, en := dictionaryFiles(t, "ru"), dictionaryFiles(t, "en")
	for name, words := range ru {
		for key, entry := range words {
			if a, b := parameters(entry), parameters(en[name][key]); !slices.Equal(a, b) {
				t.Errorf("%s: %q has the values %v in Russian and %v in English", name, key, a, b)
			}
		}
	}
}

func TestPluralsHaveTheFormsOfTheirLanguage(t *testing.T) {
	for code, want := range map[string][]string{"ru": {"few", "many", "one", "other"}, "en": {"one", "other"}} {
		for name, words := range dictionaryFiles(t, code) {
			for key, entry := range words {
				var forms []string
				for _, m := range pluralForm.FindAllStringSubmatch(entry, -1) {
					forms = append(forms, m[1])
				}
				slices.Sort(forms)
				if forms != nil && !slices.Equal(forms, want) {
					t.Errorf("%s%s: %q has the forms %v, want %v", code, name, key, forms, want)
				}
			}
		}
	}
}

func TestWordsThatTheCodeNamesExist(t *testing.T) {
	known := map[string]bool{}
	for _, words := range dictionaryFiles(t, "en") {
		for key := range words {
			known[key] = true
		}
	}
	for name, code := range modules(t) {
		for _, m := range translated.FindAllStringSubmatch(comment.ReplaceAllString(code, ""), -1) {
			if !known[m[1]] {
				t.Errorf("%s says %q, for which there are no words", name, m[1])
			}
		}
	}
}

func TestTheFirstPageIsPreloadedWhole(t *testing.T) {
	code := modules(t)
	needed := map[string]bool{}
	var follow func(name string)
	follow = func(name string) {
		if needed[name] {
			return
		}
		if _, has := code[name]; !has {
			t.Errorf("%s is imported and does not exist", name)
			return
		}
		needed[name] = true
		for _, m := range staticImport.FindAllStringSubmatch(code[name], -1) {
			follow(path.Join(path.Dir(name), m[1]))
		}
	}
	follow("app.js")
	follow("pages/home.js") // by name, from routes.js
	delete(needed, "app.js")

	var linked []string
	for _, m := range preload.FindAllStringSubmatch(siteFile(t, "index.html"), -1) {
		linked = append(linked, m[1])
	}
	if want := slices.Sorted(maps.Keys(needed)); !slices.Equal(linked, want) {
		t.Errorf("index.html preloads\n%v\nand the first page imports\n%v\nrun: node scripts/preloads.mjs", linked, want)
	}
}

func TestEveryImportLeadsToAModule(t *testing.T) {
	code := modules(t)
	for name, text := range code {
		for _, m := range staticImport.FindAllStringSubmatch(text, -1) {
			if target := path.Join(path.Dir(name), m[1]); code[target] == "" {
				t.Errorf("%s imports %s, which does not exist", name, target)
			}
		}
	}
}

func TestVendoredFilesAreAsTheyWereFetched(t *testing.T) {
	listed := map[string]string{}
	for line := range strings.Lines(siteFile(t, "vendor/SHA256SUMS")) {
		sum, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if !ok {
			t.Fatalf("SHA256SUMS has the line %q", line)
		}
		listed[name] = sum
	}
	delete(listed, "")
	walk(t, "vendor", func(name string) {
		short := strings.TrimPrefix(name, "vendor/")
		if short == "SHA256SUMS" || short == "README.md" {
			return
		}
		sum := sha256.Sum256([]byte(siteFile(t, name)))
		if got := hex.EncodeToString(sum[:]); listed[short] != got {
			t.Errorf("%s has the hash %s, SHA256SUMS says %q", short, got, listed[short])
		}
		delete(listed, short)
	})
	for name := range listed {
		t.Errorf("SHA256SUMS lists %s, which does not exist", name)
	}
}

// dictionaryFiles are the entries of a language by file and key; the common file is ".js", the one
// of the sign-in pages "/auth.js".
func dictionaryFiles(t *testing.T, code string) map[string]map[string]string {
	t.Helper()
	files := map[string]map[string]string{}
	read := func(name string) {
		text := siteFile(t, name)
		words := map[string]string{}
		at := dictionaryKey.FindAllStringSubmatchIndex(text, -1)
		for i, m := range at {
			key := text[max(m[2], m[4]):max(m[3], m[5])]
			end := len(text)
			if i+1 < len(at) {
				end = at[i+1][0]
			}
			if _, twice := words[key]; twice {
				t.Errorf("%s has words for %q twice", name, key)
			}
			words[key] = text[m[1]:end]
		}
		files[strings.TrimPrefix(name, "i18n/"+code)] = words
	}
	read("i18n/" + code + ".js")
	walk(t, "i18n/"+code, read)
	return files
}

// parameters are the names of the values in an entry, once each.
func parameters(entry string) []string {
	names := map[string]bool{}
	for _, m := range parameter.FindAllStringSubmatch(entry, -1) {
		names[m[1]] = true
	}
	delete(names, "count") // a form for one may leave its number out
	return slices.Sorted(maps.Keys(names))
}

// modules are the scripts of the site by name.
func modules(t *testing.T) map[string]string {
	t.Helper()
	code := map[string]string{}
	walk(t, ".", func(name string) {
		if path.Ext(name) == ".js" {
			code[name] = siteFile(t, name)
		}
	})
	return code
}

func siteFile(t *testing.T, name string) string {
	t.Helper()
	body, err := fs.ReadFile(public, "pb_public/"+name)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// walk calls visit with every file below a folder of the site.
func walk(t *testing.T, folder string, visit func(name string)) {
	t.Helper()
	err := fs.WalkDir(public, path.Join("pb_public", folder), func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			visit(strings.TrimPrefix(name, "pb_public/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
