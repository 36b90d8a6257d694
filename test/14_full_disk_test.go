package e2e

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// waiting is why a mailing waits.
type waiting struct{ Code, Until, Detail string }

func (m mailing) waits(t *testing.T) waiting {
	t.Helper()
	var r waiting
	if err := json.Unmarshal(m.WaitingReason, &r); err != nil {
		t.Fatalf("waiting_reason is %s: %v", m.WaitingReason, err)
	}
	return r
}

// smallWorld has its data folder on a file system of its own, of that size, and an owner with a mailing to so many clients.
func smallWorld(t *testing.T, size string, total int) (w *world, owner *client, id string) {
	t.Helper()
	w = emptyWorld(t, 4*time.Minute)
	w.small(t, size)
	w.catchMail(outbox.Options{Latency: 20 * time.Millisecond, Keep: -1})
	w.command("superuser", "upsert", rootEmail, password).wantCode(t, 0)
	w.serve()
	w.signInRoot()
	w.useMailServer(w.outbox.Addr())
	owner = w.user("owner@gonets.example", "owner")
	w.addClients(owner, total, numbered)
	return w, owner, owner.mailing(owner.message(nil), nil)
}

// Test14AFullDiskStopsTheMailingAndSaysSo has the data folder on a file system of its own, which is full in
// the middle of a mailing.
func Test14AFullDiskStopsTheMailingAndSaysSo(t *testing.T) {
	t.Parallel()
	const total = 3000
	w, owner, id := smallWorld(t, "64m", total)
	owner.verb(id, "send", nil).want(202)
	w.mustCome(100)

	ballast := filepath.Join(w.data, "ballast")
	fill(t, ballast)
	eventually(w.ctx, t, "the mailing says that nothing can be written", func() bool {
		return owner.read(id).waits(t).Code == "database"
	})
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	owner.reaches(id, "completed")
	if b := w.balancedBooks(id); b.states["sent"] != total {
		t.Errorf("in the end the states are %v", b.states)
	}
}

// Test14ADiskThatBecomesFullDuringABackupStopsTheBackupOnly has the disk shrink while a backup is written in the middle of a mailing.
func Test14ADiskThatBecomesFullDuringABackupStopsTheBackupOnly(t *testing.T) {
	t.Parallel()
	const total = 1000
	w, owner, id := smallWorld(t, "800m", total) // a backup leaves 512 MB free
	noise := make([]byte, 100<<20)               // which cannot be compressed
	if _, err := rand.Read(noise); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(w.data, "noise"), noise)
	owner.verb(id, "send", nil).want(202)
	w.mustCome(20)

	made := make(chan reply, 1)
	go func() { made <- w.root.post("/api/backups", object{"name": "half.zip"}) }()
	eventually(w.ctx, t, "a part of the backup is written", func() bool {
		found, err := filepath.Glob(filepath.Join(w.data, "gonets.tmp", "*", "backup-*", "backup.zip"))
		if err != nil || len(found) == 0 {
			return false
		}
		about, err := os.Stat(found[0])
		return err == nil && about.Size() > 8<<20
	})
	w.shrink(t)
	if r := <-made; r.status != http.StatusInsufficientStorage || !strings.Contains(string(r.body), `"no_room"`) {
		t.Errorf("answered %d %s", r.status, r.body)
	}
	if b := string(w.root.get("/api/backups").want(200).body); strings.TrimSpace(b) != "[]" {
		t.Errorf("the backups are %s", b)
	}
	if left, err := filepath.Glob(filepath.Join(w.data, "gonets.tmp", "*", "backup-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
	owner.reaches(id, "completed")
	if b := w.balancedBooks(id); b.states["sent"] != total {
		t.Errorf("in the end the states are %v", b.states)
	}
}

// shrink leaves some megabytes free on the file system of the data folder. It tries again if more is written meanwhile than that.
func (w *world) shrink(t *testing.T) {
	t.Helper()
	const free = 16 << 20
	eventually(w.ctx, t, "the file system is small", func() bool {
		var now syscall.Statfs_t
		if err := syscall.Statfs(w.data, &now); err != nil {
			t.Fatal(err)
		}
		size := (int64(now.Blocks)-int64(now.Bfree))*now.Bsize + free
		return exec.Command("mount", "-o", fmt.Sprintf("remount,size=%d", size), w.data).Run() == nil
	})
}

// small puts the data folder on a file system of this size.
func (w *world) small(t *testing.T, size string) {
	t.Helper()
	if err := os.Mkdir(w.data, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "gonets", w.data).CombinedOutput(); err != nil {
		t.Skipf("no file system can be mounted here: %s", bytes.TrimSpace(out))
	}
	t.Cleanup(func() {
		if w.server != nil {
			w.server.kill()
		}
		_ = exec.Command("umount", "-l", w.data).Run()
	})
}

// fill writes until nothing more can be written.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 64<<10); len(block) > 0; {
		if _, err := f.Write(block); err != nil {
			block = block[:len(block)/2]
		}
	}
}
