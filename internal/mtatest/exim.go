package mtatest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gonets/internal/porttest"
)

// eximUser is who Debian's Exim becomes; it does not start where there is no such user.
const eximUser = "Debian-exim"

// Exim starts an Exim until the test ends and returns its port. Rules are the lines of the ACL that
// every RCPT is asked by.
//
// It needs root, the user Debian-exim, and Debian's exim4 at the path that GONETS_EXIM names or in
// /usr/sbin. Debian lets only one of Postfix and Exim be installed, but the program of the other runs
// from any folder that its package was unpacked to.
func Exim(t testing.TB, c Config, rules string) int {
	t.Helper()
	program := os.Getenv("GONETS_EXIM")
	if program == "" {
		program = "/usr/sbin/exim4"
	}
	if _, err := os.Stat(program); err != nil || os.Geteuid() != 0 {
		skip(t, "Exim is not there (GONETS_EXIM names its program), or we are not root and cannot start one")
	}
	if _, err := user.Lookup(eximUser); err != nil {
		skip(t, "Exim does not start without the user "+eximUser)
	}
	port := porttest.Free(t)
	dir := folder(t, c.Files)
	owned(t, dir, "spool", eximUser)
	config := filepath.Join(dir, "exim.conf")
	content := strings.ReplaceAll(eximConfig(c, program, port, rules), "{dir}", dir)
	if err := os.WriteFile(config, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	daemon := exec.Command(program, "-C", config, "-bdf")
	var out strings.Builder
	daemon.Stdout, daemon.Stderr = &out, &out
	if err := daemon.Start(); err != nil {
		t.Fatalf("starting Exim: %v", err)
	}
	t.Cleanup(func() {
		_ = daemon.Process.Signal(os.Interrupt)
		_ = daemon.Wait() // it was interrupted
		if t.Failed() {
			t.Logf("Exim said: %s", out.String())
		}
		showLog(t, filepath.Join(dir, "spool", "mainlog"))
	})
	answering(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	return port
}

func eximConfig(c Config, program string, port int, rules string) string {
	return fmt.Sprintf(`
exim_path = %s
spool_directory = {dir}/spool
log_file_path = {dir}/spool/%%slog
pid_file_path = {dir}/spool/pid
primary_hostname = mx.test
local_interfaces = 127.0.0.1
daemon_smtp_ports = %d
keep_environment =
deliver_drop_privilege
smtp_accept_queue_per_connection = 0
acl_smtp_rcpt = rcpt
%s
begin acl
rcpt:
%s
accept
begin routers
%s
behind:
driver = manualroute
route_list = * 127.0.0.1
self = send
transport = behind
begin transports
%s
behind:
driver = smtp
port = %d
`, program, port, strings.Join(c.Settings, "\n"), rules, c.Routers, c.Transports, c.Behind)
}
