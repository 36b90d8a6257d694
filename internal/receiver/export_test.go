package receiver

// The limits that the tests of this package go up to.
const (
	MaxPerHost  = maxPerHost
	MaxMails    = maxMails
	MaxCommands = maxCommands
	MaxRefused  = maxRefused
)
