package mtatest

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"gonets/internal/porttest"
)

// Mailboxes is a Dovecot with the mailboxes of everybody who knows its password.
type Mailboxes struct {
	// IMAP, IMAPS, POP3 and POP3S are its ports. Those of IMAP and POP3 offer STARTTLS and STLS too.
	IMAP, IMAPS, POP3, POP3S int
	dir                      string
	delivered                atomic.Int64
}

// DovecotPassword is the password of every user.
const DovecotPassword = "a-secret"

// mailUser owns the emails; Dovecot refuses to be root for that.
const mailUser = "nobody"

// Dovecot starts a Dovecot until the test ends. It needs Debian's packages dovecot-imapd and dovecot-pop3d, and root.
// Settings are lines for its configuration; later ones win. The certificate is what it encrypts with.
func Dovecot(t testing.TB, certificate tls.Certificate, settings ...string) *Mailboxes {
	t.Helper()
	for _, program := range []string{"/usr/sbin/dovecot", "/usr/lib/dovecot/imap-login", "/usr/lib/dovecot/pop3-login"} {
		if _, err := os.Stat(program); err != nil || os.Geteuid() != 0 {
			skip(t, "Dovecot is not installed (dovecot-imapd, dovecot-pop3d), or we are not root and cannot start one")
		}
	}
	// The paths of its sockets must be short, and the names of tests are not.
	dir, err := os.MkdirTemp("", "dovecot")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	ports := []int{porttest.Free(t), porttest.Free(t), porttest.Free(t), porttest.Free(t)}
	m := &Mailboxes{IMAP: ports[0], IMAPS: ports[1], POP3: ports[2], POP3S: ports[3], dir: dir}
	owned(t, dir, "mail", mailUser)
	cert, key := pemOf(t, certificate)
	for name, content := range map[string]string{"cert.pem": cert, "key.pem": key, "dovecot.conf": m.config(settings)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	daemon := exec.Command("/usr/sbin/dovecot", "-F", "-c", filepath.Join(dir, "dovecot.conf"))
	var out strings.Builder
	daemon.Stdout, daemon.Stderr = &out, &out
	if err := daemon.Start(); err != nil {
		t.Fatalf("starting Dovecot: %v", err)
	}
	t.Cleanup(func() {
		_ = daemon.Process.Signal(syscall.SIGTERM) // it ends its children
		_ = daemon.Wait()
		if t.Failed() {
			t.Logf("Dovecot said: %s", out.String())
		}
		showLog(t, filepath.Join(dir, "log"))
	})
	for _, port := range []int{m.IMAP, m.POP3} {
		answering(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	}
	return m
}

func (m *Mailboxes) config(settings []string) string {
	config := fmt.Sprintf(`
base_dir = {dir}/run
state_dir = {dir}/state
instance_name = test
log_path = {dir}/log
protocols = imap pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <{dir}/cert.pem
ssl_key = <{dir}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:{dir}/mail/%%u
mail_uid = %[1]s
mail_gid = nogroup
first_valid_uid = 1
first_valid_gid = 1
mail_fsync = never
default_vsz_limit = 1G
passdb {
  driver = static
  args = password=%[2]s
}
userdb {
  driver = static
  args = uid=%[1]s gid=nogroup home={dir}/mail/%%u
}
# An address from which passwords were wrong would have to wait longer and longer.
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  inet_listener imap {
    port = %[3]d
  }
  inet_listener imaps {
    port = %[4]d
    ssl = yes
  }
}
service pop3-login {
  inet_listener pop3 {
    port = %[5]d
  }
  inet_listener pop3s {
    port = %[6]d
    ssl = yes
  }
}
%[7]s
`, mailUser, DovecotPassword, m.IMAP, m.IMAPS, m.POP3, m.POP3S, strings.Join(settings, "\n"))
	return strings.ReplaceAll(config, "{dir}", m.dir)
}

// pemOf writes a certificate and its key as files have them.
func pemOf(t testing.TB, c tls.Certificate) (cert, key string) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// Base is the folder of the mailboxes: each is a maildir with the name of its user. They belong to the user "nobody", who is
// to deliver into them.
func (m *Mailboxes) Base() string { return filepath.Join(m.dir, "mail") }

// Deliver puts emails into the inbox of a user, which then exists, as a mail system does.
func (m *Mailboxes) Deliver(t testing.TB, user string, emails ...string) {
	t.Helper()
	inbox := m.folder(t, user)
	for _, email := range emails {
		name := fmt.Sprintf("%d.test", 1_700_000_000+m.delivered.Add(1))
		temporary := filepath.Join(inbox, "tmp", name)
		if err := os.WriteFile(temporary, []byte(email), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(temporary, 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(temporary, filepath.Join(inbox, "new", name)); err != nil {
			t.Fatal(err)
		}
	}
}

// Renumber makes the server forget how it numbered the emails of a user: the UIDVALIDITY and all UIDs are new.
func (m *Mailboxes) Renumber(t testing.TB, user string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(m.folder(t, user), "dovecot*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range left {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// Left counts the emails in the inbox of a user.
func (m *Mailboxes) Left(t testing.TB, user string) int {
	t.Helper()
	left := 0
	for _, sub := range []string{"new", "cur"} {
		entries, err := os.ReadDir(filepath.Join(m.folder(t, user), sub))
		if err != nil {
			t.Fatal(err)
		}
		left += len(entries)
	}
	return left
}

// folder is the inbox of a user, which it makes if there is none.
func (m *Mailboxes) folder(t testing.TB, user string) string {
	t.Helper()
	inbox := filepath.Join(m.dir, "mail", user)
	if _, err := os.Stat(inbox); err == nil {
		return inbox
	}
	for _, sub := range []string{"", "tmp", "new", "cur"} {
		owned(t, filepath.Join(m.dir, "mail", user), sub, mailUser)
	}
	return inbox
}

// MarkDeleted marks those emails in the inbox of a user as deleted that have a text in them, as another program that reads the
// mailbox does.
func (m *Mailboxes) MarkDeleted(t testing.TB, user, text string) {
	t.Helper()
	inbox := m.folder(t, user)
	emails, err := filepath.Glob(filepath.Join(inbox, "new", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range emails {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(source), text) {
			continue
		}
		// The flags of an email in a maildir are letters of its name; T is \Deleted.
		if err := os.Rename(path, filepath.Join(inbox, "cur", filepath.Base(path)+":2,T")); err != nil {
			t.Fatal(err)
		}
	}
}
