package smtptest

import "time"

// Command is a point of a conversation at which rules are asked.
type Command string

const (
	Connect  Command = "CONNECT"  // a client has connected; the reply is the greeting
	Ehlo     Command = "EHLO"     // HELO too
	STARTTLS Command = "STARTTLS" // the reply is the go-ahead
	AUTH     Command = "AUTH"     // a login, before it is looked at
	MAIL     Command = "MAIL"
	RCPT     Command = "RCPT"
	DATA     Command = "DATA"
	Body     Command = "BODY" // the final dot has been read; the reply is the verdict
	RSET     Command = "RSET"
	QUIT     Command = "QUIT"
)

// Moment is what is known when a rule is asked.
type Moment struct {
	Command Command
	// Conn is the connection, 1 for the first.
	Conn int
	// Mail is the mail on this connection, 1 for the first and from its MAIL on; 0 before.
	Mail int
	// From and To are the envelope so far; To is the recipient last named.
	From, To string
	// Body is the message, at Body only. It is valid during the call.
	Body []byte
}

// Act is what the server does instead of its usual. Fields combine, in the order in which they stand.
type Act struct {
	// Wait passes before anything else.
	Wait time.Duration
	// Reply is said instead of the usual; its lines are separated by \n. Empty means the usual reply. What a command
	// does happens when the reply is positive: a mail answered with 250 is kept.
	Reply string
	// Raw is written as it stands instead of any reply, and nothing is done.
	Raw string
	// Silent keeps the reply to oneself; what the command does happens all the same.
	Silent bool
	// Hold keeps the reply back until the server says something else.
	Hold bool
	// CutAfter is for DATA: when so many bytes of the body were read, LastWords are said and the connection is reset,
	// as by a crash.
	CutAfter  int
	LastWords string
	// Stall says and reads nothing more until the server closes.
	Stall bool
	// Cut closes the connection.
	Cut bool
}

// Rule says what to do at a moment, or nil when it has no opinion. Rules are called by many connections at once.
type Rule func(Moment) *Act

// At acts at every such command.
func At(c Command, a Act) Rule {
	return func(m Moment) *Act {
		if m.Command != c {
			return nil
		}
		return &a
	}
}

// To acts on every mail for one recipient at such a command.
func To(address string, c Command, a Act) Rule {
	return func(m Moment) *Act {
		if m.Command != c || m.To != address {
			return nil
		}
		return &a
	}
}

// OnMail acts at such a command of the nth mail of each connection.
func OnMail(n int, c Command, a Act) Rule {
	return func(m Moment) *Act {
		if m.Command != c || m.Mail != n {
			return nil
		}
		return &a
	}
}

// OnConn limits a rule to the nth connection.
func OnConn(n int, r Rule) Rule {
	return func(m Moment) *Act {
		if m.Conn != n {
			return nil
		}
		return r(m)
	}
}

// Say replies with text.
func Say(text string) Act { return Act{Reply: text} }

// SayAndCut replies with text and closes the connection, as a server does that says 421.
func SayAndCut(text string) Act { return Act{Reply: text, Cut: true} }

// Hangup closes the connection without a word.
func Hangup() Act { return Act{Silent: true, Cut: true} }

// Stall says nothing and reads nothing until the server closes.
func Stall() Act { return Act{Silent: true, Stall: true} }
