package site

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func TestACompressedFileIsKept(t *testing.T) {
	body := []byte(strings.Repeat("export const answer = 42;\n", 100))
	p := packer{folder: filepath.Join(t.TempDir(), packedFolder)}
	first := p.pack(body)
	if len(first) != 2 || first[0].coding != "br" || first[1].coding != "gzip" {
		t.Fatalf("packed as %+v", first)
	}
	if entries, err := os.ReadDir(p.folder); err != nil || len(entries) != 2 {
		t.Fatalf("%d files are kept: %v", len(entries), err)
	}

	// What is kept is what is answered: compressed another way it is still the file.
	kept := filepath.Join(p.folder, keptName("br", body))
	var other bytes.Buffer
	w := codings[0].compress(&other)
	for _, half := range [][]byte{body[:50], body[50:]} {
		if _, err := w.Write(half); err != nil {
			t.Fatal(err)
		}
		if err := w.(interface{ Flush() error }).Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, kept, other.Bytes())
	if again := p.pack(body); bytes.Equal(other.Bytes(), first[0].body) || !bytes.Equal(again[0].body, other.Bytes()) {
		t.Error("what is kept is not used")
	}

	for name, content := range map[string][]byte{
		"lost its end":      first[0].body[:len(first[0].body)-1],
		"is empty":          nil,
		"is of another":     p.compressed(codings[0], bytes.Repeat([]byte("x"), len(body))),
		"expands to more":   p.compressed(codings[0], append(bytes.Clone(body), 'x')),
		"is not compressed": body,
	} {
		write(t, kept, content)
		if again := p.pack(body); !bytes.Equal(again[0].body, first[0].body) {
			t.Errorf("a kept file that %s is answered with", name)
		}
		if mended, err := os.ReadFile(kept); err != nil || !bytes.Equal(mended, first[0].body) {
			t.Errorf("a kept file that %s is not replaced: %v", name, err)
		}
	}
}

func TestCompressedFilesOfAnEarlierVersionAreRemoved(t *testing.T) {
	earlier, now := strings.Repeat("earlier;\n", 50), strings.Repeat("now;\n", 50)
	p := packer{folder: filepath.Join(t.TempDir(), packedFolder)}
	site := fstest.MapFS{"pages/home.js": {Data: []byte(now)}, "logo.png": {Data: []byte(earlier)}}
	if err := p.sweep(site); err != nil {
		t.Errorf("with no folder: %v", err)
	}
	p.pack([]byte(earlier))
	p.pack([]byte(now))
	write(t, filepath.Join(p.folder, "123.new"), []byte("of a process that was killed"))
	if err := p.sweep(site); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(p.folder)
	if err != nil || len(entries) != 2 {
		t.Fatalf("%d files are left: %v", len(entries), err)
	}
	for _, entry := range entries {
		if name := entry.Name(); name != keptName("br", []byte(now)) && name != keptName("gzip", []byte(now)) {
			t.Errorf("%s is left", name)
		}
	}
}

func TestNothingIsKeptWithoutAFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	if all := (packer{}).pack(bytes.Repeat([]byte("x"), 1000)); len(all) != 2 {
		t.Errorf("packed as %+v", all)
	}
	if entries, err := os.ReadDir("."); err != nil || len(entries) > 0 {
		t.Errorf("%d files were written: %v", len(entries), err)
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
