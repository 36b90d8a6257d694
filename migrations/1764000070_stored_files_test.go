package migrations

import (
	"encoding/json"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"github.com/pocketbase/pocketbase/tools/filesystem"
)

// TestFilesThatAreThereAreCounted brings an instance with files up to date.
func TestFilesThatAreThereAreCounted(t *testing.T) {
	app, err := tests.NewTestApp(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer app.Cleanup()
	save := func(collection string, fields map[string]any) *core.Record {
		t.Helper()
		c, err := app.FindCollectionByNameOrId(collection)
		if err != nil {
			t.Fatal(err)
		}
		r := core.NewRecord(c)
		r.Load(fields)
		if err := app.SaveNoValidate(r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	file := func(size int) *filesystem.File {
		t.Helper()
		f, err := filesystem.NewFileFromBytes(make([]byte, size), "file.txt")
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	user := save("users", map[string]any{"email": "anna@gonets.example", "password": "correct horse battery"}).Id
	save("images", map[string]any{"owner": user, "file": file(10)})
	save("messages", map[string]any{"owner": user, "attachments": []*filesystem.File{file(200), file(3000)}})
	save("messages", map[string]any{"owner": user})
	mailing := save("mailings", map[string]any{"owner": user, "status": "completed"})
	letter, err := json.Marshal(map[string]any{"attachments": []string{"a.txt"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.DB().NewQuery(`INSERT INTO contents (mailing, owner, letter) VALUES ({:m}, {:o}, {:l})`).
		Bind(map[string]any{"m": mailing.Id, "o": user, "l": string(letter)}).Execute(); err != nil {
		t.Fatal(err)
	}
	files, err := app.NewFilesystem()
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	if err := files.Upload(make([]byte, 40_000), mailing.BaseFilesPath()+"/frozen/a.txt"); err != nil {
		t.Fatal(err)
	}

	if err := storedFilesDown(app); err != nil {
		t.Fatal(err)
	}
	if err := storedFilesUp(app); err != nil {
		t.Fatal(err)
	}
	var bytes, limit int
	if err := app.DB().NewQuery(`SELECT SUM(bytes) FROM stored_files WHERE owner = {:o}`).Bind(map[string]any{"o": user}).Row(&bytes); err != nil || bytes != 43_210 {
		t.Errorf("%d bytes are counted, want 43210 (%v)", bytes, err)
	}
	if err := app.DB().NewQuery(`SELECT storage_limit_mb FROM instance`).Row(&limit); err != nil || limit != 2048 {
		t.Errorf("the limit is %d (%v)", limit, err)
	}
	for _, collection := range []string{"mailings", "messages", "images"} {
		if _, err := app.DB().NewQuery(`DELETE FROM ` + collection).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	if err := app.DB().NewQuery(`SELECT COUNT(*) FROM stored_files`).Row(&bytes); err != nil || bytes != 0 {
		t.Errorf("%d files of deleted records are left (%v)", bytes, err)
	}
}
