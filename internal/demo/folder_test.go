package demo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func claim(t *testing.T, path string, reset bool) *Folder {
	t.Helper()
	f, err := Claim(path, reset)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Release() })
	return f
}

// put writes a file as the demo would write its database.
func put(t *testing.T, path ...string) string {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("data"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return !errors.Is(err, fs.ErrNotExist)
}

func TestClaim(t *testing.T) {
	for _, tc := range []struct {
		name     string
		complete bool // the first start came to its end
		reset    bool
		kept     bool
	}{
		{"a second start keeps the data", true, false, true},
		{"a reset starts over", true, true, false},
		{"a first start that was interrupted is started over", false, false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "demo_data")
			f := claim(t, path, false)
			if f.Filled() {
				t.Error("a new folder is filled")
			}
			file := put(t, path, "storage", "data.db")
			if tc.complete {
				if err := f.MarkFilled(); err != nil {
					t.Fatal(err)
				}
			}
			if err := f.Release(); err != nil {
				t.Fatal(err)
			}

			again := claim(t, path, tc.reset)
			if exists(file) != tc.kept || again.Filled() != tc.kept {
				t.Errorf("data there: %v, filled: %v; want %v", exists(file), again.Filled(), tc.kept)
			}
		})
	}
}

func TestClaimLeavesAloneWhatIsNotItsOwn(t *testing.T) {
	t.Run("a folder with other data", func(t *testing.T) {
		path := t.TempDir()
		file := put(t, path, "data.db")
		if _, err := Claim(path, true); err == nil || !strings.Contains(err.Error(), "--dir") {
			t.Errorf("error %v, want one that says what to do", err)
		}
		if !exists(file) {
			t.Error("the data is gone")
		}
	})
	t.Run("a folder that another demo uses", func(t *testing.T) {
		path := t.TempDir()
		claim(t, path, false)
		file := put(t, path, "data.db")
		if _, err := Claim(path, true); err == nil || !strings.Contains(err.Error(), "another demo") {
			t.Errorf("error %v, want one that names the other demo", err)
		}
		if !exists(file) {
			t.Error("the data is gone")
		}
	})
}
