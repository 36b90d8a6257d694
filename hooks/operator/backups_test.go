package operator_test

import (
	"net/http"
	"testing"

	"gonets/hooks/operator"
)

func TestABackupIsTriedForSuperusers(t *testing.T) {
	w := newWorld(t, operator.BindBackups)
	must(t, w.App.CreateBackup(t.Context(), "try.zip"))
	const path = "/api/gonets/backups/try.zip/try"
	for i, status := range []int{401, 401, 403, 403, 403, 200} {
		w.Expect(t, status, everybody[i], http.MethodPost, path, nil)
	}
	if a := w.Expect(t, 200, superuser, http.MethodPost, path, nil); a.Body["ok"] != true {
		t.Errorf("answered %s", a.Text)
	}
	for _, name := range []string{"other.zip", "..%2F..%2Fdata.db", "%2Fetc%2Fpasswd.zip"} {
		w.Expect(t, 404, superuser, http.MethodPost, "/api/gonets/backups/"+name+"/try", nil)
	}
}
