package records_test

import (
	"net/http"
	"testing"

	"gonets/hooks/hookstest"
)

func TestFilesOfRecords(t *testing.T) {
	w := newWorld(t)
	message := w.Expect(t, 200, anna, http.MethodPost, recordsOf("messages"), hookstest.FileForm(t, "attachments", "price.txt", []byte("42")))
	image := w.Expect(t, 200, anna, http.MethodPost, recordsOf("images"), hookstest.FileForm(t, "file", "dot.gif", gif))
	// Letters are read elsewhere, so the address is the public one.
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
