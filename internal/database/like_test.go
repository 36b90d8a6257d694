package database

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func open(tb testing.TB) *sql.DB {
	tb.Helper()
	if err := registerLike(); err != nil {
		tb.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(tb.TempDir(), "data.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	return db
}

func TestLike(t *testing.T) {
	db := open(t)
	for _, c := range []struct {
		name string
		sql  string
		want any // 1, 0 or nil
	}{
		{"Latin letters without case", `'Ivan' LIKE 'iVAN'`, 1},
		{"Cyrillic letters without case", `'Иван Петров' LIKE '%пЕТР%'`, 1},
		{"ё and е", `'Артём' LIKE 'артем' AND 'Пётр' LIKE '%ПЕТ%' AND 'Семен' LIKE 'семён'`, 1},
		{"й is not и", `'Андрей' LIKE 'андреи'`, 0},
		{"Greek, both small sigmas", `'ΟΔΥΣΣΕΥΣ' LIKE 'οδυσσευς'`, 1},
		{"accents count", `'José' LIKE 'jose'`, 0},
		{"the whole text", `'Иванов' LIKE 'иван'`, 0},
		{"% also stands for nothing", `'иван' LIKE '%иван%'`, 1},
		{"only %", `'' LIKE '%'`, 1},
		{"an empty pattern", `'' LIKE ''`, 1},
		{"an empty pattern and a text", `'a' LIKE ''`, 0},
		{"% in the middle, more than once", `'a1b2b3c' LIKE 'a%b%c'`, 1},
		{"% that has to be looked at again", `'aaab' LIKE '%aab'`, 1},
		{"_ is one character, of however many bytes", `'жук' LIKE 'ж_к'`, 1},
		{"_ is not none", `'жк' LIKE 'ж_к'`, 0},
		{"_ after %", `'аб' LIKE '%_б' AND NOT 'б' LIKE '%_б'`, 1},
		{"an escaped %", `'100%' LIKE '100\%' ESCAPE '\' AND NOT '100x' LIKE '100\%' ESCAPE '\'`, 1},
		{"an escaped _", `'a_b' LIKE 'A\_B' ESCAPE '\' AND NOT 'axb' LIKE 'a\_b' ESCAPE '\'`, 1},
		{"an escape at the end never fits", `'a\' LIKE 'a\' ESCAPE '\'`, 0},
		{"a backslash is nothing special without ESCAPE", `'a\b' LIKE 'A\b'`, 1},
		{"a number", `12.5 LIKE '12.%' AND 12 LIKE '1_' AND 3.0 LIKE '3.0'`, 1},
		{"NULL", `NULL LIKE '%'`, nil},
		{"a pattern that is NULL", `'a' LIKE NULL`, nil},
		{"NOT LIKE", `'Иван' NOT LIKE 'иван'`, 0},
		{"bytes that are no UTF-8", `CAST(x'ff61' AS TEXT) LIKE '%A'`, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got sql.NullInt64
			if err := db.QueryRow(`SELECT ` + c.sql).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if c.want == nil && got.Valid || c.want != nil && (!got.Valid || int(got.Int64) != c.want) {
				t.Errorf("%s is %v, want %v", c.sql, got, c.want)
			}
		})
	}
}

func TestLikeRefuses(t *testing.T) {
	db := open(t)
	for name, query := range map[string]string{
		"an escape of two characters": `SELECT 'a' LIKE 'a' ESCAPE 'xy'`,
		"a pattern that is too long":  `SELECT 'a' LIKE '` + strings.Repeat("a", sqliteMaxPattern+1) + `'`,
	} {
		var got any
		if err := db.QueryRow(query).Scan(&got); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// BenchmarkSearch looks through the names and addresses of 100 000 clients, as the list of clients does.
func BenchmarkSearch(b *testing.B) {
	db := open(b)
	_, err := db.Exec(`
		CREATE TABLE clients (email TEXT, full_name TEXT);
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
		INSERT INTO clients SELECT 'someone.' || i || '@mail.example', 'Иван Петрович ' || i FROM n`)
	if err != nil {
		b.Fatal(err)
	}
	for name, words := range map[string]string{"like": "email LIKE ? ESCAPE '\\' OR full_name LIKE ? ESCAPE '\\'", "instr": "instr(email, ?) OR instr(full_name, ?)"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				var n int
				if err := db.QueryRow(fmt.Sprintf(`SELECT COUNT(*) FROM clients WHERE %s`, words), "%сидоров%", "%сидоров%").Scan(&n); err != nil || n != 0 {
					b.Fatal(n, err)
				}
			}
		})
	}
}
