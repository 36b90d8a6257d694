package e2e

import (
	"archive/zip"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// Test15TemporaryFilesStayInTheDataFolder kills the server in the middle of an upload: what is left of it is
// inside the data folder, goes with the next start, and is in no backup.
func Test15TemporaryFilesStayInTheDataFolder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute, outbox.Options{})
	owner := w.user("owner@gonets.example", "owner")
	// A file that never ends.
	body, upload := io.Pipe()
	defer upload.Close()
	req, err := http.NewRequestWithContext(w.ctx, http.MethodPost, owner.base+"/api/gonets/clients/import", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	req.Header.Set("Authorization", owner.token)
	go func() {
		if answer, err := http.DefaultClient.Do(req); err == nil {
			answer.Body.Close()
		}
	}()
	_, err = fmt.Fprintf(upload, "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\nemail\n%s",
		strings.Repeat("ivan@example.org\n", 100_000))
	if err != nil {
		t.Fatal(err)
	}
	left := func() []string {
		found, err := filepath.Glob(filepath.Join(w.data, "gonets.tmp", "*", "gonets-import-*"))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	eventually(w.ctx, t, "the file that is uploaded is in the data folder", func() bool { return len(left()) == 1 })

	w.root.post("/api/backups", object{"name": "with.zip"}).want(204)
	backup, err := zip.OpenReader(filepath.Join(w.data, "backups", "with.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer backup.Close()
	for _, f := range backup.File {
		if strings.HasPrefix(f.Name, "gonets.tmp") {
			t.Errorf("%s is in the backup", f.Name)
		}
	}

	// A command beside the server sweeps nothing, for the server holds the lock.
	w.command("mailings").wantCode(t, 0)
	if len(left()) != 1 {
		t.Error("a command has removed a file of the server")
	}
	w.server.kill()
	if len(left()) != 1 {
		t.Error("a process that is killed cannot clean up")
	}
	w.serve()
	eventually(w.ctx, t, "what was left is removed", func() bool { return len(left()) == 0 })
}
