package mailbox

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"

	"gonets/internal/excerpt"
	"gonets/internal/printable"
)

// Stage is the step in which reading a mailbox failed.
type Stage string

const (
	StageConnect  Stage = "connect"  // the settings, name resolution and TCP
	StageTLS      Stage = "tls"      // encryption and the certificate
	StageGreeting Stage = "greeting" // the server's first lines
	StageLogin    Stage = "login"    // username and password; by POP3 also a mailbox that somebody else reads
	StageFolder   Stage = "folder"   // the folder does not exist or cannot be opened
	StageRead     Stage = "read"     // listing, reading and deleting emails
	StageBook     Stage = "book"     // our own side: the ledger
)

// Trouble is every error of this package.
type Trouble struct {
	// Server is the host:port of the mailbox.
	Server string
	// Stage is where it failed.
	Stage Stage
	// Err is the cause.
	Err error
	// secrets are not to be shown.
	secrets *strings.Replacer
}

// Error says where and why it failed, in one line of at most 500 characters. It never contains the password.
func (t *Trouble) Error() string {
	return fmt.Sprintf("mailbox at %s: %s: %s", t.Server, t.Stage, t.said())
}

// said is the cause without secrets, in one line.
func (t *Trouble) said() string {
	said := t.Err.Error()
	if t.secrets != nil {
		said = t.secrets.Replace(said)
	}
	said, _, _ = strings.Cut(said, "\n")
	return excerpt.Of(printable.Line(said), longestReason)
}

// words are what each stage means for the operator, with the place of the server.
var words = map[Stage]string{
	StageConnect:  "The mail server at %s cannot be reached",
	StageTLS:      "The connection to the mail server at %s cannot be encrypted",
	StageGreeting: "The server at %s does not answer as a mailbox of this kind does",
	StageLogin:    "The mail server at %s does not let us in with this username and password",
	StageFolder:   "The mail server at %s does not open the folder",
	StageRead:     "Reading from the mail server at %s broke off",
	StageBook:     "What was read from the mail server at %s could not be written into the database",
}

// Words say what happened in a sentence for the operator, followed by the cause, which is often what the server said. They
// have no password in them.
func (t *Trouble) Words() string {
	return fmt.Sprintf(words[t.Stage], t.Server) + ": " + t.said()
}

// Unwrap returns the cause. Its text may contain what the server said, and so the password: show the text of t.
func (t *Trouble) Unwrap() error { return t.Err }

func (a Account) trouble(stage Stage, err error) error {
	var known *Trouble
	if errors.As(err, &known) {
		return err
	}
	t := &Trouble{Server: a.String(), Stage: stage, Err: err}
	if a.Password != "" { // Replacer finds an empty text everywhere
		encode := base64.StdEncoding.EncodeToString
		t.secrets = strings.NewReplacer(encode([]byte("\x00"+a.Username+"\x00"+a.Password)), "…", encode([]byte(a.Password)), "…", a.Password, "…")
	}
	return t
}

// Limits of what a server may say, in bytes, whatever its lines look like.
const (
	maxTalk = 1 << 20  // until the emails are listed, and while nothing happens
	maxList = 32 << 20 // while they are listed
)

var errTooMuch = errors.New("the server says more than it was asked for")

// meter is a connection over which no more comes than is allowed. The IMAP client has no limits of its own.
type meter struct {
	net.Conn
	left atomic.Int64
}

// allow sets how many bytes may come from now on.
func (m *meter) allow(bytes int64) { m.left.Store(bytes) }

func (m *meter) Read(p []byte) (int, error) {
	left := m.left.Load()
	if left <= 0 {
		return 0, errTooMuch
	}
	if int64(len(p)) > left {
		p = p[:left]
	}
	n, err := m.Conn.Read(p)
	m.left.Add(-int64(n))
	return n, err
}
