package search

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
	"gonets/internal/database"
)

// world is an instance with clients of two owners, and a launched mailing of the first.
type world struct {
	core.App
	finder       *Finder
	owner, other string
	random       *rand.Rand
	added        int
}

const mailingNumber = 7

func newWorld(t *testing.T) *world {
	t.Helper()
	app := apptest.New(t)
	w := &world{App: app, finder: New(app, 1), random: rand.New(rand.NewPCG(3, 4))}
	t.Cleanup(w.finder.Close)
	w.owner, w.other = clienttest.Owner(t, app, "owner@example.com"), clienttest.Owner(t, app, "other@example.com")
	return w
}

func (w *world) exec(t *testing.T, sql string, params dbx.Params) {
	t.Helper()
	if _, err := w.NonconcurrentDB().NewQuery(sql).Bind(params).Execute(); err != nil {
		t.Fatal(err)
	}
}

func (w *world) column(t *testing.T, sql string, params dbx.Params) []string {
	t.Helper()
	var values []string
	if err := w.ConcurrentDB().NewQuery(sql).Bind(params).Column(&values); err != nil {
		t.Fatal(err)
	}
	return values
}

var names = []string{
	"Артём Иванов", "АРТЕМ петров", "Семён", "ΟΔΥΣΣΕΥΣ", "οδυσσευς", "José", "jose", "Ivan\tTab", "two\nlines", "", "İstanbul", "Straße", "100% _", `back\slash`,
}

