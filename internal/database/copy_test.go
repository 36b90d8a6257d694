package database

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/pocketbase/dbx"
)

// large opens a database of about 40 MB.
func large(t *testing.T) (db *dbx.DB, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "data.db")
	db, err := Connect(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	execute(t, db, `CREATE TABLE blobs (body BLOB)`)
	for range 40 {
		execute(t, db, `INSERT INTO blobs VALUES (randomblob(1000000))`)
	}
	return db, path
}

func execute(t *testing.T, db *dbx.DB, sql string) {
	t.Helper()
	if _, err := db.NewQuery(sql).Execute(); err != nil {
		t.Fatal(err)
	}
}

func TestOthersWriteWhileADatabaseIsCopied(t *testing.T) {
	db, path := large(t)
	// A short wait: whoever had to wait for the copy would fail.
	writer, err := dbx.Open("sqlite", path+"?_pragma=busy_timeout(100)")
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	to, looks := filepath.Join(t.TempDir(), "copy.db"), 0
	err = Copy(t.Context(), path, to, func() error {
		looks++
		_, err := writer.NewQuery(`INSERT INTO blobs VALUES (randomblob(1000000))`).Execute()
		return err
	})
	if err != nil || looks < 3 {
		t.Fatalf("%d looks: %v", looks, err)
	}
	copied, err := Connect(to)
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	for name, want := range map[string]struct {
		db   *dbx.DB
		rows int
	}{"the copy has the rows of its beginning": {copied, 40}, "the database has all": {db, 40 + looks}} {
		var rows int
		var whole string
		if err := want.db.NewQuery(`SELECT COUNT(*) FROM blobs`).Row(&rows); err != nil || rows != want.rows {
			t.Errorf("%s: %d, want %d, %v", name, rows, want.rows, err)
		}
		if err := want.db.NewQuery(`PRAGMA quick_check`).Row(&whole); err != nil || whole != "ok" {
			t.Errorf("%s: %s, %v", name, whole, err)
		}
	}
	if about, err := os.Stat(to); err != nil || about.Mode().Perm() != 0o600 {
		t.Errorf("the copy: %v, %v", about.Mode(), err)
	}
}

func TestACopyThatIsStoppedLeavesNothing(t *testing.T) {
	_, path := large(t)
	to, enough := filepath.Join(t.TempDir(), "copy.db"), errors.New("enough")
	if err := Copy(t.Context(), path, to, func() error { return enough }); !errors.Is(err, enough) {
		t.Errorf("it ended with %v", err)
	}
	if left, err := os.ReadDir(filepath.Dir(to)); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}
