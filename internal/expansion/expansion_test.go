package expansion

import (
	"errors"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
)

func newApp(t *testing.T) (app core.App, authors, letters *core.Collection) {
	t.Helper()
	app, err := tests.NewTestApp()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(app.(*tests.TestApp).Cleanup)
	authors, letters = core.NewBaseCollection("authors"), core.NewBaseCollection("letters")
	if err := app.Save(authors); err != nil {
		t.Fatal(err)
	}
	letters.Fields.Add(
		&core.TextField{Name: "body", Max: 4 << 20},
		&core.RelationField{Name: "author", CollectionId: authors.Id, MaxSelect: 1},
		&core.RelationField{Name: "readers", CollectionId: authors.Id, MaxSelect: 50},
	)
	if err := app.Save(letters); err != nil {
		t.Fatal(err)
	}
	return app, authors, letters
}

func add(t *testing.T, app core.App, collection *core.Collection, values map[string]any) *core.Record {
	t.Helper()
	record := core.NewRecord(collection)
	record.Load(values)
	if err := app.Save(record); err != nil {
		t.Fatal(err)
	}
	return record
}

// TestLongRecordsAreCountedBeforeTheyAreRead: the contents are measured in the database.
func TestLongRecordsAreCountedBeforeTheyAreRead(t *testing.T) {
	app, authors, letters := newApp(t)
	author := add(t, app, authors, nil)
	for range 5 {
		add(t, app, letters, map[string]any{"author": author.Id, "body": strings.Repeat("x", 4<<20)})
	}
	read := 0
	fetch := func(collection *core.Collection, ids []string) ([]*core.Record, error) {
		read += len(ids)
		return app.FindRecordsByIds(collection.Id, ids)
	}
	bounded := &App{App: app, Large: func(int64) error { return nil }}
	bounded.ExpandRecord(author, []string{"letters_via_author"}, fetch)
	if !errors.Is(bounded.Err(), ErrTooLarge) || read != 0 || len(author.Expand()) != 0 {
		t.Errorf("%v: %d read, %d expanded", bounded.Err(), read, len(author.Expand()))
	}
}

// TestOneRecordManyTimes: a short list of records and one long one that all of them show.
func TestOneRecordManyTimes(t *testing.T) {
	app, authors, letters := newApp(t)
	author := add(t, app, authors, nil)
	long := add(t, app, letters, map[string]any{"author": author.Id, "body": strings.Repeat("x", 4<<20)})
	page := make([]*core.Record, 10)
	for i := range page {
		page[i] = author.Fresh()
	}
	var asked int64
	busy := errors.New("busy")
	bounded := &App{App: app, Large: func(bytes int64) error { asked = bytes; return nil }}
	bounded.ExpandRecords(page, []string{"letters_via_author"}, nil)
	if !errors.Is(bounded.Err(), ErrTooLarge) {
		t.Errorf("10 times %d bytes: %v", len(long.GetString("body")), bounded.Err())
	}
	bounded = &App{App: app, Large: func(bytes int64) error { asked = bytes; return nil }}
	bounded.ExpandRecords(page[:2], []string{"letters_via_author"}, nil)
	if bounded.Err() != nil || asked < 8<<20 || asked > 9<<20 {
		t.Errorf("twice: %v, %d bytes", bounded.Err(), asked)
	}
	bounded = &App{App: app, Large: func(int64) error { return busy }}
	bounded.ExpandRecord(page[0], []string{"letters_via_author"}, nil)
	if !errors.Is(bounded.Err(), busy) || len(page[0].Expand()) != 0 {
		t.Errorf("when there is no room: %v", bounded.Err())
	}
}

func TestMostBySchema(t *testing.T) {
	app, authors, letters := newApp(t)
	for _, c := range []struct {
		of     *core.Collection
		expand string
		want   int
	}{
		{letters, "", 0},
		{letters, "author", 1},
		{letters, "readers", 50},
		{letters, "author, readers", 51},
		{letters, "none", 0},
		{letters, "body", 0},
		{letters, "none.author", 0},
		{authors, "letters_via_author", 1000},
		{authors, "letters(author)", 1000},
		{authors, "nothing_via_author", 0},
		{authors, "letters_via_author.readers", 51_000},
		{authors, ".letters_via_author. readers.", 51_000},
		{authors, strings.Repeat("letters_via_author.author.", 6), 1 << 30},
	} {
		if got := Most(app, c.of, c.expand); got != c.want {
			t.Errorf("%s of %s: %d, want %d", c.expand, c.of.Name, got, c.want)
		}
	}
}
