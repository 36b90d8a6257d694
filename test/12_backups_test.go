package e2e

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	devtools "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"

	"gonets/internal/outbox"
)

// A superuser makes a backup, tries it, downloads it, and goes back to it; then backups are to be kept elsewhere.
func Test12ASuperuserWorksWithBackups(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4*time.Minute, outbox.Options{})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, 2, numbered)
	b := w.openBrowser(desktop)
	b.signInAsSuperuser()
	b.goTo("/settings/backups")
	b.see(b.word("backups.none", nil))
	b.press(b.word("backup.make", nil))
	b.see(b.word("backup.made", nil))
	b.press(b.word("backup.try", nil))
	b.see("2 clients, 0 mailings")
	names, err := filepath.Glob(filepath.Join(w.data, "backups", "*.zip"))
	if err != nil || len(names) != 1 {
		t.Fatalf("the backups are %v (%v)", names, err)
	}
	name := filepath.Base(names[0])
	menu := func(act string) {
		t.Helper()
		b.press(b.word("backup.acts", object{"name": name}))
		b.press(b.word(act, nil))
	}

	folder := b.downloadsFolder()
	menu("backup.download")
	want, err := os.Stat(names[0])
	if err != nil {
		t.Fatal(err)
	}
	eventually(w.ctx, t, "the backup is downloaded", func() bool {
		got, err := os.Stat(filepath.Join(folder, name))
		return err == nil && got.Size() == want.Size()
	})

	// Going back loses what came later. The page outlives the restart.
	owner.post("/api/collections/clients/records", object{"email": "later@example.org"}).want(200)
	b.expect("net::ERR_")
	menu("backup.restore")
	b.see(b.word("backup.restore.title", nil))
	b.look("backup-restore", desktop)
	b.accessible("backup-restore")
	b.submit(b.word("backup.restore", nil))
	b.see(b.word("backup.restoring", nil))
	eventually(w.ctx, t, "the service is what it was", func() bool {
		q, err := http.NewRequestWithContext(w.ctx, http.MethodGet, w.nobody.base+"/api/collections/clients/records?filter=email='later@example.org'", nil)
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Authorization", owner.token)
		r, err := http.DefaultClient.Do(q)
		if err != nil {
			return false // it starts anew
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		return err == nil && r.StatusCode == 200 && strings.Contains(string(body), `"items":[]`)
	})
	b.goTo("/settings/health")
	b.goTo("/settings/backups")
	b.see(name)

	// One that was damaged meanwhile changes nothing.
	whole, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	write(t, names[0], whole[:len(whole)/2])
	b.expect("/restore")
	menu("backup.restore")
	b.submit(b.word("backup.restore", nil))
	b.see(b.word("code.backup_broken", nil))
	b.look("backup-broken", desktop)
	owner.get("/api/collections/clients/records").want(200)

	// Kept in S3: what cannot be reached is told, and the key is never shown again.
	b.choose(b.word("backup.s3", nil))
	for label, value := range map[string]string{"endpoint": "http://" + freeAddress(t), "bucket": "gonets", "region": "eu", "accessKey": "AK", "secret": "very secret"} {
		b.fill(b.word("backup.s3."+label, nil), value)
	}
	b.choose(b.word("backup.s3.path", nil))
	b.expect("/api/backups")
	b.submit(b.word("do.save", nil))
	b.see(b.word("set.saved", nil))
	b.look("backups-s3", desktop)
	b.accessible("backups-s3")
	var settings struct{ Backups struct{ S3 object } }
	r := w.root.get("/api/settings").want(200)
	r.into(&settings)
	if s3 := settings.Backups.S3; s3["enabled"] != true || s3["bucket"] != "gonets" || s3["accessKey"] != "AK" || s3["forcePathStyle"] != true {
		t.Errorf("S3 is %v", s3)
	}
	if strings.Contains(string(r.body), "very secret") || b.value(b.word("backup.s3.secret", nil)) != "" {
		t.Error("the secret key is shown")
	}
	b.see(b.word("code.s3_unreachable", nil))
	b.look("backups-s3-unreachable", desktop)
	w.root.post("/api/backups", object{}).want(502).problem()
}

// A disk without room for a backup: what to do is said in the reader's language, and nothing is left behind.
func Test12ABackupOnAFullDiskSaysWhatToDo(t *testing.T) {
	t.Parallel()
	w := emptyWorld(t, 3*time.Minute)
	w.small(t, "64m") // a backup leaves 512 MB free
	w.catchMail(outbox.Options{})
	w.command("superuser", "upsert", rootEmail, password).wantCode(t, 0)
	w.serve()
	w.signInRoot()
	for _, v := range []viewport{desktop, phone.in("ru")} {
		w.root.patch("/api/collections/_superusers/records/"+w.root.id, object{"language": v.language}).want(200)
		b := w.openBrowser(v)
		b.signInAsSuperuser()
		b.goTo("/settings/backups")
		b.expect("/api/backups")
		b.press(b.word("backup.make", nil))
		b.see(b.word("code.no_room", nil))
		b.look("backup-no-room", v)
	}
	if left, err := filepath.Glob(filepath.Join(w.data, "*", "backup*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

// downloadsFolder is where the browser saves what is downloaded from now on.
func (b *browser) downloadsFolder() string {
	b.t.Helper()
	folder := b.t.TempDir()
	b.do("choose the folder of downloads", func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		infos, err := chromedp.Targets(b.ctx)
		if err != nil {
			return chromedp.Void{}, err
		}
		var at cdp.BrowserContextID
		for _, info := range infos {
			if info.Type == "page" && strings.HasPrefix(info.URL, b.base) {
				at = info.BrowserContextID
			}
		}
		_, err = cdp.Call(ctx, t, devtools.SetDownloadBehavior, devtools.SetDownloadBehaviorParams{
			Behavior: devtools.SetDownloadBehaviorBehaviorAllow, BrowserContextID: at, DownloadPath: folder,
		})
		return chromedp.Void{}, err
	})
	return folder
}
