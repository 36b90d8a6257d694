package backup

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/denial"
	"gonets/internal/porttest"
)

// inS3 has the backups of an instance at an endpoint.
func inS3(app core.App, endpoint string) {
	app.Settings().Backups.S3 = core.S3Config{
		Enabled: true, Endpoint: endpoint, Bucket: "gonets", Region: "eu", AccessKey: "AK", Secret: "very secret", ForcePathStyle: true,
	}
}

// codeOf is the code of a denial, "" of another error.
func codeOf(err error) string {
	var d *denial.Error
	if errors.As(err, &d) {
		return d.Code
	}
	return ""
}

// What S3 and its likes answer, as they were seen: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, MinIO, VersityGW.
func TestWhatS3RefusesIsToldWithWhatToDo(t *testing.T) {
	app := apptest.New(t)
	t.Setenv("TMPDIR", t.TempDir())
	for code, tc := range map[string]struct {
		status     int
		list, make string
		says       string
	}{
		"InvalidAccessKeyId":           {403, "s3_key", "s3_key", "access key"},
		"SignatureDoesNotMatch":        {403, "s3_secret", "s3_secret", "secret key"},
		"AccessDenied":                 {403, "s3_denied", "s3_denied", "allow it"},
		"NoSuchBucket":                 {404, "s3_bucket", "s3_bucket", "no such bucket"},
		"RequestTimeTooSkewed":         {403, "s3_clock", "s3_clock", "clock"},
		"AuthorizationHeaderMalformed": {400, "s3_region", "s3_region", "region"},
		"SlowDown":                     {503, "backups_unreadable", "backup_not_stored", "SlowDown"},
	} {
		t.Run(code, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/xml")
				w.WriteHeader(tc.status)
				fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>%s</Code><Message>What S3 says.%s</Message><AWSAccessKeyId>AK</AWSAccessKeyId><RequestId>4442587FB7D0A2F9</RequestId><HostId>host</HostId></Error>`,
					code, strings.Repeat(" more", 1000))
			}))
			t.Cleanup(server.Close)
			inS3(app, server.URL)
			_, err := All(t.Context(), app)
			want(t, "list", err, tc.list, tc.says)
			want(t, "make", Make(t.Context(), app, "some.zip", []string{core.LocalBackupsDirName}), tc.make, tc.says)
		})
	}
}

func want(t *testing.T, what string, err error, code, says string) {
	t.Helper()
	if codeOf(err) != code || !strings.Contains(err.Error(), says) || len(err.Error()) > 700 || strings.Contains(err.Error(), "very secret") {
		t.Errorf("%s: %q: %v, want %q with %q", what, codeOf(err), err, code, says)
	}
}

func TestS3ThatCannotBeReachedIsToldFromOneThatRefuses(t *testing.T) {
	app := apptest.New(t)
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, "<!doctype html><title>Welcome to nginx</title>")
	}))
	t.Cleanup(page.Close)
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	for endpoint, code := range map[string]string{
		fmt.Sprintf("http://127.0.0.1:%d", porttest.Free(t)): "s3_unreachable",
		"http://gonets.invalid":                              "s3_unreachable",
		secure.URL:                                           "s3_unreachable", // a certificate that nobody knows
		page.URL:                                             "backups_unreadable",
	} {
		inS3(app, endpoint)
		if _, err := All(t.Context(), app); codeOf(err) != code {
			t.Errorf("%s: %q: %v", endpoint, codeOf(err), err)
		}
	}
	app.Settings().Backups.S3.Enabled = false
	if err := ExplainPlace(app, syscall.EACCES, "backups_unreadable"); codeOf(err) != "" {
		t.Errorf("without S3: %v", err)
	}
}

// TestAPlaceThatBecomesFullKeepsNoHalfBackup has the folder of backups on a disk of its own, as small as the backup.
func TestAPlaceThatBecomesFullKeepsNoHalfBackup(t *testing.T) {
	app := apptest.New(t)
	t.Setenv("TMPDIR", t.TempDir())
	place := filepath.Join(app.DataDir(), core.LocalBackupsDirName)
	must(t, os.MkdirAll(place, 0o700))
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "gonets", place).CombinedOutput(); err != nil {
		t.Skipf("no file system can be mounted here: %s", out)
	}
	t.Cleanup(func() { must(t, exec.Command("umount", place).Run()) })
	noise := make([]byte, 2<<20) // which cannot be compressed
	_, err := rand.Read(noise)
	must(t, err)
	must(t, os.MkdirAll(filepath.Join(app.DataDir(), "storage"), 0o700))
	must(t, os.WriteFile(filepath.Join(app.DataDir(), "storage", "picture.png"), noise, 0o600))

	if err := Make(t.Context(), app, "large.zip", []string{core.LocalBackupsDirName}); !errors.Is(err, errRoom) || codeOf(err) != "no_room" {
		t.Errorf("it ended with %v", err)
	}
	if files, err := All(t.Context(), app); err != nil || len(files) > 0 {
		t.Errorf("the backups are %v, %v", files, err)
	}
	for _, folder := range []string{place, os.TempDir()} {
		if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
			t.Errorf("it left %v, %v", left, err)
		}
	}
}
