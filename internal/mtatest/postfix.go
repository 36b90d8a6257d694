package mtatest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gonets/internal/porttest"
)

// Postfix starts a Postfix until the test ends and returns its port. It needs Debian's package and root.
func Postfix(t testing.TB, c Config) int {
	t.Helper()
	if _, err := os.Stat("/usr/sbin/postfix"); err != nil || os.Geteuid() != 0 {
		skip(t, "Postfix is not installed, or we are not root and cannot start one")
	}
	port := porttest.Free(t)
	dir := folder(t, c.Files)
	for name, content := range map[string]string{
		"main.cf":   postfixMain(c),
		"master.cf": fmt.Sprintf("127.0.0.1:%d inet n - n - - smtpd\n%s", port, postfixServices),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.ReplaceAll(content, "{dir}", dir)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	owned(t, dir, "queue", "root")
	owned(t, dir, "data", "postfix")
	log := filepath.Join(dir, "log")
	if out, err := exec.Command("/usr/sbin/postfix", "-c", dir, "start").CombinedOutput(); err != nil {
		said, _ := os.ReadFile(log)
		t.Fatalf("starting Postfix: %v\n%s%s", err, out, said)
	}
	t.Cleanup(func() {
		// Its script sometimes waits for ever for the daemon that writes the log; then the master is killed.
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		stop := exec.CommandContext(ctx, "/usr/sbin/postfix", "-c", dir, "stop")
		stop.WaitDelay = time.Second
		if out, err := stop.CombinedOutput(); err != nil {
			killMaster(t, dir)
			t.Logf("stopping Postfix: %v\n%s", err, out)
		}
		showLog(t, log)
	})
	answering(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	queues.Store(port, filepath.Join(dir, "queue"))
	return port
}

// queues are the folders with the queues of every Postfix, by port.
var queues sync.Map

// Drained waits until the Postfix at a port has passed on all that it has accepted.
func Drained(t testing.TB, port int) {
	t.Helper()
	queue, _ := queues.Load(port)
	for _, stage := range []string{"incoming", "active"} {
		for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
			waiting, err := os.ReadDir(filepath.Join(queue.(string), stage))
			if err != nil {
				t.Fatal(err)
			}
			if len(waiting) == 0 {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("%d emails are still %s", len(waiting), stage)
			}
		}
	}
}

// killMaster ends what a Postfix that could not be stopped left running.
func killMaster(t testing.TB, dir string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "queue", "pid", "master.pid"))
	if err != nil {
		return // it has ended
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		t.Errorf("read the process id of Postfix: %v", err)
		return
	}
	// Its children are of its process group.
	if err := syscall.Kill(-pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Errorf("kill Postfix: %v", err)
	}
}

func postfixMain(c Config) string {
	protocol := "smtp"
	if c.LMTP {
		protocol = "lmtp:inet"
	}
	return fmt.Sprintf(`
compatibility_level = 3.6
queue_directory = {dir}/queue
data_directory = {dir}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {dir}/log
maillog_file_prefixes = {dir}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.test
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
default_transport = %[3]s:[127.0.0.1]:%[1]d
relay_domains = example.com
relay_transport = %[3]s:[127.0.0.1]:%[1]d
smtpd_error_sleep_time = 0
smtpd_hard_error_limit = 10000
smtpd_delay_reject = no
smtputf8_enable = no
smtp_connection_cache_on_demand = no
%[2]s
`, c.Behind, strings.Join(c.Settings, "\n"), protocol)
}

// postfixServices are, in columns: service, type, private, unprivileged, chroot, wakeup, processes, command. Debian wakes qmgr every
// 300 seconds; until then an email waits that was to be tried again while its last try had not quite ended.
const postfixServices = `postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
flush unix n - n - 0 flush
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
virtual unix - n n - - virtual
tlsmgr unix - - n 1000? 1 tlsmgr
discard unix - - n - - discard
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
`
