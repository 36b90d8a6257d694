package message

import (
	"testing"

	"gonets/internal/mailingtest"
)

func TestTheNameOfAListBelongsToItsOwner(t *testing.T) {
	t.Parallel()
	w := mailingtest.New(t)
	list := w.Save("lists", map[string]any{"owner": w.Owner, "name": "news"}).Id
	m := w.Record(w.NewMailing(map[string]any{"audience": "lists", "lists": []string{list}}))
	if got, want := listID(w.App, m), list+"."+w.Owner+".mail.example.org"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
