package relay

import (
	"fmt"
	"strings"

	"gonets/internal/printable"
)

// Stage is a point of the conversation: what was being done when something was said or went wrong.
type Stage string

const (
	StageConnect  Stage = "connect"  // name resolution and TCP
	StageGreeting Stage = "greeting" // the server's first line
	StageHello    Stage = "hello"    // EHLO or HELO
	StageTLS      Stage = "tls"      // STARTTLS and the handshake
	StageLogin    Stage = "login"    // AUTH
	StageIdle     Stage = "idle"     // nothing was asked
	StageReset    Stage = "reset"    // RSET
	StageMail     Stage = "mail"     // MAIL: the sender of one mail
	StageRcpt     Stage = "rcpt"     // RCPT: its recipient
	StageData     Stage = "data"     // DATA: whether its body is wanted
	StageBody     Stage = "body"     // its body, up to the verdict
	StageQuit     Stage = "quit"     // QUIT
)

// Trouble is why Dial failed. It is about the server or the way there, never about a recipient.
type Trouble struct {
	// Server is the host:port that was dialled.
	Server string
	// Stage is one of connect, greeting, hello, tls and login.
	Stage Stage
	// Answer is what the server said, when it said something: its Code is 0 otherwise.
	Answer Answer
	// Err is the cause when it was not an answer.
	Err error
}

// Error says where it went wrong and why. It never holds a secret.
func (t *Trouble) Error() string {
	return fmt.Sprintf("mail server %s: %s: %s", t.Server, t.Stage, reason(t.Answer, t.Err))
}

// Unwrap returns the cause.
func (t *Trouble) Unwrap() error { return t.Err }

// Broken is a conversation that ended in the middle. The connection is closed by then. Whatever was
// begun with Begin, or opened by Finish as its next envelope, is untouched.
type Broken struct {
	// Stage is what was under way.
	Stage Stage
	// AfterDot is true when the whole body may have reached the server and its verdict did not reach us:
	// the mail may have been delivered, and only sending it again can mail somebody twice. When it is
	// false the mail has certainly not been accepted, and trying again elsewhere is safe.
	AfterDot bool
	// Answer is what the server said, such as a 421; its Code is 0 when the connection just ended. A 421
	// on a connection that has delivered only asks for a new connection.
	Answer Answer
	// Err is the cause when it was not an answer. It matches context.Canceled and the like when the
	// caller's context ended it, os.ErrDeadlineExceeded when a wait was too long.
	Err error
}

// Error says where the conversation broke and why.
func (b *Broken) Error() string {
	return fmt.Sprintf("connection broken at %s: %s", b.Stage, reason(b.Answer, b.Err))
}

// Unwrap returns the cause.
func (b *Broken) Unwrap() error { return b.Err }

func reason(a Answer, err error) string {
	var parts []string
	if a.Code != 0 {
		parts = append(parts, a.String())
	}
	if err != nil {
		parts = append(parts, printable.Text(err.Error())) // a certificate holds what its maker likes
	}
	return strings.Join(parts, ": ")
}
