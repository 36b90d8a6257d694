package relay

import (
	"errors"
	"fmt"
	"strings"

	"gonets/internal/printable"
)

// Stage is the step of the conversation to which an answer or an error belongs.
type Stage string

const (
	StageConnect  Stage = "connect"  // name resolution and TCP
	StageGreeting Stage = "greeting" // the server's first line
	StageHello    Stage = "hello"    // EHLO or HELO
	StageTLS      Stage = "tls"      // STARTTLS and the handshake
	StageLogin    Stage = "login"    // AUTH
	StageIdle     Stage = "idle"     // between two mails
	StageReset    Stage = "reset"    // RSET
	StageMail     Stage = "mail"     // MAIL: the sender of one mail
	StageRcpt     Stage = "rcpt"     // RCPT: its recipient
	StageData     Stage = "data"     // DATA: whether the server accepts its body
	StageBody     Stage = "body"     // its body, up to the final answer
	StageQuit     Stage = "quit"     // QUIT
)

// ServerError is the error of Dial. It concerns the server or the network, never a recipient.
type ServerError struct {
	// Server is the host:port that was dialled.
	Server string
	// Stage is one of connect, greeting, hello, tls and login.
	Stage Stage
	// Answer is the reply of the server; its Code is 0 if there was none.
	Answer Answer
	// Err is the cause when it was not an answer.
	Err error
}

// Error says in which stage Dial failed and why. It never contains a secret.
func (t *ServerError) Error() string {
	return fmt.Sprintf("mail server %s: %s: %s", t.Server, t.Stage, reason(t.Answer, t.Err))
}

// Unwrap returns the cause.
func (t *ServerError) Unwrap() error { return t.Err }

// ConnectionError is the error of a connection that ended before the answer. The connection is closed. An envelope whose body
// was not sent yet, such as the next one of Finish, was not delivered.
type ConnectionError struct {
	// Stage is the step in which it ended.
	Stage Stage
	// AfterDot is true if the whole body may have reached the server and its answer did not reach us: the mail may have
	// been delivered, and sending it again could deliver it twice. If it is false, the mail was not accepted, and it is
	// safe to try again.
	AfterDot bool
	// Answer is the reply of the server, such as a 421; its Code is 0 if there was none. A 421 after delivered mails only
	// means that a new connection is needed.
	Answer Answer
	// Err is the cause when it was not an answer. It matches context.Canceled and the like when the
	// caller's context ended it, os.ErrDeadlineExceeded when a wait was too long.
	Err error
}

// Error says in which stage the connection ended and why.
func (b *ConnectionError) Error() string {
	return fmt.Sprintf("connection broken at %s: %s", b.Stage, reason(b.Answer, b.Err))
}

// Unwrap returns the cause.
func (b *ConnectionError) Unwrap() error { return b.Err }

func reason(a Answer, err error) string {
	var parts []string
	if a.Code != 0 {
		parts = append(parts, a.String())
	}
	if err != nil {
		parts = append(parts, printable.Text(err.Error())) // a certificate can contain any text
	}
	return strings.Join(parts, ": ")
}

// ConnectionErrorOf finds the *ConnectionError in an error of a connection.
func ConnectionErrorOf(err error) *ConnectionError {
	var b *ConnectionError
	if errors.As(err, &b) {
		return b
	}
	return &ConnectionError{Stage: StageIdle, Err: err}
}
