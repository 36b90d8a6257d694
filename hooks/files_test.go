package hooks

import (
	"net/http"
	"testing"
)

func TestFilesOfRecords(t *testing.T) {
	w := newWorld(t)
	message := w.expect(t, 200, anna, http.MethodPost, recordsOf("messages"), fileForm(t, "attachments", "price.txt", []byte("42")))
	image := w.expect(t, 200, anna, http.MethodPost, recordsOf("images"), fileForm(t, "file", "dot.gif", gif))
	// Letters are read elsewhere, so the address is the public one.
	if want := "https://gonets.example/api/files/" + image.body["collectionId"].(string) + "/" + image.id() + "/" + image.body["file"].(string); image.body["url"] != want {
		t.Errorf("the image's address is %v, want %s", image.body["url"], want)
	}
	attachment := "/api/files/messages/" + message.id() + "/" + message.body["attachments"].([]any)[0].(string)

	// Mail clients fetch pictures without signing in.
	w.expect(t, 200, anonymous, http.MethodGet, "/api/files/images/"+image.id()+"/"+image.body["file"].(string), nil)

	w.expect(t, 404, anonymous, http.MethodGet, attachment, nil)
	w.expect(t, 401, kirill, http.MethodPost, "/api/files/token", nil)
	for who, status := range map[string]int{anna: 200, boris: 404, marta: 200, superuser: 200} {
		token, _ := w.expect(t, 200, who, http.MethodPost, "/api/files/token", nil).body["token"].(string)
		w.expect(t, status, anonymous, http.MethodGet, attachment+"?token="+token, nil)
	}
}
