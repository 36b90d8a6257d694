package pop3

// The errors that the tests of this package tell apart.
var (
	ErrNoSTLS = errNoSTLS
	ErrNoUIDL = errNoUIDL
)

type Refused = refusedError
