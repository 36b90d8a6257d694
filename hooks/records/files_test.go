package records_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"gonets/hooks/hookstest"
)

func TestFilesOfRecords(t *testing.T) {
	w := newWorld(t)
	message := w.Expect(t, 200, anna, http.MethodPost, recordsOf("messages"), hookstest.FileForm(t, "attachments", "price.txt", []byte("42")))
	image := w.Expect(t, 200, anna, http.MethodPost, recordsOf("images"), hookstest.FileForm(t, "file", "dot.gif", gif))
	// Messages are read elsewhere, so the address is the public one.
	if want := "https://gonets.example/api/files/" + image.Body["collectionId"].(string) + "/" + image.ID() + "/" + image.Body["file"].(string); image.Body["url"] != want {
		t.Errorf("the image's address is %v, want %s", image.Body["url"], want)
	}
	attachment := "/api/files/messages/" + message.ID() + "/" + message.Body["attachments"].([]any)[0].(string)

	// Mail clients fetch pictures without signing in.
	w.Expect(t, 200, anonymous, http.MethodGet, "/api/files/images/"+image.ID()+"/"+image.Body["file"].(string), nil)

	w.Expect(t, 404, anonymous, http.MethodGet, attachment, nil)
	w.Expect(t, 401, kirill, http.MethodPost, "/api/files/token", nil)
	for who, status := range map[string]int{anna: 200, boris: 404, marta: 200, superuser: 200} {
		token, _ := w.Expect(t, 200, who, http.MethodPost, "/api/files/token", nil).Body["token"].(string)
		w.Expect(t, status, anonymous, http.MethodGet, attachment+"?token="+token, nil)
	}
}

func TestAttachmentsKeepTheNamesOfTheirAuthor(t *testing.T) {
	w := newWorld(t)
	file := func(name string) *filesystem.File {
		f, err := filesystem.NewFileFromBytes([]byte("content"), name)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	read := func(id string) *core.Record {
		t.Helper()
		r, err := w.App.FindRecordById("messages", id)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	names := func(r *core.Record) (all []string) {
		t.Helper()
		r = read(r.Id)
		kept := map[string]string{}
		if err := r.UnmarshalJSONField("attachment_names", &kept); err != nil {
			t.Fatal(err)
		}
		for _, stored := range r.GetStringSlice("attachments") {
			all = append(all, kept[stored])
		}
		if len(kept) != len(all) {
			t.Errorf("%v has names of other files than %v", kept, all)
		}
		return all
	}
	m := w.Add(t, "messages", map[string]any{"owner": w.IDs[anna], "name": "m", "attachments": []any{file("Прайс-лист на 2026 год.pdf")}})
	if got := names(m); !slices.Equal(got, []string{"Прайс-лист на 2026 год.pdf"}) {
		t.Errorf("after the upload: %q", got)
	}
	m = read(m.Id)
	m.Set("attachments+", file("a.tar.gz"))
	m.Set("attachment_names", map[string]string{"x": "y"})
	if err := w.App.Save(m); err != nil {
		t.Fatal(err)
	}
	if got := names(m); !slices.Equal(got, []string{"Прайс-лист на 2026 год.pdf", "a.tar.gz"}) {
		t.Errorf("after the second upload: %q", got)
	}
	m = read(m.Id)
	m.Set("attachments-", m.GetStringSlice("attachments")[0])
	if err := w.App.Save(m); err != nil {
		t.Fatal(err)
	}
	if got := names(m); !slices.Equal(got, []string{"a.tar.gz"}) {
		t.Errorf("after the removal: %q", got)
	}
}
