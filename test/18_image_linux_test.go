package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gonets/internal/mtatest"
	"gonets/internal/outbox"
)

// imageUser is the user of packaging/docker/Dockerfile.
const imageUser = 65532

// Test18TheImageNeedsNothingElse does what the Dockerfile says without a container engine: a root with nothing but the program, made by
// packaging/docker/root, that nobody can write to, a user of its own, and a folder for the data. Names of machines come from the engine.
func Test18TheImageNeedsNothingElse(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can change the root of a process")
	}
	w := emptyWorld(t, 5*time.Minute)
	w.catchMail(outbox.Options{})
	server := w.submissionServer()
	root := w.image(t)

	if code := w.inImage(root, "superuser", "upsert", rootEmail, password, "--dir", "/var/lib/gonets/pb_data").wait(); code != 0 {
		t.Fatalf("the account of the administrator: exit code %d", code)
	}
	w.server = w.inImage(root, "serve", "--dir", "/var/lib/gonets/pb_data", "--http", w.listen, "--log", "json")
	w.server.answers(w.ctx, w.nobody.base)
	eventually(w.ctx, t, "the health check succeeds", func() bool {
		return w.inImage(root, "doctor", "--ready", "--url", w.nobody.base).wait() == 0
	})
	w.signInRoot()

	// The authorities of the image, and Postfix behind TLS and a password.
	w.root.patch("/api/settings", object{
		"smtp": object{"enabled": true, "host": "localhost", "port": server, "username": "anna", "password": mtatest.DovecotPassword},
		"meta": object{"appURL": "https://mail.gonets.example", "senderName": "Gonets", "senderAddress": fromAddress},
	}).want(200)
	var trial struct{ OK, Encrypted bool }
	r := w.root.post("/api/gonets/senders/default/test", object{"to": "boss@example.org"}).want(200)
	if r.into(&trial); !trial.OK || !trial.Encrypted {
		t.Fatalf("the trial of the mail server says %s", r.body)
	}
	// Its time zones, and files that are written: an import, a mailing, a backup.
	owner := w.user("owner@gonets.example", "owner")
	owner.get("/api/gonets/statistics?from=2026-11-01&to=2026-11-02&tz=Asia/Vladivostok").want(200)
	var file struct{ ID, Status string }
	owner.upload("/api/gonets/clients/import", nil, "clients.csv", []byte("email\n"+numbered(0)+"\n"+numbered(1)+"\n")).want(202).into(&file)
	eventually(w.ctx, t, "the file is imported", func() bool {
		owner.get("/api/gonets/imports/" + file.ID).want(200).into(&file)
		return file.Status == "completed"
	})
	owner.after(owner.mailing(owner.message(nil), nil), "completed", "send", nil)
	w.mails(numbered(1), 1)
	w.root.post("/api/backups", object{"name": "image.zip"}).want(204)
	if r := w.root.post("/api/gonets/backups/image.zip/try", nil).want(200); !strings.Contains(string(r.body), `"ok":true`) {
		t.Errorf("the trial of the backup says %s", r.body)
	}
	if code := w.server.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if code := w.inImage(root, "doctor", "--ready", "--url", w.nobody.base).wait(); code != couldNot {
		t.Errorf("without the service the health check ends with %d", code)
	}
}

// image is the root of the image, read-only, with the data folder of the world in it. It trusts what the world trusts.
func (w *world) image(t *testing.T) (root string) {
	t.Helper()
	root = filepath.Join(w.folder, "image")
	data := filepath.Join(root, "var", "lib", "gonets")
	program := exec.CommandContext(w.ctx, "go", "build", "-o", filepath.Join(root, "usr", "bin", "gonets"), ".")
	program.Dir, program.Env = "..", append(os.Environ(), "CGO_ENABLED=0")
	made := exec.CommandContext(w.ctx, filepath.Join("packaging", "docker", "root"), root)
	made.Dir = ".."
	for _, c := range []*exec.Cmd{program, made} {
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", c, err, out)
		}
	}
	copied := func(from, to string) {
		content, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(root, to), content)
		if err := os.Chmod(filepath.Join(root, to), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	copied(filepath.Join(w.folder, authoritiesFile), "etc/ssl/certs/ca-certificates.crt")
	copied("/etc/hosts", "etc/hosts")
	w.data = filepath.Join(w.folder, "volume")
	if err := os.Mkdir(w.data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(w.data, imageUser, imageUser); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"--bind", root, root}, {"-o", "remount,bind,ro", root}, {"--bind", w.data, data}} {
		if out, err := exec.Command("mount", args...).CombinedOutput(); err != nil {
			t.Skipf("nothing can be mounted here: %s", out)
		}
		if args[0] == "--bind" {
			t.Cleanup(func() { _ = exec.Command("umount", "-l", args[2]).Run() })
		}
	}
	return root
}

// inImage runs the program of the image as its user.
func (w *world) inImage(root string, args ...string) *process {
	w.t.Helper()
	command := exec.CommandContext(w.ctx, "/usr/bin/gonets", args...)
	command.Dir, command.Env = "/var/lib/gonets", []string{}
	command.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: imageUser, Gid: imageUser}}
	return begin(w.t, command)
}