func (w *world) add(t *testing.T, owner string, n int) {
	t.Helper()
	err := w.RunInTransaction(func(tx core.App) error {
		for range n {
			w.added++
			_, err := tx.DB().NewQuery(`
				INSERT INTO clients (id, owner, email, full_name, status, created, updated)
				VALUES ({:id}, {:owner}, {:email}, {:name}, 'active', '', '')`).Bind(dbx.Params{
				"id": database.NewID(), "owner": owner, "name": names[w.random.IntN(len(names))],
				"email": fmt.Sprintf("reader%d@%s.example", w.random.IntN(1_000_000_000), []string{"large", "почта"}[w.added%2]),
			}).Execute()
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// launch makes all clients of the owner recipients, once more.
func (w *world) launch(t *testing.T) {
	t.Helper()
	w.exec(t, `INSERT OR IGNORE INTO mailings (id, owner, name) VALUES ('mailing00000001', {:owner}, 'm')`, dbx.Params{"owner": w.owner})
	w.exec(t, `INSERT OR IGNORE INTO contents (no, mailing, owner, letter) VALUES ({:no}, 'mailing00000001', {:owner}, '')`, dbx.Params{"no": mailingNumber, "owner": w.owner})
	w.exec(t, `
		INSERT OR IGNORE INTO recipients (id, mailing, client, email)
		SELECT ({:no} << 32) + (SELECT last FROM contents WHERE no = {:no}) + ROW_NUMBER() OVER (ORDER BY email), 'mailing00000001', id, email
		FROM clients WHERE owner = {:owner}`, dbx.Params{"no": mailingNumber, "owner": w.owner})
	w.exec(t, `UPDATE contents SET last = (SELECT MAX(id) FROM recipients WHERE id >> 32 = {:no}) - ({:no} << 32) WHERE no = {:no}`, dbx.Params{"no": mailingNumber})
}

// compare compares what is found with what LIKE finds.
func (w *world) compare(t *testing.T, what string) {
	t.Helper()
	for _, search := range [][]string{
		{"1", "2", "reader"}, // the last ones before the change, whose answer is kept
		{"артем"},
		{"артем"},
		{"ИВАНОВ", "large"},
		{"семен"},
		{"οδυσσεύς"},
		{"ΟΔΥΣΣΕΥΣ"},
		{"jose"},
		{"JOSÉ"},
		{"i̇"},
		{"strasse"},
		{"straße"},
		{"%"},
		{"_"},
		{`\`},
		{"e"},
		{"reader"},
		{"ПОЧТА"},
		{"nobody at all"},
		{"1", "2", "reader"},
	} {
		var where []string
		params := dbx.Params{"owner": w.owner}
		for i, word := range search {
			name := fmt.Sprint("w", i)
			params[name] = database.Containing(word)
			where = append(where, fmt.Sprintf(`(c.email LIKE {:%[1]s} ESCAPE '\' OR c.full_name LIKE {:%[1]s} ESCAPE '\')`, name))
		}
		want := w.column(t, `SELECT rowid FROM clients c WHERE owner = {:owner} AND `+strings.Join(where, " AND ")+` ORDER BY rowid`, params)
		if got := w.await(t, func() ([]uint32, bool) { return w.finder.Clients(t.Context(), w.owner, search) }); !slices.Equal(got, want) {
			t.Errorf("%s: %d clients with %q are found, want %d; %s", what, len(got), search, len(want), difference(got, want))
		}
		params = dbx.Params{"owner": w.owner, "text": database.Containing(search[0]), "no": mailingNumber}
		want = w.column(t, `
			SELECT r.id - ({:no} << 32) FROM recipients r LEFT JOIN clients c ON c.id = r.client AND c.owner = {:owner}
			WHERE r.id >> 32 = {:no} AND (r.email LIKE {:text} ESCAPE '\' OR c.full_name LIKE {:text} ESCAPE '\') ORDER BY r.id`, params)
		got := w.await(t, func() ([]uint32, bool) {
			return w.finder.Recipients(t.Context(), w.owner, "mailing00000001", search[0])
		})
		if !slices.Equal(got, want) {
			t.Errorf("%s: %d recipients with %q are found, want %d; %s", what, len(got), search[0], len(want), difference(got, want))
		}
	}
}

// difference names one that is in one list only.
func difference(got, want []string) string {
	for _, key := range got {
		if !slices.Contains(want, key) {
			return key + " is too much"
		}
	}
	for _, key := range want {
		if !slices.Contains(got, key) {
			return key + " is missing"
		}
	}
	return "the order is another"
}

// await waits for the file.
func (w *world) await(t *testing.T, find func() ([]uint32, bool)) (found []string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if keys, ok := find(); ok {
			for _, key := range keys {
				found = append(found, fmt.Sprint(key))
			}
			return found
		}
	}
	t.Fatal("there is no file")
	return nil
}

func TestTheSameIsFoundAsByLIKE(t *testing.T) {
	w := newWorld(t)
	w.add(t, w.owner, 300)
	w.add(t, w.other, 50)
	w.launch(t)
	w.compare(t, "at first")

	w.add(t, w.owner, 40)
	w.add(t, w.other, 40)
	w.add(t, w.owner, 1)
	w.compare(t, "after more clients")
	w.launch(t)
	w.compare(t, "after more recipients")

	w.exec(t, `UPDATE clients SET full_name = 'Переименован' WHERE rowid % 5 = 0`, nil)
	w.exec(t, `UPDATE clients SET email = 'moved' || rowid || '@example.com', full_name = 'Артём Moved' WHERE rowid % 7 = 0`, nil)
	w.compare(t, "after changes")
	w.exec(t, `UPDATE clients SET email = 'again' || rowid || '@example.com', full_name = 'Jose Again' WHERE rowid % 14 = 0`, nil)
	w.compare(t, "after an address was changed twice")

	w.exec(t, `DELETE FROM clients WHERE rowid % 11 = 0 OR rowid > (SELECT MAX(rowid) - 5 FROM clients)`, nil)
	w.compare(t, "after deletions")
	w.add(t, w.owner, 3)
	w.compare(t, "after the numbers of deleted rows came again")
	w.exec(t, `DELETE FROM deleted_clients`, nil)
	w.exec(t, `DELETE FROM clients WHERE rowid % 13 = 0`, nil)
	w.exec(t, `DELETE FROM deleted_clients`, nil)
	w.compare(t, "after it was forgotten who was deleted")

	w.exec(t, `VACUUM`, nil)
	w.compare(t, "after VACUUM")
	w.exec(t, `DELETE FROM client_changes WHERE seq < (SELECT MAX(seq) FROM client_changes)`, nil)
	w.exec(t, `UPDATE clients SET full_name = 'Changed' WHERE rowid % 3 = 0`, nil)
	w.exec(t, `DELETE FROM client_changes WHERE seq < (SELECT MAX(seq) FROM client_changes)`, nil)
	w.compare(t, "after changes that are known no more")
}

func TestChangesAreBounded(t *testing.T) {
	w := newWorld(t)
	w.add(t, w.owner, 1)
	w.exec(t, `INSERT INTO client_changes (seq, owner, client, place) VALUES (1, '', '', 1), (50001, '', '', 1)`, nil)
	w.exec(t, `UPDATE clients SET full_name = 'x'`, nil)
	w.exec(t, `UPDATE clients SET full_name = 'x', status = 'bounced'`, nil) // the name is the same
	if got := w.column(t, `SELECT seq FROM client_changes ORDER BY seq`, nil); !slices.Equal(got, []string{"50001", "50002"}) {
		t.Errorf("%q", got)
	}
}

func TestFewRowsAndOddWordsAreNotSearched(t *testing.T) {
	w := newWorld(t)
	w.finder.least = 20
	w.add(t, w.owner, 19)
	for range 2 {
		if _, ok := w.finder.Clients(t.Context(), w.owner, []string{"reader"}); ok || len(w.finder.files) > 0 {
			t.Fatal("a file was made of few rows")
		}
	}
	w.add(t, w.owner, 1)
	w.finder.Clients(t.Context(), w.owner, nil) // a look at the list is enough
	if len(w.finder.files) != 1 {
		t.Fatal("no file is made")
	}
	w.await(t, func() ([]uint32, bool) { return w.finder.Clients(t.Context(), w.owner, []string{"reader"}) })
	for _, word := range []string{"", "a\nb", "a\x00b", "\xff"} {
		if _, ok := w.finder.Clients(t.Context(), w.owner, []string{word}); ok {
			t.Errorf("%q is looked for", word)
		}
	}
	w.finder.Close()
	if _, ok := w.finder.Clients(t.Context(), w.owner, []string{"reader"}); ok || len(w.finder.files) > 0 {
		t.Error("it goes on after its end")
	}
}

func TestLongTextsAreFoundInAllChunks(t *testing.T) {
	texts, err := newTexts()
	if err != nil {
		t.Fatal(err)
	}
	defer texts.close()
	const n = 40_000
	for i := range n {
		if err := texts.add(uint32(n-i), lineOf(nil, fmt.Sprintf("reader%d@example.com", i), strings.Repeat("ж", i%90))); err != nil {
			t.Fatal(err)
		}
	}
	if texts.size < 4*chunk || len(texts.tail) == 0 {
		t.Fatalf("only %d bytes in the file, %d outside of it", texts.size, len(texts.tail))
	}
	for word, want := range map[string]int{"reader": n, "reader39999@": 1, "reader0@": 1, "nobody": 0, strings.Repeat("ж", 89): n / 90, "999@": 40} {
		found, err := texts.find([][]byte{[]byte(word)})
		if err != nil || len(found) != want || !slices.IsSorted(found) {
			t.Errorf("%q: %d, want %d; %v", word, len(found), want, err)
		}
	}
	if found, err := texts.find([][]byte{[]byte("reader39999@")}); err != nil || found[0] != 1 {
		t.Errorf("%v %v", found, err)
	}
}

// BenchmarkFind looks through the texts of a million rows.
func BenchmarkFind(b *testing.B) {
	texts, err := newTexts()
	if err != nil {
		b.Fatal(err)
	}
	defer texts.close()
	var line []byte
	for i := range 1_000_000 {
		line = lineOf(line[:0], fmt.Sprintf("reader%d@small%d.example.com", i, i%2003), []string{"Артём", "Анна", "Ivan"}[i%3]+fmt.Sprint(" Reader ", i))
		if err := texts.add(uint32(i), line); err != nil {
			b.Fatal(err)
		}
	}
	for _, word := range []string{"nobody", "никого", "reader77", "артем", "reader"} {
		b.Run(word, func(b *testing.B) {
			var found []uint32
			for b.Loop() {
				if found, err = texts.find([][]byte{[]byte(word)}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(found)), "found")
		})
	}
}
