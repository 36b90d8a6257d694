package e2e

import (
	"os"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// Test18TheDoctorAsksWhetherTheServiceIsReady is the health check of a container: it knows an address, and no data folder.
func Test18TheDoctorAsksWhetherTheServiceIsReady(t *testing.T) {
	t.Parallel()
	w := emptyWorld(t, 2*time.Minute)
	w.catchMail(outbox.Options{})
	ask := func(listen string) result {
		return command(w.ctx, t, w.folder, "doctor", "--ready", "--url", "http://"+listen)
	}
	ask(w.listen).wantCode(t, couldNot).says(t, "not ready")
	if left, err := os.ReadDir(w.folder); err != nil || len(left) > 0 {
		t.Fatalf("it left %v, %v", left, err)
	}

	w.serve()
	eventually(w.ctx, t, "the server sends", func() bool { return ask(w.listen).code == 0 })
	if r := ask(w.listen); r.stdout != "ready: sending here\n" {
		t.Errorf("the server says %q", r.stdout)
	}
	// A second process on the same folder is as good: the first one sends.
	other := freeAddress(t)
	second := start(w.ctx, t, w.folder, "serve", "--dir", w.data, "--http", other)
	second.answers(w.ctx, "http://"+other)
	eventually(w.ctx, t, "the second process knows of the first", func() bool { return ask(other).code == 0 })
	if r := ask(other); r.stdout != "ready: sending elsewhere\n" {
		t.Errorf("the second process says %q", r.stdout)
	}
	w.server.kill()
	eventually(w.ctx, t, "the second process takes over", func() bool {
		r := ask(other)
		return r.code == 0 && r.stdout == "ready: sending here\n"
	})

	ask(w.outbox.Addr()).wantCode(t, couldNot)
	command(w.ctx, t, w.folder, "doctor", "--ready", "--url", w.listen).wantCode(t, couldNot).says(t, "--url")
	command(w.ctx, t, w.folder, "doctor", "--ready", "--nonsense").wantCode(t, couldNot).says(t, "--nonsense")
}
