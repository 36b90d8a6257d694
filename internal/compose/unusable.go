package compose

// Part is what no e-mail can be made with, as it was given.
type Part string

const (
	PartFrom        Part = "from"        // the From address of the sender
	PartReplyTo     Part = "reply_to"    // where answers go
	PartClient      Part = "client"      // the address of the recipient
	PartUnsubscribe Part = "unsubscribe" // the link to unsubscribe, made of the public address of the instance
)

// UnusableError is the error of Prepare, Mail and Preview for a part other than the templates, which have *template.Error.
type UnusableError struct {
	Part Part
	Err  error
}

func (e *UnusableError) Error() string { return e.Err.Error() }

func (e *UnusableError) Unwrap() error { return e.Err }
