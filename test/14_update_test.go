package e2e

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Test14DataOfAnEarlierVersion runs commands on data folders that the programs of two earlier commits made.
func Test14DataOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	ctx := deadline(t, time.Minute)

	folder := earlierData(t, "complete")
	if r := command(ctx, t, folder, "migrate", "history-sync", "--dir", folder); r.code != 0 {
		t.Errorf("history-sync: exit code %d: %s", r.code, r.stderr)
	}
	var mailings []struct{ Name, Status string }
	command(ctx, t, folder, "mailings", "--json", "--dir", folder).json(t, &mailings)
	if len(mailings) != 1 || mailings[0].Name != "First" || mailings[0].Status != "running" {
		t.Errorf("the mailings are %v", mailings)
	}

	folder = earlierData(t, "partial")
	for _, args := range [][]string{{"mailings"}, {"serve"}, {"migrate", "history-sync"}, {"superuser", "upsert", "a@gonets.example", "1234567890"}} {
		r := command(ctx, t, folder, append(args, "--dir", folder)...).says(t, "start it once with the version of commit 76d8555")
		if r.code != 1 || r.stdout != "" {
			t.Errorf("%v: exit code %d, %q", args, r.code, r.stdout)
		}
	}
}

func earlierData(t *testing.T, name string) string {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "migrations", "testdata", "earlier_"+name+".db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(unzipped)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "data.db"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}
