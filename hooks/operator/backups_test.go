package operator_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

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

func TestWhatS3RefusesIsTold(t *testing.T) {
	w := newWorld(t, operator.BindBackups)
	s3 := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature does not match.</Message><StringToSign>AWS4</StringToSign></Error>`)
	}))
	t.Cleanup(s3.Close)
	w.App.Settings().Backups.S3 = core.S3Config{Enabled: true, Endpoint: s3.URL, Bucket: "b", Region: "eu", AccessKey: "AK", Secret: "very secret", ForcePathStyle: true}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		a := w.Expect(t, 502, superuser, method, "/api/backups", map[string]any{})
		if a.Code("place") != "s3_secret" || strings.Contains(a.Text, "StringToSign") || strings.Contains(a.Text, "very secret") {
			t.Errorf("%s is answered with %s", method, a.Text)
		}
	}
	if a := w.Expect(t, 502, superuser, http.MethodPost, "/api/gonets/backups/try.zip/try", nil); a.Code("place") != "backups_unreadable" { // HEAD is answered without words
		t.Errorf("answered %s", a.Text)
	}
}

func TestABackupThatCannotBeRestoredIsNotRestored(t *testing.T) {
	w := newWorld(t, operator.BindBackups)
	folder := filepath.Join(w.App.DataDir(), core.LocalBackupsDirName)
	must(t, os.MkdirAll(folder, 0o700))
	var raw bytes.Buffer
	z := zip.NewWriter(&raw)
	f, err := z.Create("data.db")
	must(t, err)
	_, err = io.WriteString(f, strings.Repeat("no database ", 1000))
	must(t, errors.Join(err, z.Close(), os.WriteFile(filepath.Join(folder, "broken.zip"), raw.Bytes(), 0o600)))

	const path = "/api/backups/broken.zip/restore"
	for i, status := range []int{401, 401, 403, 403, 403} {
		w.Expect(t, status, everybody[i], http.MethodPost, path, nil)
	}
	if a := w.Expect(t, 409, superuser, http.MethodPost, path, nil); a.Code("backup") != "backup_broken" {
		t.Errorf("answered %s", a.Text)
	}
	for _, name := range []string{"other.zip", "..%2Fdata.db"} {
		w.Expect(t, 404, superuser, http.MethodPost, "/api/backups/"+name+"/restore", nil)
	}
}
