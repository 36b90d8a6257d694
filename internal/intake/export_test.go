package intake

// The errors that the tests of this package tell apart.
var (
	ErrNoMailbox  = errNoMailbox
	ErrInactive   = errInactive
	ErrNotReading = errNotReading
)
